/**
 * Runs a PostgreSQL server on a folder of ours: makes the database when there is none, starts the server or adopts the one
 * that is running already (left by a process of ours that was killed), and stops it. Who may use the folder is decided one
 * floor up, in `folder-lock.ts`.
 */
import { chmod, rm, rmdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from '../failure.ts'
import { type Account, canEnter, serverAccount } from './account.ts'
import { prepareBinaries } from './binaries.ts'
import { inDataFolder, isOfTheSystem, makeFolder } from './folder.ts'
import { initialise } from './initialise.ts'
import { answers, isPostmasterOf, isRunning, readPostmaster } from './postmaster.ts'
import { withStartLock } from './start-lock.ts'
import { type Server, type StartOptions, startPatience, startServer, stopPatience } from './start-server.ts'

export interface ServerOptions extends StartOptions {
  /** The folder that holds `database`; made when missing. */
  readonly folder: string
}

/** Returns when the server accepts connections. Throws `DatabaseFailure` when it cannot. */
export async function runServer(options: ServerOptions): Promise<Server> {
  if (process.platform === 'win32') {
    throw new DatabaseFailure(
      'DATABASE_PLATFORM_UNSUPPORTED',
      'the embedded database runs on Linux and macOS; set `DATABASE_URL` to use a PostgreSQL of your own',
    )
  }
  try {
    const folder = await inDataFolder(options.folder, () => makeFolder(options.folder))
    return await withStartLock(folder, () => runIn(folder, options), options.signal)
  } catch (error) {
    if (!isOfTheSystem(error)) throw error
    throw new DatabaseFailure(
      'DATABASE_START_FAILED',
      `the embedded database cannot be started: ${error.message}`,
      error,
    )
  }
}

async function runIn(folder: string, options: ServerOptions): Promise<Server> {
  const { signal } = options
  const database = join(folder, 'database')
  const running = await inDataFolder(folder, () => settle(database, signal))
  if (running !== undefined) return running
  const account = await serverAccount()
  await inDataFolder(folder, () => admit(folder, account))
  const binaries = await prepareBinaries(account, folder)
  signal?.throwIfAborted()
  if (!(await exists(join(database, 'PG_VERSION')))) await initialise(folder, database, binaries, account, options)
  return startOrAdopt(database, () => startServer(folder, database, binaries, account, options), signal)
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
