import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { type FailedAttempt, openDatabase } from '../../src/database/connect.ts'
import { withDatabase } from '../support/database.ts'

const database = withDatabase()

describe('an external database', () => {
  test('is opened by its address, survives the loss of every connection, and is left running', async () => {
    const databaseUrl = { reveal: () => database.url }
    const opened = await openDatabase({ dataFolder: '/nowhere', databasePoolSize: 1, databaseUrl })
    expect(opened.kind).toBe('external')
    const ask = (): Promise<unknown> => opened.sql`select 1 as n`.then((rows) => rows[0]).catch(() => 'lost')
    expect(await ask()).toEqual({ n: 1 })
    const running = opened.sql`select pg_sleep(20)`.catch((error: { code: string }) => error.code)
    await expect
      .poll(() => database.sql`select 1 from pg_stat_activity where query = 'select pg_sleep(20)' and state = 'active'`)
      .toHaveLength(1)
    await database.sql`
      select pg_terminate_backend(pid) from pg_stat_activity
      where datname = current_database() and application_name = 'portvakt'`
    expect(['57P01', 'CONNECTION_CLOSED']).toContain(await running)
    await expect.poll(ask).toEqual({ n: 1 })
    expect(await opened.isReachable()).toBe(true)
    await opened.close()
    expect(await database.sql`select 1 as n`).toEqual([{ n: 1 }])
  })

  test('a transaction that stands still is ended by the server', async () => {
    const [row] = await database.sql<{ value: string }[]>`
      select current_setting('idle_in_transaction_session_timeout') as value`
    expect(row?.value).toBe('1min')
  })

  test('one that is not there yet is asked again, and every attempt is told with its reason, but no password', async () => {
    const databaseUrl = { reveal: () => 'postgres://nobody:secret-word@127.0.0.1:1/none' }
    const attempts: FailedAttempt[] = []
    const onWait = (attempt: FailedAttempt): void => void attempts.push(attempt)
    const settings = { dataFolder: '/nowhere', databasePoolSize: 1, databaseUrl }
    await expect(openDatabase(settings, { patience: 900, onWait })).rejects.toMatchObject({
      code: 'DATABASE_NOT_REACHABLE',
      message: expect.stringMatching(/\(127\.0\.0\.1:1\) cannot be used, after 1 s: nothing accepts connections there/),
    })
    expect(attempts.length).toBeGreaterThan(1)
    expect(attempts[0]).toEqual({
      address: '127.0.0.1:1',
      reason: 'nothing accepts connections there (ECONNREFUSED)',
      secondsLeft: 1,
    })
    expect(JSON.stringify(attempts)).not.toContain('secret-word')
  })

  test('waiting for it ends when it is told to', async () => {
    const databaseUrl = { reveal: () => 'postgres://127.0.0.1:1/none' }
    const stop = new AbortController()
    const settings = { dataFolder: '/nowhere', databasePoolSize: 1, databaseUrl }
    const reason = new Error('stop')
    const opening = openDatabase(settings, { signal: stop.signal, onWait: () => stop.abort(reason) })
    await expect(opening).rejects.toBe(reason)
  })

  test('waiting for it keeps no process that has been told to stop', async () => {
    const program = fileURLToPath(new URL('./stop-waiting.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, ['--import', 'tsx', program])
    expect(stdout).toBe('Error: stop, kept by 0\n')
  })
})
