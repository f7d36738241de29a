import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Migration } from '../../src/database/migrate.ts'
import { retryDelay, transact } from '../../src/database/transact.ts'
import { withDatabase } from '../support/database.ts'

const account: Migration = {
  id: 'test/1',
  name: 'two accounts',
  sql: "create table account (name text primary key, amount bigint not null); insert into account values ('a', 0), ('b', 0)",
}
const database = withDatabase({ migrations: [account], size: 12 })
const wait = async (): Promise<void> => {}

describe('transact', () => {
  test('tries again after a serialization failure: no addition is lost', async () => {
    let runs = 0
    const add = (): Promise<void> =>
      transact(
        database.sql,
        async (transaction) => {
          runs += 1
          const [row] = await transaction<{ amount: number }[]>`select amount from account where name = 'a'`
          await transaction`update account set amount = ${row!.amount + 1} where name = 'a'`
        },
        { isolation: 'serializable', random: () => 0 },
      )
    const results = await Promise.allSettled(Array.from({ length: 4 }, add))
    const done = results.filter((result) => result.status === 'fulfilled').length
    const [row] = await database.sql<{ amount: number }[]>`select amount from account where name = 'a'`
    expect(row!.amount).toBe(done)
    expect(done).toBeGreaterThan(0)
    expect(runs).toBeGreaterThanOrEqual(done)
  })

  test('tries again after a deadlock', async () => {
    let inside = 0
    let open: () => void = () => {}
    const both = new Promise<void>((resolve) => {
      open = resolve
    })
    const lockBoth = (first: string, second: string): Promise<string> =>
      transact(
        database.sql,
        async (transaction) => {
          await transaction`update account set amount = amount + 1 where name = ${first}`
          inside += 1
          if (inside === 2) open()
          await both
          await transaction`update account set amount = amount + 1 where name = ${second}`
          return first
        },
        { wait },
      )
    expect(await Promise.all([lockBoth('a', 'b'), lockBoth('b', 'a')])).toEqual(['a', 'b'])
    // the second try may take its first row before the other has woken, and meet it again
    expect(inside).toBeGreaterThanOrEqual(3)
  })

  test('gives up after six attempts and throws what PostgreSQL said', async () => {
    let runs = 0
    const work = transact(
      database.sql,
      async (transaction) => {
        runs += 1
        await transaction.unsafe(`do $$ begin raise exception 'no' using errcode = '40001'; end $$`)
      },
      { wait },
    )
    await expect(work).rejects.toMatchObject({ code: '40001' })
    expect(runs).toBe(6)
  })

  test('throws anything else at once and leaves nothing behind', async () => {
    let runs = 0
    const work = transact(database.sql, async (transaction) => {
      runs += 1
      await transaction`insert into account values ('c', 1)`
      throw new Error('a bug')
    })
    await expect(work).rejects.toThrow('a bug')
    expect(runs).toBe(1)
    expect(await database.sql`select 1 from account where name = 'c'`).toHaveLength(0)
  })

  test('the delay stays between 50 ms and 5 s', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 60 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (n, r) => {
          const delay = retryDelay(n, r)
          return delay >= 50 && delay <= 5000
        },
      ),
    )
  })

  test('a 64-bit integer is a number, and one too large for that is an error', async () => {
    const [row] = await database.sql<{ n: number }[]>`select 9007199254740991::int8 as n`
    expect(row!.n).toBe(Number.MAX_SAFE_INTEGER)
    const [sum] = await database.sql<{ n: number }[]>`select ${1_677_721_600_000}::int8 + 1 as n`
    expect(sum!.n).toBe(1_677_721_600_001)
    await expect(database.connect(1)`select 9007199254740993::int8 as n`).rejects.toThrow('too large')
  })
})
