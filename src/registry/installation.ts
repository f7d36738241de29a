/** What tells one database from another, and the secret that only those have who can read it. */
import type { Queryable } from '../database/sql.ts'

export interface Installation {
  /** The id that the database was given at first, and where it lives: one that was restored elsewhere has another name. */
  readonly name: string
  /** 32 bytes, made once. Keys are derived from it; it is never used as one, logged or sent. */
  readonly secret: Uint8Array
}

export async function findInstallation(sql: Queryable): Promise<Installation> {
  const [row] = await sql<{ id: string; secret: Uint8Array; database: number; readable: boolean }[]>`
    select id, secret, (select oid from pg_database where datname = current_database()) as database,
      has_function_privilege('pg_control_system()', 'execute')
        and has_function_privilege('pg_control_checkpoint()', 'execute') as readable
    from installation`
  if (row === undefined)
    throw new Error('the table `portvakt.installation` is empty: restore the database from a backup')
  const server = row.readable ? await findServer(sql) : ''
  return { name: [row.id, row.database, server].join(' '), secret: row.secret }
}

/** A server that was restored to an earlier time goes on in another timeline; a copy of its data may have another number. */
async function findServer(sql: Queryable): Promise<string> {
  const [row] = await sql<{ server: string }[]>`
    select system_identifier || '/' || timeline_id as server from pg_control_system(), pg_control_checkpoint()`
  return row!.server
}
