import { createHash } from 'node:crypto'
import { statSync } from 'node:fs'
import { dirname, join } from 'node:path'

/**
 * `.portvakt` in the working folder. As root the embedded database runs under an account without rights, which cannot
 * enter a private home such as /root: from there a folder under /var/lib/portvakt is used, named by the working folder so
 * that two of them never share one.
 */
export function defaultDataFolder(workingFolder: string, isRoot: boolean): string {
  if (!isRoot || isOpenToAll(workingFolder)) return join(workingFolder, '.portvakt')
  const name = createHash('sha256').update(workingFolder).digest('hex').slice(0, 12)
  return join('/var/lib/portvakt', name)
}

/** Whether every folder on the way lets other accounts pass. */
function isOpenToAll(folder: string): boolean {
  for (let at = folder; ; at = dirname(at)) {
    const mode = statSync(at, { throwIfNoEntry: false })?.mode
    if (mode !== undefined && (mode & 0o001) === 0) return false
    if (at === dirname(at)) return true
  }
}
