/** Makes a new database with `initdb`. */
import { type ChildProcess, type ChildProcessByStdio, spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chown, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { DatabaseFailure } from '../failure.ts'
import { embeddedUser } from '../sql.ts'
import { type Account, spawnIdentity } from './account.ts'
import { type Binaries, withPlainPath } from './binaries.ts'
import { inDataFolder } from './folder.ts'
import { lastLines, serverEnvironment } from './surroundings.ts'

export interface InitialiseOptions {
  readonly durable?: boolean
  readonly signal?: AbortSignal
}

/**
 * Made under another name and then renamed, so that a kill in the middle leaves nothing that looks like a database. `initdb`
 * takes seconds; one that does not end within `patience` milliseconds is ended.
 */
export async function initialise(
  folder: string,
  database: string,
  binaries: Binaries,
  account: Account | undefined,
  options: InitialiseOptions,
  patience = 60_000,
): Promise<void> {
  const unfinished = await inDataFolder(folder, () => makeUnfinished(folder, account))
  try {
    const trouble = await withPlainPath(binaries, account, ({ initdb }) =>
      runInitdb(initdb, unfinished, account, options, patience),
    )
    options.signal?.throwIfAborted()
    if (trouble !== undefined)
      throw new DatabaseFailure('DATABASE_START_FAILED', `the database could not be made: ${trouble}`)
    await inDataFolder(folder, () => rename(unfinished, database))
  } catch (error) {
    await remove(unfinished)
    throw error
  }
}

async function makeUnfinished(folder: string, account: Account | undefined): Promise<string> {
  for (const name of await readdir(folder)) if (name.startsWith('database.new-')) await remove(join(folder, name))
  const unfinished = join(folder, `database.new-${randomUUID().slice(0, 8)}`)
  await mkdir(unfinished, { mode: 0o700 })
  if (account !== undefined) await chown(unfinished, account.uid, account.gid)
  return unfinished
}

/** Returns what went wrong, if anything did. In a session of its own, so that an interrupt from the keyboard does not reach it. */
function runInitdb(
  initdb: string,
  unfinished: string,
  account: Account | undefined,
  { durable, signal }: InitialiseOptions,
  patience: number,
): Promise<string | undefined> {
  const locale = ['--encoding=UTF8', '--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8']
  const sync = durable === false ? ['--no-sync'] : []
  const child = spawn(
    initdb,
    ['-D', unfinished, '-U', embeddedUser, '--auth=trust', '--no-instructions', ...locale, ...sync],
    {
      cwd: '/',
      detached: true,
      env: serverEnvironment(),
      stdio: ['ignore', 'ignore', 'pipe'],
      ...spawnIdentity(account),
    },
  )
  return ending(child, patience, signal)
}

/** It ends with us, when `signal` is aborted, and when its time is up. */
function ending(
  child: ChildProcessByStdio<null, null, Readable>,
  patience: number,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const end = (): void => {
    if (child.exitCode === null && child.signalCode === null) endGroup(child)
  }
  let isLate = false
  const timer = setTimeout(() => {
    isLate = true
    end()
  }, patience)
  signal?.addEventListener('abort', end)
  process.once('exit', end)
  let said = ''
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-4_000)
  })
  return new Promise((resolve) => {
    const finish = (trouble: string | undefined): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      process.removeListener('exit', end)
      resolve(trouble)
    }
    child.once('error', ({ message }) => finish(message))
    // at once, while the number is sure to be its group's: killed, it leaves what it was running
    child.once('exit', () => endGroup(child))
    child.once('close', (code, killer) => {
      const how = isLate
        ? `it did not end within ${patience / 1000} s; `
        : killer === null
          ? ''
          : `${killer} ended it; `
      finish(code === 0 ? undefined : how + lastLines(said))
    })
    if (signal?.aborted === true) end()
  })
}

/** The whole group: what it runs would go on writing. */
function endGroup({ pid }: ChildProcess): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGTERM')
  } catch (error) {
    // nobody is left of it; on macOS EPERM when those who are left have ended too
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error
  }
}

const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
