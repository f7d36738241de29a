import { chmod, mkdir, realpath, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import { DatabaseFailure } from '../failure.ts'

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

/** What the process or the machine has run out of: no other folder would help. */
const exhausted: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE', 'ENOMEM'])

/**
 * For work on the data folder and nothing else: what the file system says against it becomes a `DatabaseFailure` that names the
 * setting. Everything else comes back as it is.
 */
export async function inDataFolder<T>(folder: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    const reason = whyUnusable(error)
    if (error instanceof DatabaseFailure || reason === undefined) throw error
    if (exhausted.has((error as NodeJS.ErrnoException).code)) throw error
    throw new DatabaseFailure(
      'DATABASE_FOLDER_UNUSABLE',
      `the data folder \`${folder}\` cannot be used: ${reason}; set \`PORTVAKT_DATA_FOLDER\` to a folder that this account may write`,
      error,
    )
  }
}

/** A call of the system that failed, and no bug. */
export const isOfTheSystem = (error: unknown): error is NodeJS.ErrnoException =>
  error instanceof Error && (error as NodeJS.ErrnoException).syscall !== undefined
