/**
 * A database of its own for every test file: on the server of `DATABASE_URL` when that is set, otherwise on one embedded
 * server that all files of a vitest run share. The first worker starts it; a watcher stops and removes it after the run.
 */
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { runServer } from '../../src/database/embedded/server.ts'
import { type Migration, migrate } from '../../src/database/migrate.ts'
import { embeddedDatabase, embeddedUser, openSql, type Sql } from '../../src/database/sql.ts'

export interface TestDatabase {
  /** The pool of this test file, with the migrations applied. Usable from `beforeAll` on. */
  readonly sql: Sql
  /** An address for `DATABASE_URL`, for a pool or a process of one's own. */
  readonly url: string
  /** A further pool on the same database, as another node would have; closed after the tests. */
  connect(size?: number): Sql
}

export interface TestDatabaseOptions {
  readonly migrations?: readonly Migration[]
  /** Connections of `sql`; 5 when left out. */
  readonly size?: number
}

/** Call it at the top of a test file (or of a `describe`): it sets up and cleans up by itself. */
export function withDatabase(options: TestDatabaseOptions = {}): TestDatabase {
  let created: CreatedDatabase | undefined
  const current = (): CreatedDatabase => {
    if (created === undefined) throw new Error('the test database is there from beforeAll on')
    return created
  }
  beforeAll(async () => {
    created = await createDatabase(options)
  }, 60_000)
  afterAll(async () => {
    await created?.drop()
  }, 60_000)
  return {
    get sql() {
      return current().sql
    },
    get url() {
      return current().url
    },
    connect: (size) => current().connect(size),
  }
}

export interface CreatedDatabase extends TestDatabase {
  drop(): Promise<void>
}

/** The same without vitest's hooks, for a test that needs a second database. The caller drops it. */
export async function createDatabase(options: TestDatabaseOptions = {}): Promise<CreatedDatabase> {
  const server = await serverUrl()
  const name = `portvakt_test_${randomBytes(6).toString('hex')}`
  const administration = openSql({ place: { kind: 'url', url: server }, size: 1, name: 'portvakt test' })
  await administration.unsafe(`create database ${name}`)
  const address = new URL(server)
  address.pathname = `/${name}`
  const url = address.href
  const pools: Sql[] = []
  const connect = (size = 5): Sql => {
    const pool = openSql({ place: { kind: 'url', url }, size, name: 'portvakt test' })
    pools.push(pool)
    return pool
  }
  const sql = connect(options.size)
  await migrate(sql, options.migrations ?? [])
  return {
    sql,
    url,
    connect,
    drop: async () => {
      await Promise.all(pools.map((pool) => pool.end({ timeout: 1 })))
      await administration.unsafe(`drop database if exists ${name} with (force)`)
      await administration.end({ timeout: 1 })
    },
  }
}

let startedServer: Promise<string> | undefined

function serverUrl(): Promise<string> {
  const given = process.env.DATABASE_URL
  if (given !== undefined && given !== '') return Promise.resolve(given)
  startedServer ??= startShared()
  return startedServer
}

/** Vitest's workers are children of one process: its number names the server they share. */
async function startShared(): Promise<string> {
  const folder = join('/tmp', `portvakt-test-${process.getuid?.() ?? 0}-${process.ppid}`)
  const server = await runServer({ folder, durable: false, connections: 200 })
  if (!server.adopted) watch(process.ppid, server.pid, folder)
  return `postgres://${embeddedUser}@localhost/${embeddedDatabase}?host=${encodeURIComponent(server.socketFolder)}`
}

function watch(run: number, server: number, folder: string): void {
  const script = `
    while kill -0 "$1" 2>/dev/null && kill -0 "$2" 2>/dev/null; do sleep 1; done
    kill -INT "$2" 2>/dev/null
    for n in 1 2 3 4 5; do kill -0 "$2" 2>/dev/null || break; sleep 1; done
    rm -rf "$3"`
  spawn('/bin/sh', ['-c', script, 'sh', String(run), String(server), folder], {
    detached: true,
    stdio: 'ignore',
    cwd: '/',
  }).unref()
}
