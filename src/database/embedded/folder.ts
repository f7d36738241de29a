import { chmod, mkdir, realpath } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and what is missing above it, and returns its real path. As root every folder made lets other accounts
 * pass (but not look), whatever the umask: the server runs under one of them. As anyone else it is for us alone.
 */
export async function makeFolder(path: string): Promise<string> {
  const made = await mkdir(path, { recursive: true, mode: 0o700 })
  const folder = await realpath(path)
  if (made === undefined || process.getuid?.() !== 0) return folder
  const top = await realpath(made)
  for (let at = folder; at.startsWith(top); at = dirname(at)) await chmod(at, 0o711)
  return folder
}
