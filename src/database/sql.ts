/** The types every part uses to speak to PostgreSQL, and the one place where a connection pool is made. */
import postgres from 'postgres'
import { type ArrayTypes, arrays } from './arrays.ts'

/** JavaScript types of the types that are read in a way of ours. */
type Types = { int8: number } & { readonly [name in keyof ArrayTypes]: readonly unknown[] }

/** A pool of connections. Timestamps are `Date`, bigints are `number`, jsonb is parsed. */
export type Sql = postgres.Sql<Types>
/** One connection inside `begin`. */
export type Transaction = postgres.TransactionSql<Types>
/** Either of the two: what a function takes that works inside and outside a transaction. */
export type Queryable = postgres.ISql<Types>

/** Every table of ours lives here; every connection has it as its search path, so statements need not name it. */
export const schemaName = 'portvakt'

/** Where the server is: an address, or the folder of its unix socket. */
export type Place =
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'socket'; readonly folder: string; readonly database: string; readonly user: string }

export interface SqlOptions {
  readonly place: Place
  /** Connections at most. */
  readonly size: number
  /** Shown in `pg_stat_activity`. */
  readonly name: string
  /** Connections are renewed after about this long, so that a pool follows a server that moved; 0 never. */
  readonly lifetimeSeconds?: number
  readonly onClose?: () => void
}

/**
 * Milliseconds. A node that stops in the middle of a transaction (a frozen process, a lost machine) holds its locks no
 * longer than this, and no statement runs for ever.
 */
const patience = { idle_in_transaction_session_timeout: 60_000, statement_timeout: 300_000 }

export const embeddedUser = 'portvakt'
export const embeddedDatabase = 'postgres'
export const socketPort = 5432

/** Opens no connection yet: the first statement does, and every later one opens again what was lost. */
export function openSql(options: SqlOptions): Sql {
  const shared = {
    max: options.size,
    connect_timeout: 10,
    idle_timeout: 0,
    max_lifetime: options.lifetimeSeconds ?? 1800,
    connection: { application_name: options.name, search_path: schemaName, ...patience },
    fetch_types: false,
    types: { int8: wholeNumber, ...arrays },
    onnotice: ignore,
    onclose: options.onClose ?? ignore,
    backoff: reconnectDelay,
  } satisfies postgres.Options<{ int8: postgres.PostgresType<number> } & ArrayTypes>
  if (options.place.kind === 'url') {
    const { url, socketFolder } = splitSocket(options.place.url)
    return postgres(url, socketFolder === undefined ? shared : { ...shared, host: socketFolder, ssl: false })
  }
  return postgres({
    ...shared,
    host: options.place.folder,
    port: socketPort,
    database: options.place.database,
    username: options.place.user,
    ssl: false,
  })
}

/** `postgres:///name?host=/folder` is PostgreSQL's way to name a unix socket (libpq, 32.1.1.2); the driver does not know it. */
function splitSocket(text: string): { readonly url: string; readonly socketFolder?: string } {
  const url = new URL(text)
  const host = url.searchParams.get('host')
  if (host === null || !host.startsWith('/')) return { url: text }
  url.searchParams.delete('host')
  return { url: url.href, socketFolder: host }
}

/** Seconds before the pool tries a lost server again: 0.05, 0.1, 0.2 … at most 1. */
function reconnectDelay(tries: number): number {
  return Math.min(1, 0.05 * 2 ** Math.min(tries, 10))
}

function ignore(): void {}

/**
 * int8 as a number. Sizes, counts and epochs of ours stay far below 2^53; a value above it would silently lose digits,
 * so it throws.
 */
const wholeNumber: postgres.PostgresType<number> = {
  to: 20,
  from: [20],
  serialize: (value: unknown) => String(value),
  parse: (text: unknown) => {
    const value = Number(text)
    if (!Number.isSafeInteger(value))
      throw new RangeError(`the 64-bit integer \`${String(text)}\` is too large to be a number`)
    return value
  },
}
