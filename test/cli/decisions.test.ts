/** The record on the command line. */
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it, test } from 'vitest'
import { recordMigrations } from '../../src/record/migrations.ts'
import { recorderOn } from '../record/recorders.ts'
import { idAt, refusal, type Sample, sample } from '../record/samples.ts'
import { createDatabase, withDatabase } from '../support/database.ts'
import { run, runUntil, stopBy } from './terminal.ts'

const database = withDatabase({ migrations: recordMigrations })
const start = new Date('2026-11-20T08:00:00Z')
const count = 60
const second = (number: number): Date => new Date(start.getTime() + number * 1_000)
const id = (number: number): string => idAt(second(number), number)
const machine = '11111111-2222-4333-8444-555555555555'
const trace = '4bf92f3577b34da6a3ce929d0e0e4736'

const changes: Record<number, Omit<Sample, 'id' | 'now'>> = {
  3: { resource: 'other', rule: 'urn:rule:other' },
  4: { refusal },
  6: { systemUser: machine },
  7: { instance: 'transfer-7' },
  8: { resource: '=cmd|"calc"', instance: '\u001b[31mred' },
  9: { instance: '\u009b31mred \u202eder' },
}

const given = process.env.PORTVAKT_DATABASE_URL
beforeAll(async () => {
  const recorder = recorderOn(database.sql)
  const numbers = Array.from({ length: count }, (_, number) => number)
  await Promise.all(
    numbers.map((number) => recorder.decision(sample({ ...changes[number], id: id(number), now: second(number) }))),
  )
  await recorder.close()
  process.env.PORTVAKT_DATABASE_URL = database.url
})
afterAll(() => {
  if (given === undefined) delete process.env.PORTVAKT_DATABASE_URL
  else process.env.PORTVAKT_DATABASE_URL = given
})

describe('portvakt decisions', () => {
  it.each<[string, string[], number, RegExp]>([
    ['lists', ['--limit', '2'], 0, /^TIME +DECISION[^\n]*\n[^\n]*\n[^\n]*\n$/],
    ['filters', ['--resource', 'other'], 0, new RegExp(id(3))],
    ['takes a closed list in any case', ['--decision', 'DENY', '--code', 'bro-00006'], 0, new RegExp(id(4))],
    ['finds a caller', ['--caller', machine, '--format', 'json'], 0, new RegExp(id(6))],
    ['finds a transfer', ['--transfer', 'transfer-7', '--format', 'ndjson'], 0, /^\{[^\n]*\}\n$/],
    ['exports', ['--resource', '=cmd|"calc"', '--format', 'csv'], 0, /"'=cmd\|""calc"""/],
    ['shows', ['show', id(4).toUpperCase()], 0, /no rule of the policy permits/],
    ['does not find', ['show', idAt(start, 999)], 1, /there is no decision/],
    ['verifies', ['verify', '--since', '2026-11-20'], 0, /60 decisions and 0 outcomes hold/],
    ['finds nothing of a trace', ['--trace', trace.replace('4', '5')], 0, /^TIME[^\n]*\n$/],
  ])('%s', async (_, argv, code, expected) => {
    const ran = await run('decisions', ...argv)
    expect(ran.out + ran.err).toMatch(expected)
    expect(ran.code).toBe(code)
    expect(ran.out).not.toContain('\u001b')
  })

  it.each([
    ['csv', '5', 6],
    ['ndjson', '5', 5],
    ['csv', undefined, count + 1],
    ['ndjson', undefined, count],
  ])('--format %s --limit %s', async (format, limit, lines) => {
    const { out } = await run('decisions', '--format', format, ...(limit === undefined ? [] : ['--limit', limit]))
    expect(out.trim().split(/\r?\n/)).toHaveLength(lines)
  })
})

describe('what cannot be seen is shown by its number', () => {
  const shown = '"\\u009b31mred \\u202eder"'
  test.each<[string, string[]]>([
    ['one decision', ['show', id(9)]],
    ['json', ['--transfer', '\u009b31mred \u202eder', '--format', 'json']],
    ['ndjson', ['--transfer', '\u009b31mred \u202eder', '--format', 'ndjson']],
    ['csv', ['--transfer', '\u009b31mred \u202eder', '--format', 'csv']],
    ['table', ['--transfer', '\u009b31mred \u202eder']],
  ])('%s', async (form, argv) => {
    const { code, out } = await run('decisions', ...argv)
    expect(code).toBe(0)
    expect(out).not.toMatch(/(?![\r\n])\p{C}/u)
    if (!['csv', 'table'].includes(form)) expect(out).toContain(shown)
    if (form === 'json') expect(JSON.parse(out)).toMatchObject([{ instance: '\u009b31mred \u202eder' }])
  })
})

describe('told to stop before the end', () => {
  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
    ['output', 0],
  ] as const)('by %s: a part of an export is not given out for the whole', async (reason, code) => {
    const stop = stopBy(reason)
    // the head of the table is the first piece, before anything is asked
    const ran = await runUntil(stop, ['decisions', '--format', 'csv'], stop.now)
    expect(ran).toMatchObject({ code, err: '' })
    expect(ran.out.split('\r\n')).toHaveLength(2)
  })

  test.each([
    ['verify', ['verify']],
    ['a list', ['--limit', '5']],
    ['an export', ['--format', 'ndjson']],
    ['one decision', ['show', id(4)]],
  ])('%s: the server ends what it was asked', async (_, argv) => {
    const other = database.connect(1)
    const waiting = async (): Promise<number> => {
      const [row] = await database.sql<{ count: number }[]>`
        select count(*)::int as count from pg_stat_activity
        where datname = current_database() and wait_event_type = 'Lock' and query like '%decision%'`
      return row?.count ?? 0
    }
    await other.begin(async (transaction) => {
      await transaction`lock table decision in access exclusive mode`
      const stop = stopBy('SIGINT')
      const ran = runUntil(stop, ['decisions', ...argv])
      await expect.poll(waiting, { timeout: 10_000 }).toBe(1)
      stop.now()
      expect(await ran).toEqual({ code: 130, out: '', err: '' })
      expect(await waiting()).toBe(0)
    })
  })
})

describe('where there is no record', () => {
  test('a data folder that was never used: said, and nothing is made', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'portvakt-never-'))
    delete process.env.PORTVAKT_DATABASE_URL
    try {
      const { code, out, err } = await run('decisions', '--data-folder', join(folder, 'data'))
      expect({ code, out }).toEqual({ code: 1, out: '' })
      expect(err).toContain(`there is no database in the data folder \`${join(folder, 'data')}\``)
      expect(err).toContain('PORTVAKT_DATA_FOLDER')
      expect(await readdir(folder)).toEqual([])
    } finally {
      process.env.PORTVAKT_DATABASE_URL = database.url
      await rm(folder, { recursive: true, force: true })
    }
  })

  test('a database that no gateway has seen', async () => {
    const empty = await createDatabase()
    process.env.PORTVAKT_DATABASE_URL = empty.url
    try {
      await empty.sql`drop schema portvakt cascade`
      expect(await run('decisions')).toMatchObject({
        code: 1,
        err: 'portvakt decisions: there is no record in this database: no gateway has been started with it yet\n',
      })
    } finally {
      process.env.PORTVAKT_DATABASE_URL = database.url
      await empty.drop()
    }
  })
})
