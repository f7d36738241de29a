import { describe, expect, test } from 'vitest'
import { MigrationMismatch, migrate } from '../../src/database/migrate.ts'
import { withDatabase } from '../support/database.ts'

const database = withDatabase()
const first = { id: 'test/1', name: 'a table', sql: 'create table thing (id int primary key)' }
const second = { id: 'test/2', name: 'a column', sql: "alter table thing add column name text not null default ''" }

describe('migrate', () => {
  test('many nodes at once apply each migration once', async () => {
    const reports = await Promise.all(Array.from({ length: 4 }, () => migrate(database.connect(1), [first])))
    expect(reports.flatMap((report) => report.applied)).toEqual(['test/1'])
  })

  test('applies what is new and nothing twice', async () => {
    expect(await migrate(database.sql, [first, second])).toEqual({ applied: ['test/2'], unknown: [] })
    expect(await migrate(database.sql, [first, second])).toEqual({ applied: [], unknown: [] })
  })

  test('names the migrations of a newer version', async () => {
    expect(await migrate(database.sql, [first])).toEqual({ applied: [], unknown: ['test/2'] })
  })

  test('refuses a migration whose text has changed', async () => {
    const changed = { ...first, sql: 'create table other (id int)' }
    await expect(migrate(database.sql, [changed])).rejects.toThrow(MigrationMismatch)
  })

  test('applies all or nothing', async () => {
    const good = { id: 'test/3', name: 'good', sql: 'create table good (id int)' }
    const bad = { id: 'test/4', name: 'bad', sql: 'create table bad (id nonsense)' }
    await expect(migrate(database.sql, [good, bad])).rejects.toThrow('nonsense')
    expect(await migrate(database.sql, [good])).toEqual({ applied: ['test/3'], unknown: ['test/1', 'test/2'] })
  })

  test('refuses two migrations of one name', async () => {
    await expect(migrate(database.sql, [first, first])).rejects.toThrow('two migrations are called `test/1`')
  })

  test('puts everything in the schema portvakt', async () => {
    const rows =
      await database.sql`select 1 from information_schema.tables where table_schema = 'portvakt' and table_name = 'thing'`
    expect(rows).toHaveLength(1)
  })
})
