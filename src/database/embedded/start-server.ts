/** Starts the server program on a database that has been made. */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, open, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from '../failure.ts'
import { type Account, spawnIdentity } from './account.ts'
import type { Binaries } from './binaries.ts'
import { inDataFolder } from './folder.ts'
import { readPostmaster, socketPath } from './postmaster.ts'
import { lastLines, serverEnvironment } from './surroundings.ts'

export interface StartOptions {
  /** False trades safety in a power cut for speed: for tests only. */
  readonly durable?: boolean
  /** Connections at most; 100 when left out. */
  readonly connections?: number
  /** Gives up when it is aborted, with its reason; what was begun is undone. */
  readonly signal?: AbortSignal
  /** Called as soon as there is a process, before it is ready. */
  readonly onSpawn?: (database: string, child: ChildProcess) => void
}

export interface Server {
  readonly pid: number
  /** Its data. */
  readonly database: string
  readonly socketFolder: string
  /** True when the server was running already. */
  readonly adopted: boolean
}

/** Milliseconds. A server that was killed replays its log first; with our sizes this takes seconds. */
export const startPatience = 120_000
/** Milliseconds. */
export const stopPatience = 20_000
/** The address of a unix socket has 108 bytes on Linux and 104 on macOS, the closing zero included. */
const socketPathBytes = 103

/** Returns when it accepts connections. Throws `DatabaseFailure` with what it said when it does not come so far. */
export async function startServer(
  folder: string,
  database: string,
  binaries: Binaries,
  account: Account | undefined,
  options: StartOptions,
): Promise<Server> {
  const socketFolder = await chooseSocketFolder(database, account)
  const output = join(folder, 'database-start.log')
  const file = await inDataFolder(folder, () => open(output, 'w', 0o600))
  let trouble: string | undefined
  try {
    // In a session of its own, so that an interrupt from the keyboard reaches us and not the server.
    const child = spawn(binaries.postgres, ['-D', database, ...configuration(socketFolder, options)], {
      cwd: '/',
      detached: true,
      env: serverEnvironment(),
      stdio: ['ignore', file.fd, file.fd],
      ...spawnIdentity(account),
    })
    let ended = false
    child.once('exit', () => {
      ended = true
    })
    // it could not be run at all, so that it has said nothing
    child.once('error', ({ message }) => {
      trouble = message
      ended = true
    })
    child.unref()
    options.onSpawn?.(database, child)
    const deadline = performance.now() + startPatience
    while (!ended && performance.now() < deadline) {
      if (options.signal?.aborted === true) await stopChild(child, () => ended)
      options.signal?.throwIfAborted()
      const postmaster = await readPostmaster(database)
      if (postmaster?.pid === child.pid && postmaster?.status === 'ready') {
        return { pid: postmaster.pid, database, socketFolder, adopted: false }
      }
      await sleep(5)
    }
  } finally {
    await file.close()
  }
  const said = trouble ?? lastLines(await readFile(output, 'utf8').catch(() => ''))
  throw new DatabaseFailure('DATABASE_START_FAILED', `the database server of \`${database}\` did not start: ${said}`)
}

async function stopChild(child: ChildProcess, hasEnded: () => boolean): Promise<void> {
  child.kill('SIGINT')
  const deadline = performance.now() + stopPatience
  while (!hasEnded() && performance.now() < deadline) await sleep(5)
}

/** No TCP, no password: the socket lies in a folder that only the server's account (and root) can enter. */
function configuration(socketFolder: string, options: StartOptions): string[] {
  const durable = options.durable !== false
  const values = {
    listen_addresses: '',
    port: '5432',
    unix_socket_directories: socketFolder,
    unix_socket_permissions: '0700',
    max_connections: String(options.connections ?? 100),
    shared_buffers: '128MB',
    fsync: durable ? 'on' : 'off',
    synchronous_commit: durable ? 'on' : 'off',
    timezone: 'UTC',
    // One file per weekday, overwritten a week later: bounded without anyone looking after it.
    logging_collector: 'on',
    log_directory: 'log',
    log_filename: 'postgresql-%a.log',
    log_truncate_on_rotation: 'on',
    log_rotation_age: '1d',
    log_rotation_size: '0',
  }
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`])
}

/** In the database's own folder where its path is short enough, else in one of ours under /tmp, named by the path. */
async function chooseSocketFolder(database: string, account: Account | undefined): Promise<string> {
  if (Buffer.byteLength(socketPath(database)) <= socketPathBytes && !/[",\s]/.test(database)) return database
  const name = createHash('sha256').update(database).digest('hex').slice(0, 16)
  const folder = join('/tmp', `portvakt-${name}`)
  await mkdir(folder, { mode: 0o700 }).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  const owner = account?.uid ?? process.getuid?.() ?? 0
  const found = await lstat(folder)
  if (account !== undefined && found.isDirectory() && found.uid === 0) await chown(folder, account.uid, account.gid)
  else if (!found.isDirectory() || found.uid !== owner) {
    // /tmp is open to everyone: whoever made this folder first could pose as the database.
    throw new DatabaseFailure('DATABASE_FOLDER_UNUSABLE', `\`${folder}\` belongs to someone else; remove it`)
  }
  await chmod(folder, 0o700)
  return folder
}
