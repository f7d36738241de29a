import { createHash } from 'node:crypto'
import { lockKeys } from './lock-keys.ts'
import { type Sql, schemaName } from './sql.ts'

/** One step of the schema. Once released it never changes: a correction is a new migration. */
export interface Migration {
  /** Unique among all, made of the owning folder and a number: `registry/1`. */
  readonly id: string
  /** What it brings, in a few words. */
  readonly name: string
  /** Plain statements, run in one transaction with the schema `portvakt` as search path. */
  readonly sql: string
}

export interface MigrationReport {
  /** Ids applied by this call, in order. */
  readonly applied: readonly string[]
  /** Ids in the database that this version does not know: a newer version has been here. */
  readonly unknown: readonly string[]
}

/** The schema of the database and the migrations of this version contradict each other. */
export class MigrationMismatch extends Error {
  override readonly name = 'MigrationMismatch'
}

const lockKey = lockKeys.migrate

/**
 * Brings the schema up to date: applies, in the order given, what has not been applied yet, all or nothing. Any number of
 * nodes may call it at once; they take turns. Throws `MigrationMismatch` when a migration that has been applied reads
 * differently now.
 */
export async function migrate(sql: Sql, migrations: readonly Migration[]): Promise<MigrationReport> {
  refuseDuplicates(migrations)
  return sql.begin(async (transaction) => {
    // Waiting for another node, or changing a large table, may take as long as it takes.
    await transaction.unsafe('set local statement_timeout = 0')
    await transaction.unsafe(`select pg_advisory_xact_lock(${lockKey})`)
    await transaction.unsafe(foundation)
    const rows = await transaction<{ id: string; checksum: string }[]>`select id, checksum from migration`
    const done = new Map(rows.map((row) => [row.id, row.checksum]))
    const pending = migrations.filter((migration) => isPending(migration, done))
    for (const migration of pending) {
      await transaction.unsafe(migration.sql)
      await transaction`
        insert into migration (id, name, checksum)
        values (${migration.id}, ${migration.name}, ${checksumOf(migration)})`
    }
    const known = new Set(migrations.map((migration) => migration.id))
    return {
      applied: pending.map((migration) => migration.id),
      unknown: [...done.keys()].filter((id) => !known.has(id)).sort(),
    }
  })
}

const foundation = `
do $$ begin
  -- asked first, because "create schema if not exists" needs a right that an account with a ready-made schema lacks
  if to_regnamespace('${schemaName}') is null then create schema ${schemaName}; end if;
end $$;
create table if not exists ${schemaName}.migration (
  id text primary key,
  name text not null,
  checksum text not null,
  applied_at timestamptz not null default now()
)`

function isPending(migration: Migration, done: ReadonlyMap<string, string>): boolean {
  const checksum = done.get(migration.id)
  if (checksum === undefined) return true
  if (checksum === checksumOf(migration)) return false
  throw new MigrationMismatch(
    `migration \`${migration.id}\` (${migration.name}) was applied to this database with another text; ` +
      'an applied migration never changes, write a new one',
  )
}

function checksumOf(migration: Migration): string {
  return createHash('sha256').update(migration.sql).digest('hex')
}

function refuseDuplicates(migrations: readonly Migration[]): void {
  const seen = new Set<string>()
  for (const { id } of migrations) {
    if (seen.has(id)) throw new MigrationMismatch(`two migrations are called \`${id}\``)
    seen.add(id)
  }
}
