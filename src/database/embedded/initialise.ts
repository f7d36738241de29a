/** Makes a new database with `initdb`. */
import { spawn } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chown, mkdir, readdir, rename, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseFailure } from '../failure.ts'
import { embeddedUser } from '../sql.ts'
import { type Account, spawnIdentity } from './account.ts'
import { type Binaries, withPlainPath } from './binaries.ts'
import { lastLines, serverEnvironment } from './surroundings.ts'

export interface InitialiseOptions {
  readonly durable?: boolean
  readonly signal?: AbortSignal
}

/** Milliseconds. */
const patience = 60_000

/** Made under another name and then renamed, so that a kill in the middle leaves nothing that looks like a database. */
export async function initialise(
  folder: string,
  database: string,
  binaries: Binaries,
  account: Account | undefined,
  options: InitialiseOptions,
): Promise<void> {
  for (const name of await readdir(folder)) if (name.startsWith('database.new-')) await remove(join(folder, name))
  const unfinished = join(folder, `database.new-${randomUUID().slice(0, 8)}`)
  await mkdir(unfinished, { mode: 0o700 })
  if (account !== undefined) await chown(unfinished, account.uid, account.gid)
  const { isDone, said } = await withPlainPath(binaries, account, ({ initdb }) =>
    runInitdb(initdb, unfinished, account, options),
  )
  if (isDone && options.signal?.aborted !== true) return rename(unfinished, database)
  await remove(unfinished)
  options.signal?.throwIfAborted()
  throw new DatabaseFailure('DATABASE_START_FAILED', `the database could not be made: ${lastLines(said)}`)
}

/** In a session of its own, so that an interrupt from the keyboard reaches us and not it; ended with us all the same. */
function runInitdb(
  initdb: string,
  unfinished: string,
  account: Account | undefined,
  { durable, signal }: InitialiseOptions,
): Promise<{ readonly isDone: boolean; readonly said: string }> {
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
  const end = (): void => {
    // the whole group: what it runs would go on writing
    if (child.pid !== undefined && child.exitCode === null) process.kill(-child.pid, 'SIGTERM')
  }
  const timer = setTimeout(end, patience)
  signal?.addEventListener('abort', end)
  process.once('exit', end)
  let said = ''
  child.stderr.on('data', (piece: Buffer) => {
    said = (said + piece.toString()).slice(-4_000)
  })
  return new Promise((resolve) => {
    const finish = (isDone: boolean, reason = said): void => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', end)
      process.removeListener('exit', end)
      resolve({ isDone, said: reason })
    }
    child.once('error', (error) => finish(false, error.message))
    child.once('close', (code) => finish(code === 0))
    if (signal?.aborted === true) end()
  })
}

const remove = (path: string): Promise<void> =>
  rm(path, { recursive: true, force: true, maxRetries: 3 }).catch(() => undefined)
