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
}

const minimumVersion = 150_000

/** Returns a database that answers. Throws `DatabaseFailure`, with a message for the operator, when there is none. */
export async function openDatabase(settings: DatabaseSettings, options: OpenOptions = {}): Promise<Database> {
  if (settings.databaseUrl !== undefined) return openExternal(settings.databaseUrl.reveal(), settings, options)
  const embedded = await startEmbedded({
    folder: settings.dataFolder,
    connections: settings.databasePoolSize + 20,
    ...(options.onTaken === undefined ? {} : { onTaken: options.onTaken }),
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
 * without stopping the server afterwards. When none runs there, or for an external database, the same as `openDatabase`.
 */
export async function visitDatabase(settings: DatabaseSettings): Promise<Database> {
  if (settings.databaseUrl !== undefined) return openDatabase(settings)
  const postmaster = await readPostmaster(join(settings.dataFolder, 'database'))
  if (postmaster === undefined || !(await answers(postmaster.socketFolder))) return openDatabase(settings)
  const place: Place = {
    kind: 'socket',
    folder: postmaster.socketFolder,
    database: embeddedDatabase,
    user: embeddedUser,
  }
  return databaseOver('embedded', openSql({ place, size: 4, name: 'portvakt visitor' }), async () => {})
}

async function openExternal(url: string, settings: DatabaseSettings, options: OpenOptions): Promise<Database> {
  const sql = openSql({ place: { kind: 'url', url }, size: settings.databasePoolSize, name: 'portvakt' })
  try {
    await waitForServer(sql, options.patience ?? 30_000)
    return databaseOver('external', sql, async () => {})
  } catch (error) {
    await sql.end({ timeout: 1 })
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
async function waitForServer(sql: Sql, patience: number): Promise<void> {
  const deadline = performance.now() + patience
  for (;;) {
    try {
      const [row] = await sql<{ version: number }[]>`select current_setting('server_version_num')::int as version`
      if (row !== undefined && row.version >= minimumVersion) return
      throw new DatabaseFailure(
        'DATABASE_TOO_OLD',
        `the database server has version number ${row?.version ?? 'unknown'}; PostgreSQL 15 or newer is needed`,
      )
    } catch (error) {
      if (error instanceof DatabaseFailure) throw error
      if (!mayPass(error) || performance.now() > deadline) {
        const reason = error instanceof Error ? error.message : String(error)
        throw new DatabaseFailure(
          'DATABASE_NOT_REACHABLE',
          `the database of \`DATABASE_URL\` cannot be used: ${reason}`,
          error,
        )
      }
      await sleep(500)
    }
  }
}

const passing = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNRESET',
  'CONNECT_TIMEOUT',
  'CONNECTION_CLOSED',
  '57P03',
])

function mayPass(error: unknown): boolean {
  return passing.has(String((error as { code?: unknown }).code))
}
