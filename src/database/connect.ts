import { access, constants } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { startEmbedded } from './embedded/embedded.ts'
import { answers, readPostmaster } from './embedded/postmaster.ts'
import { DatabaseFailure } from './failure.ts'
import { embeddedDatabase, embeddedUser, openSql, type Place, type Sql } from './sql.ts'

/** The part of the settings that this folder needs. */
export interface DatabaseSettings {
  /** Where the embedded database lies when no address is given. */
  readonly dataFolder: string
  readonly databaseUrl?: { reveal(): string } | undefined
  /** Connections at most. */
  readonly databasePoolSize: number
}

export interface Database {
  readonly kind: 'embedded' | 'external'
  readonly sql: Sql
  /** Asks the server, for a second at most. */
  isReachable(): Promise<boolean>
  /** Lets running statements end (5 s at most), closes the connections and stops an embedded server. */
  close(): Promise<void>
}

export interface OpenOptions {
  /** Called when another copy has taken over the embedded database's folder: this process must end. */
  readonly onTaken?: (failure: DatabaseFailure) => void
  /** Milliseconds to wait for an external server that does not answer yet; 30 s when left out. */
  readonly patience?: number
  /** Called for every attempt on an external server that fails and will be repeated. */
  readonly onWait?: (attempt: FailedAttempt) => void
  /** Gives up when it is aborted, with its reason; nothing is left running then. */
  readonly signal?: AbortSignal | undefined
}

export interface FailedAttempt {
  /** Where the server should be: host and port, or a socket; never the account or password. */
  readonly address: string
  readonly reason: string
  /** Seconds until it is given up. */
  readonly secondsLeft: number
}

const minimumVersion = 150_000

/** Returns a database that answers. Throws `DatabaseFailure`, with a message for the operator, when there is none. */
export async function openDatabase(settings: DatabaseSettings, options: OpenOptions = {}): Promise<Database> {
  if (settings.databaseUrl !== undefined) return openExternal(settings.databaseUrl.reveal(), settings, options)
  const embedded = await startEmbedded({
    folder: settings.dataFolder,
    connections: settings.databasePoolSize + 20,
    ...(options.onTaken === undefined ? {} : { onTaken: options.onTaken }),
    ...(options.signal === undefined ? {} : { signal: options.signal }),
  })
  const place: Place = {
    kind: 'socket',
    folder: embedded.socketFolder,
    database: embeddedDatabase,
    user: embeddedUser,
  }
  const sql = openSql({ place, size: settings.databasePoolSize, name: 'portvakt' })
  return databaseOver('embedded', sql, () => embedded.stop())
}

/**
 * For commands beside a gateway that may be running: looks into its embedded database without taking the folder, and
 * without stopping the server afterwards. When none runs there, or for an external database, the same as `openDatabase`. Where
 * there has never been a database nothing is made: that is a `DATABASE_NEVER_USED`.
 */
export async function visitDatabase(settings: DatabaseSettings, options: OpenOptions = {}): Promise<Database> {
  if (settings.databaseUrl !== undefined) return openDatabase(settings, options)
  await refuseUnused(settings.dataFolder)
  const postmaster = await readPostmaster(join(settings.dataFolder, 'database'))
  if (postmaster === undefined || !(await answers(postmaster.socketFolder))) return openDatabase(settings, options)
  const place: Place = {
    kind: 'socket',
    folder: postmaster.socketFolder,
    database: embeddedDatabase,
    user: embeddedUser,
  }
  return databaseOver('embedded', openSql({ place, size: 4, name: 'portvakt visitor' }), async () => {})
}

async function refuseUnused(dataFolder: string): Promise<void> {
  const found = await access(join(dataFolder, 'database'), constants.R_OK | constants.X_OK).then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code ?? '',
  )
  if (found === undefined) return
  if (found === 'EACCES')
    throw new DatabaseFailure(
      'DATABASE_FOLDER_UNUSABLE',
      `the data folder \`${dataFolder}\` may not be read by this account; run this as the account that runs the gateway`,
    )
  throw new DatabaseFailure(
    'DATABASE_NEVER_USED',
    `there is no database in the data folder \`${dataFolder}\`: no gateway has run with it; ` +
      'name the one it runs with by `PORTVAKT_DATA_FOLDER` or `DATABASE_URL`',
  )
}

async function openExternal(url: string, settings: DatabaseSettings, options: OpenOptions): Promise<Database> {
  const sql = openSql({ place: { kind: 'url', url }, size: settings.databasePoolSize, name: 'portvakt' })
  try {
    await waitForServer(sql, url, options)
    return databaseOver('external', sql, async () => {})
  } catch (error) {
    await sql.end({ timeout: options.signal?.aborted === true ? 0 : 1 })
    throw error
  }
}

function databaseOver(kind: Database['kind'], sql: Sql, stop: () => Promise<void>): Database {
  let closing: Promise<void> | undefined
  const close = async (): Promise<void> => {
    await sql.end({ timeout: 5 })
    await stop()
  }
  return {
    kind,
    sql,
    isReachable: () => isReachable(sql),
    close: () => {
      closing ??= close()
      return closing
    },
  }
}

async function isReachable(sql: Sql): Promise<boolean> {
  const query = sql`select 1`
  const answered = query.then(
    () => true,
    () => false,
  )
  const isAnswered = await Promise.race([answered, sleep(1_000, false, { ref: false })])
  return isAnswered
}

/** Services that start together find each other late: a server that refuses or does not resolve yet is asked again. */
async function waitForServer(sql: Sql, url: string, { patience = 30_000, onWait, signal }: OpenOptions): Promise<void> {
  const deadline = performance.now() + patience
  for (let pause = 500; ; pause = Math.min(5_000, pause * 2)) {
    try {
      return await unlessAborted(askVersion(sql), signal)
    } catch (error) {
      signal?.throwIfAborted()
      if (error instanceof DatabaseFailure) throw error
      const reason = reasonOf(error)
      const left = deadline - performance.now()
      if (!mayPass(error) || left <= 0) {
        const after = mayPass(error) && patience > 0 ? `, after ${Math.round(patience / 1000)} s` : ''
        throw new DatabaseFailure(
          'DATABASE_NOT_REACHABLE',
          `the database of \`DATABASE_URL\` (${addressOf(url)}) cannot be used${after}: ${reason}`,
          error,
        )
      }
      onWait?.({ address: addressOf(url), reason, secondsLeft: Math.ceil(left / 1000) })
      // aborted too: its timer would keep the process to the end of the pause
      await unlessAborted(sleep(Math.min(pause, left), undefined, signal === undefined ? {} : { signal }), signal)
    }
  }
}

async function askVersion(sql: Sql): Promise<void> {
  const [row] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`
  if (row !== undefined && row.version >= minimumVersion) return
  throw new DatabaseFailure(
    'DATABASE_TOO_OLD',
    `the database server has version number ${row?.version ?? 'unknown'}; PostgreSQL 15 or newer is needed`,
  )
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal | undefined): Promise<T> {
  if (signal === undefined) return work
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason)
    if (signal.aborted) abort()
    signal.addEventListener('abort', abort, { once: true })
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort))
  })
}

function addressOf(url: string): string {
  const { host, searchParams } = new URL(url)
  return searchParams.get('host') ?? host
}

/** What the codes mean of which a server may get well. */
const passing: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing accepts connections there',
  ENOENT: 'there is no such socket',
  ENOTFOUND: 'the name of the host is not known',
  EAI_AGAIN: 'the name of the host cannot be looked up just now',
  ECONNRESET: 'the connection was broken',
  EHOSTUNREACH: 'there is no way to the host',
  ENETUNREACH: 'there is no way to its network',
  ETIMEDOUT: 'the host does not answer',
  CONNECT_TIMEOUT: 'the host does not answer',
  CONNECTION_CLOSED: 'the connection was closed',
  '57P03': 'the server is starting or stopping',
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code)

const mayPass = (error: unknown): boolean => passing[codeOf(error)] !== undefined

/** Of an error about several addresses of a host the message is empty. */
function reasonOf(error: unknown): string {
  const known = passing[codeOf(error)]
  if (known !== undefined) return `${known} (${codeOf(error)})`
  return error instanceof Error ? error.message : String(error)
}
