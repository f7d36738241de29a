/**
 * Runs a PostgreSQL server on a folder of ours: makes the database when there is none, starts the server or adopts the one
 * that is running already (left by a process of ours that was killed), and stops it. Who may use the folder is decided one
 * floor up, in `folder-lock.ts`.
 */
import { execFile, spawn } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  chmod,
  chown,
  lstat,
  mkdir,
  open,
  readdir,
  readFile,
  realpath,
  rename,
  rm,
  rmdir,
  stat,
} from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { DatabaseFailure } from '../failure.ts'
import { embeddedUser } from '../sql.ts'
import { type Account, canEnter, serverAccount, spawnIdentity } from './account.ts'
import { type Binaries, prepareBinaries } from './binaries.ts'
import { makeFolder } from './folder.ts'
import { answers, isPostmasterOf, isRunning, readPostmaster, socketPath } from './postmaster.ts'
import { withStartLock } from './start-lock.ts'

const run = promisify(execFile)

export interface ServerOptions {
  /** The folder that holds `database`; made when missing. */
  readonly folder: string
  /** False trades safety in a power cut for speed: for tests only. */
  readonly durable?: boolean
  /** Connections at most; 100 when left out. */
  readonly connections?: number
}

export interface Server {
  readonly pid: number
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
  const folder = await makeFolder(options.folder)
  return withStartLock(folder, async () => {
    const database = join(folder, 'database')
    const running = await settle(database)
    if (running !== undefined) return running
    const account = await serverAccount()
    await admit(folder, account)
    const binaries = await prepareBinaries(account, folder)
    if (!(await exists(join(database, 'PG_VERSION')))) await initialise(folder, database, binaries, account, options)
    return startOrAdopt(database, () => start(folder, database, binaries, account, options))
  })
}

/** Waits until the folder's server, if there is one, is either ready (and returns it) or gone. */
async function settle(database: string): Promise<Server | undefined> {
  const deadline = performance.now() + startPatience
  while (performance.now() < deadline) {
    const postmaster = await readPostmaster(database)
    if (postmaster === undefined) return undefined
    if (postmaster.status === 'ready' && (await answers(postmaster.socketFolder))) {
      return { pid: postmaster.pid, socketFolder: postmaster.socketFolder, adopted: true }
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

/** Made under another name and then renamed, so that a kill in the middle leaves nothing that looks like a database. */
async function initialise(
  folder: string,
  database: string,
  binaries: Binaries,
  account: Account | undefined,
  options: ServerOptions,
): Promise<void> {
  for (const name of await readdir(folder)) {
    if (name.startsWith('database.new-')) await rm(join(folder, name), { recursive: true, force: true }).catch(ignore)
  }
  const unfinished = join(folder, `database.new-${randomUUID().slice(0, 8)}`)
  await mkdir(unfinished, { mode: 0o700 })
  if (account !== undefined) await chown(unfinished, account.uid, account.gid)
  const sync = options.durable === false ? ['--no-sync'] : []
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  try {
    await run(
      binaries.initdb,
      ['-D', unfinished, '-U', embeddedUser, '--auth=trust', '--no-instructions', ...locale, ...sync],
      { cwd: '/', timeout: 60_000, env: serverEnvironment(), ...spawnIdentity(account) },
    )
  } catch (error) {
    const { stderr } = error as { stderr?: string }
    throw new DatabaseFailure(
      'DATABASE_START_FAILED',
      `the database could not be made: ${lastLines(stderr ?? '')}`,
      error,
    )
  }
  await rename(unfinished, database)
}

/**
 * A process of ours that was killed may leave a server that is only beginning to start, and one whose last connections
 * are only beginning to end: the first is adopted after all, the second is waited for.
 */
async function startOrAdopt(database: string, begin: () => Promise<Server>): Promise<Server> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await begin()
    } catch (error) {
      const running = await settle(database)
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
    const deadline = performance.now() + startPatience
    while (!ended && performance.now() < deadline) {
      const postmaster = await readPostmaster(database)
      if (postmaster?.pid === child.pid && postmaster?.status === 'ready') {
        return { pid: postmaster.pid, socketFolder, adopted: false }
      }
      await sleep(5)
    }
  } finally {
    await file.close()
  }
  const said = lastLines(await readFile(output, 'utf8').catch(() => ''))
  throw new DatabaseFailure('DATABASE_START_FAILED', `the database server of \`${database}\` did not start: ${said}`)
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

/** The operator's `PG…` variables are meant for clients; the server starts with none of them. */
function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
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
export async function stopServer(server: Server, folder: string): Promise<void> {
  const database = join(await realpath(folder), 'database')
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

function lastLines(text: string): string {
  const lines = text.trim().split('\n').slice(-3).join('; ').trim()
  return lines === '' ? 'it said nothing' : lines
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

function ignore(): void {}
