/**
 * Runs a PostgreSQL server on a folder of ours: makes the database when there is none, starts the server or adopts the one
 * that is running already (left by a process of ours that was killed), and stops it. Who may use the folder is decided one
 * floor up, in `folder-lock.ts`.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createHash } from 'node:crypto'
import { chmod, chown, lstat, mkdir, open, readFile, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from '../failure.ts'
import { type Account, canEnter, serverAccount, spawnIdentity } from './account.ts'
import { type Binaries, prepareBinaries } from './binaries.ts'
import { makeFolder, whyUnusable } from './folder.ts'
import { initialise } from './initialise.ts'
import { answers, isPostmasterOf, isRunning, readPostmaster, socketPath } from './postmaster.ts'
import { withStartLock } from './start-lock.ts'
import { lastLines, serverEnvironment } from './surroundings.ts'

export interface ServerOptions {
  /** The folder that holds `database`; made when missing. */
  readonly folder: string
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

/** A server that was killed replays its log first; with our sizes this takes seconds. */
const startPatience = 120_000
const stopPatience = 20_000
/** The address of a unix socket has 108 bytes on Linux and 104 on macOS, the closing zero included. */
const socketPathBytes = 103

/** Returns when the server accepts connections. Throws `DatabaseFailure` when it cannot. */
export async function runServer(options: ServerOptions): Promise<Server> {
  if (process.platform === 'win32') {
    throw new DatabaseFailure(
      'DATABASE_PLATFORM_UNSUPPORTED',
      'the embedded database runs on Linux and macOS; set `DATABASE_URL` to use a PostgreSQL of your own',
    )
  }
  try {
    const folder = await makeFolder(options.folder)
    return await withStartLock(folder, () => runIn(folder, options), options.signal)
  } catch (error) {
    const reason = whyUnusable(error)
    if (error instanceof DatabaseFailure || reason === undefined) throw error
    throw new DatabaseFailure(
      'DATABASE_FOLDER_UNUSABLE',
      `the data folder \`${options.folder}\` cannot be used: ${reason}; set \`PORTVAKT_DATA_FOLDER\` to a folder that this account may write`,
      error,
    )
  }
}

async function runIn(folder: string, options: ServerOptions): Promise<Server> {
  const { signal } = options
  const database = join(folder, 'database')
  const running = await settle(database, signal)
  if (running !== undefined) return running
  const account = await serverAccount()
  await admit(folder, account)
  const binaries = await prepareBinaries(account, folder)
  signal?.throwIfAborted()
  if (!(await exists(join(database, 'PG_VERSION')))) await initialise(folder, database, binaries, account, options)
  return startOrAdopt(database, () => start(folder, database, binaries, account, options), signal)
}

/** Waits until the folder's server, if there is one, is either ready (and returns it) or gone. */
async function settle(database: string, signal: AbortSignal | undefined): Promise<Server | undefined> {
  const deadline = performance.now() + startPatience
  while (performance.now() < deadline) {
    signal?.throwIfAborted()
    const postmaster = await readPostmaster(database)
    if (postmaster === undefined) return undefined
    if (postmaster.status === 'ready' && (await answers(postmaster.socketFolder))) {
      return { pid: postmaster.pid, database, socketFolder: postmaster.socketFolder, adopted: true }
    }
    if (!(await isPostmasterOf(postmaster.pid, database))) {
      // The server clears a stale file itself, unless its number now belongs to some other process.
      await rm(join(database, 'postmaster.pid'), { force: true })
      return undefined
    }
    await sleep(20)
  }
  throw new DatabaseFailure(
    'DATABASE_START_FAILED',
    `the database server of \`${database}\` neither answers nor ends; see its logs in \`${join(database, 'log')}\``,
  )
}

/** Lets the server's account through to its data. Our own folder is opened for that, the folders above it are not ours. */
async function admit(folder: string, account: Account | undefined): Promise<void> {
  if (account === undefined) return
  const { mode, uid } = await stat(folder)
  if (uid === 0) await chmod(folder, (mode & 0o777) | 0o011)
  if (await canEnter(folder, account)) return
  throw new DatabaseFailure(
    'DATABASE_FOLDER_UNUSABLE',
    `the data folder \`${folder}\` cannot be reached by the account \`${account.name}\`, which runs the database because root may not; ` +
      'set `PORTVAKT_DATA_FOLDER` to a folder outside private homes such as `/var/lib/portvakt/data`, or set `DATABASE_URL`',
  )
}

/**
 * A process of ours that was killed may leave a server that is only beginning to start, and one whose last connections
 * are only beginning to end: the first is adopted after all, the second is waited for.
 */
async function startOrAdopt(
  database: string,
  begin: () => Promise<Server>,
  signal: AbortSignal | undefined,
): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await begin()
    } catch (error) {
      signal?.throwIfAborted()
      const running = await settle(database, signal)
      if (running !== undefined) return running
      if (attempt === 10 || !String(error).includes('shared memory block')) throw error
      await sleep(300)
    }
  }
}

async function start(
  folder: string,
  database: string,
  binaries: Binaries,
  account: Account | undefined,
  options: ServerOptions,
): Promise<Server> {
  const socketFolder = await chooseSocketFolder(database, account)
  const output = join(folder, 'database-start.log')
  const file = await open(output, 'w', 0o600)
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
    child.once('error', () => {
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
  const said = lastLines(await readFile(output, 'utf8').catch(() => ''))
  throw new DatabaseFailure('DATABASE_START_FAILED', `the database server of \`${database}\` did not start: ${said}`)
}

async function stopChild(child: ChildProcess, hasEnded: () => boolean): Promise<void> {
  child.kill('SIGINT')
  const deadline = performance.now() + stopPatience
  while (!hasEnded() && performance.now() < deadline) await sleep(5)
}

/** No TCP, no password: the socket lies in a folder that only the server's account (and root) can enter. */
function configuration(socketFolder: string, options: ServerOptions): string[] {
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

/** Ends the server in fast mode: open transactions are rolled back, everything committed is on disk. */
export async function stopServer(server: Server): Promise<void> {
  const { database } = server
  const isGone = async (): Promise<boolean> =>
    !isRunning(server.pid) || (await readPostmaster(database))?.pid !== server.pid
  for (const signal of ['SIGINT', 'SIGQUIT'] as const) {
    if (await isGone()) break
    if (await isPostmasterOf(server.pid, database)) process.kill(server.pid, signal)
    const deadline = performance.now() + stopPatience
    while (performance.now() < deadline && !(await isGone())) await sleep(10)
  }
  if (server.socketFolder !== database) await rmdir(server.socketFolder).catch(ignore)
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function ignore(): void {}
