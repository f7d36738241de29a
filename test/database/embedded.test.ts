/** The embedded server under everything that can happen to it: a second copy, kill -9 of us, kill -9 of it, leftovers. */
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Database, openDatabase } from '../../src/database/connect.ts'

let folder = ''
const opened: Database[] = []
const holder = fileURLToPath(new URL('./hold-database.ts', import.meta.url))

beforeAll(async () => {
  folder = await mkdtemp('/tmp/portvakt-embedded-test-')
  await chmod(folder, 0o711)
})
afterAll(async () => {
  await Promise.all(opened.map((database) => database.close()))
  await rm(folder, { recursive: true, force: true, maxRetries: 5 })
}, 30_000)

async function open(name: string): Promise<Database> {
  const database = await openDatabase({ dataFolder: join(folder, name), databasePoolSize: 3 })
  opened.push(database)
  return database
}

/** A second process that opens the folder, says `open` and holds on, or says why not. */
async function hold(name: string): Promise<{ child: ChildProcess; said: string }> {
  const child = spawn(process.execPath, ['--import', 'tsx', holder, join(folder, name)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const [line] = (await once(child.stdout!, 'data')) as [Buffer]
  return { child, said: line.toString().trim() }
}

async function serverOf(name: string): Promise<number> {
  return Number((await readFile(join(folder, name, 'database', 'postmaster.pid'), 'utf8')).split('\n')[0])
}

describe('the embedded database', { timeout: 60_000 }, () => {
  test('starts on a new folder, keeps what was written, and writes durably', async () => {
    const database = await open('plain')
    await database.sql`create table public.kept (n int)`
    await database.sql`insert into public.kept values (42)`
    expect(await database.sql`show fsync`).toEqual([{ fsync: 'on' }])
    expect(await database.sql`show listen_addresses`).toEqual([{ listen_addresses: '' }])
    expect(await database.isReachable()).toBe(true)
    await database.close()
    const again = await open('plain')
    expect(await again.sql`select n from public.kept`).toEqual([{ n: 42 }])
    await again.close()
    await again.close()
  })

  test('refuses a second copy without disturbing the first', async () => {
    const { child, said } = await hold('shared')
    expect(said).toBe('open')
    const server = await serverOf('shared')
    await expect(open('shared')).rejects.toMatchObject({
      code: 'DATABASE_IN_USE',
      message: expect.stringContaining(`in use by process ${child.pid}`),
    })
    expect(await serverOf('shared')).toBe(server)

    child.kill('SIGKILL')
    await once(child, 'exit')
    const adopting = await open('shared')
    expect(await serverOf('shared')).toBe(server)
    await adopting.close()
    await expect(serverOf('shared')).rejects.toMatchObject({ code: 'ENOENT' })
  })

  test('two copies that start together on a new folder: one wins', async () => {
    const [one, other] = await Promise.all([hold('race'), hold('race')])
    expect([one.said, other.said].filter((said) => said === 'open')).toHaveLength(1)
    expect([one.said, other.said].filter((said) => said.startsWith('DATABASE_IN_USE'))).toHaveLength(1)
    const winner = one.said === 'open' ? one : other
    winner.child.kill('SIGTERM')
    await once(winner.child, 'exit')
  })

  test('is not disturbed by what a kill in the middle of the first start leaves', async () => {
    await mkdir(join(folder, 'interrupted', 'database.new-12345678', 'base'), { recursive: true })
    await writeFile(join(folder, 'interrupted', 'database.new-12345678', 'PG_VERSION'), '18\n')
    const database = await open('interrupted')
    expect(await database.isReachable()).toBe(true)
    expect((await readdir(join(folder, 'interrupted'))).sort()).toEqual(['database', 'database-start.log'])
    await database.close()
  })

  test('does not believe a postmaster.pid whose number belongs to another process', async () => {
    const first = await open('stale')
    const text = await readFile(join(folder, 'stale', 'database', 'postmaster.pid'), 'utf8')
    await first.close()
    const stale = text.replace(/^\d+/, String(process.pid))
    await writeFile(join(folder, 'stale', 'database', 'postmaster.pid'), stale, { mode: 0o644 })
    const database = await open('stale')
    expect(await database.isReachable()).toBe(true)
    await database.close()
  })

  test('starts the server again when it is killed, and the pool finds it', async () => {
    const database = await open('killed')
    await database.sql`create table public.kept (n int)`
    await database.sql`insert into public.kept values (7)`
    const killed = await serverOf('killed')
    process.kill(killed, 'SIGKILL')
    const patience = { timeout: 20_000, interval: 50 }
    await expect.poll(() => serverOf('killed').catch(() => killed), patience).not.toBe(killed)
    const kept = (): Promise<unknown> => database.sql`select n from public.kept`.catch(() => 'not yet')
    await expect.poll(kept, patience).toEqual([{ n: 7 }])
    const locks = (): Promise<number> =>
      database.sql`select 1 from pg_locks where locktype = 'advisory' and granted`.then((rows) => rows.length)
    await expect.poll(locks, patience).toBe(1)
    await expect.poll(() => database.isReachable(), patience).toBe(true)
    await database.close()
  })

  test('uses a short socket path for a long folder', async () => {
    const database = await open('long/'.repeat(25))
    expect(await database.isReachable()).toBe(true)
    await database.close()
  })

  test('an external database that is not there is a failure that says so', async () => {
    const databaseUrl = { reveal: () => 'postgres://nobody:secret-word@127.0.0.1:1/none' }
    const opening = openDatabase({ dataFolder: folder, databasePoolSize: 1, databaseUrl }, { patience: 0 })
    await expect(opening).rejects.toMatchObject({
      code: 'DATABASE_NOT_REACHABLE',
      message: expect.not.stringContaining('secret-word'),
    })
  })
})
