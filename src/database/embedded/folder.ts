import { chmod, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Makes a folder and what is missing above it, and returns its real path. As root every folder made lets other accounts
 * pass (but not look), whatever the umask: the server runs under one of them. As anyone else it is for us alone.
 */
export async function makeFolder(path: string): Promise<string> {
  const made = await makeMissing(path)
  const folder = await realpath(path)
  if (made === undefined || process.getuid?.() !== 0) return folder
  const top = await realpath(made)
  for (let at = folder; at.startsWith(top); at = dirname(at)) await chmod(at, 0o711)
  return folder
}

/**
 * Makes a folder and what is missing above it, for this account alone; returns the topmost one made. The same as `mkdir`
 * with `recursive`, which in Node tries for ever where nothing can be made, as under /proc.
 */
export async function makeMissing(path: string): Promise<string | undefined> {
  const asked = await tryMake(path)
  if (asked !== 'no parent') return asked === 'made' ? path : undefined
  const above = await makeMissing(dirname(path))
  const made = await tryMake(path)
  if (made === 'no parent') throw Object.assign(new Error(`nothing can be made at \`${path}\``), { code: 'ENOENT' })
  return above ?? (made === 'made' ? path : undefined)
}

async function tryMake(path: string): Promise<'made' | 'there' | 'no parent'> {
  try {
    await mkdir(path, { mode: 0o700 })
    return 'made'
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'ENOENT') return 'no parent'
    // a file system that is read-only says so even where the folder is
    if (!(await isFolder(path))) throw error
    return 'there'
  }
}

function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  )
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'this account may not write there',
  EPERM: 'this account may not write there',
  EROFS: 'it can only be read there',
  ENOSPC: 'there is no room left',
  EDQUOT: 'there is no room left for this account',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of the path is a file',
  ENOENT: 'nothing can be made there',
  ENAMETOOLONG: 'its name is too long',
}

/** What a failed call of the file system means for whoever chose the folder; `undefined` for what is no such failure. */
export function whyUnusable(error: unknown): string | undefined {
  const { code, syscall } = error as NodeJS.ErrnoException
  if (code === undefined || (syscall === undefined && code !== 'ENOENT')) return undefined
  return reasons[code] === undefined ? (error as Error).message : `${reasons[code]} (${code})`
}
