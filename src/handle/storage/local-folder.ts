/**
 * Files in a folder of this machine. A draft is `<name>.part`; committing is fsync, rename, fsync of the folder, so that
 * after a crash or a power cut there is a whole file or none. Names are UUIDs of ours, spread over 256 folders.
 */
import { chmod, type FileHandle, mkdir, open, readdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import type { BlobName, Draft, Reading, Store, StoredBlob, Written } from './store.ts'

const namePattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const partSuffix = '.part'
/** 64 KiB, the default of Node, halves the speed. */
const readSize = 256 * 1024
/** No room on the disk, no room in the quota, larger than the file system can hold. */
const fullCodes = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

/** Makes `root` when missing and closes it to everyone but our own account (0700). Throws when it cannot be used. */
export async function openLocalFolder(root: string): Promise<Store> {
  await mkdir(root, { recursive: true, mode: 0o700 })
  await chmod(root, 0o700)
  return {
    begin: async (blob) => {
      await makeShard(root, blob)
      return draftOver(root, blob, await open(partPath(root, blob), 'wx', 0o600), 0)
    },
    resume: async (blob) => {
      const handle = await openIfThere(partPath(root, blob), 'r+')
      return handle && draftOver(root, blob, handle, (await handle.stat()).size)
    },
    open: async (blob) => {
      const handle = await openIfThere(filePath(root, blob), 'r')
      return handle && readingOver(handle)
    },
    delete: async (blob) => {
      await rm(partPath(root, blob), { force: true })
      await rm(filePath(root, blob), { force: true })
    },
    free: async () => {
      const { bavail, bsize } = await statfs(root)
      return bavail * bsize
    },
    list: () => listBlobs(root),
  }
}

function draftOver(root: string, blob: BlobName, handle: FileHandle, size: number): Draft {
  return {
    blob,
    size,
    write: (offset, chunks) => orFull(writeAll(handle, offset, chunks)),
    flush: () => orFull(handle.datasync()),
    commit: async () => {
      if ((await orFull(handle.sync())) === 'full') return 'full'
      await handle.close()
      await rename(partPath(root, blob), filePath(root, blob))
      await syncFolder(shardPath(root, blob))
      return 'written'
    },
    abort: async () => {
      await handle.close()
      await rm(partPath(root, blob), { force: true })
    },
    close: () => handle.close(),
  }
}

async function readingOver(handle: FileHandle): Promise<Reading> {
  const { size } = await handle.stat()
  return {
    size,
    read: (first, last): Readable => {
      const end = Math.max(last, first)
      const stream = handle.createReadStream({ start: first, end, highWaterMark: readSize, autoClose: true })
      return stream
    },
    close: () => handle.close(),
  }
}

/** `writev` may write less than it was given, and does so just before the disk is full. */
async function writeAll(handle: FileHandle, offset: number, chunks: readonly Uint8Array[]): Promise<void> {
  let position = offset
  let rest = chunks.filter((chunk) => chunk.byteLength > 0)
  while (rest.length > 0) {
    const { bytesWritten } = await handle.writev(rest, position)
    position += bytesWritten
    rest = withoutFirst(rest, bytesWritten)
  }
}

/** The chunks without their first `bytes` bytes. Exported for its test: a disk writes short too seldom to be asked. */
export function withoutFirst(chunks: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let left = bytes
  let index = 0
  for (let chunk = chunks[index]; chunk !== undefined && chunk.byteLength <= left; chunk = chunks[index]) {
    left -= chunk.byteLength
    index++
  }
  const [first, ...others] = chunks.slice(index)
  if (first === undefined) return []
  return [left === 0 ? first : first.subarray(left), ...others]
}

async function orFull(work: Promise<unknown>): Promise<Written> {
  try {
    await work
    return 'written'
  } catch (error) {
    if (fullCodes.has(codeOf(error))) return 'full'
    throw error
  }
}

async function openIfThere(path: string, flags: 'r' | 'r+'): Promise<FileHandle | undefined> {
  try {
    return await open(path, flags)
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined
    throw error
  }
}

async function makeShard(root: string, blob: BlobName): Promise<void> {
  const made = await mkdir(shardPath(root, blob), { recursive: true, mode: 0o700 })
  if (made !== undefined) await syncFolder(root)
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

async function* listBlobs(root: string): AsyncIterable<StoredBlob> {
  for (const shard of await readdir(root)) {
    if (!/^[0-9a-f]{2}$/.test(shard)) continue
    for (const entry of await readdir(join(root, shard))) {
      const isDraft = entry.endsWith(partSuffix)
      const blob = isDraft ? entry.slice(0, -partSuffix.length) : entry
      if (namePattern.test(blob)) yield { blob, kind: isDraft ? 'draft' : 'file' }
    }
  }
}

/** The last two digits: the first ones of a UUID version 7 are the time, and all new files would share a folder. */
function shardPath(root: string, blob: BlobName): string {
  if (!namePattern.test(blob)) throw new TypeError(`not a name of a stored file: \`${blob}\``)
  return join(root, blob.slice(-2))
}

const filePath = (root: string, blob: BlobName): string => join(shardPath(root, blob), blob)
const partPath = (root: string, blob: BlobName): string => filePath(root, blob) + partSuffix
const codeOf = (error: unknown): string => String((error as NodeJS.ErrnoException).code)
