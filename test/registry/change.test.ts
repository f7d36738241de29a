/** The change feed under concurrent writers: no gaps, no lost update, everything in the order of its epochs. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Work, writeChange } from '../../src/registry/change.ts'
import { changesAfter, currentEpoch, listenForChanges, versionsOf } from '../../src/registry/changes.ts'
import { registryMigrations } from '../../src/registry/migrations.ts'
import {
  findPolicy,
  findPolicyText,
  hashOfPolicy,
  keepPolicyText,
  type PolicyProblem,
  putPolicy,
} from '../../src/registry/policies.ts'
import { meets, parsePrecondition, printETag } from '../../src/registry/precondition.ts'
import { createResource, deleteResource, findResource, updateResource } from '../../src/registry/resources.ts'
import { invalid } from '../../src/registry/result.ts'
import { withDatabase } from '../support/database.ts'
import { as, done, owner, resourceDocument, stranger } from './entries.ts'

const database = withDatabase({ migrations: registryMigrations, size: 12 })

const touch = (entity: string) =>
  writeChange(
    database.sql,
    { author: 'test' },
    async (_transaction, epoch): Promise<Work<number>> => ({
      kind: 'change',
      value: epoch,
      change: { kind: 'touched', entities: [entity] },
    }),
  )

describe('the change feed', () => {
  test('has no gaps, whatever fails beside it, and a reader never sees a later change before an earlier one', async () => {
    const before = await currentEpoch(database.sql)
    const writers = Array.from({ length: 30 }, (_, index) => {
      if (index % 3 === 1) return writeChange<number>(database.sql, undefined, async () => invalid('x', 'refused'))
      if (index % 3 === 2)
        return writeChange<number>(database.sql, undefined, async () => Promise.reject(new Error('a bug')))
      return touch(`thing:${index % 5}`)
    })
    const seen: number[] = []
    const reading = (async () => {
      for (let at = before; at < before + 10; ) {
        const entries = await changesAfter(database.sql, at)
        seen.push(...entries.map((entry) => entry.epoch))
        at = seen.at(-1) ?? at
      }
    })()
    const results = await Promise.allSettled(writers)
    await reading
    expect(seen).toEqual(Array.from({ length: 10 }, (_, index) => before + 1 + index))
    expect(results.filter((result) => result.status === 'rejected')).toHaveLength(10)
    const versions = await versionsOf(
      database.sql,
      [0, 1, 2, 3, 4].map((n) => `thing:${n}`),
    )
    expect(Math.max(...versions.values())).toBe(before + 10)
  })

  test('a refusal after writing leaves nothing behind', async () => {
    const before = await currentEpoch(database.sql)
    const result = await writeChange<void>(database.sql, undefined, async (transaction) => {
      await transaction`insert into party (organisation) values ('123456789')`
      return invalid('x', 'refused')
    })
    expect(result).toMatchObject({ kind: 'invalid' })
    expect(await database.sql`select 1 from party where organisation = '123456789'`).toHaveLength(0)
    expect(await currentEpoch(database.sql)).toBe(before)
  })

  test('tells listeners of each change once it is there to be read', async () => {
    const heard: Promise<boolean>[] = []
    let connected = 0
    const listening = await listenForChanges(
      database.connect(1),
      (epoch) => heard.push(changesAfter(database.sql, epoch - 1, 1).then((entries) => entries[0]?.epoch === epoch)),
      () => {
        connected += 1
      },
    )
    await Promise.all([touch('thing:a'), touch('thing:b'), touch('thing:c')])
    await expect.poll(() => heard.length).toBe(3)
    expect(await Promise.all(heard)).toEqual([true, true, true])
    expect(connected).toBe(1)
    await database.sql`select pg_terminate_backend(pid) from pg_stat_activity where query ilike 'listen%' and datname = current_database()`
    await expect.poll(() => connected).toBe(2)
    await touch('thing:d')
    await expect.poll(() => heard.length).toBe(4)
    await listening.stop()
  })

  test('of many writers with the same version in mind one wins', async () => {
    const { value } = done(await createResource(database.sql, as(owner), resourceDocument('contested')))
    const options = { precondition: { ifMatch: [String(value.version)] } }
    const write = (index: number) =>
      updateResource(
        database.sql,
        as(owner),
        'contested',
        resourceDocument('contested', owner, { homepage: `${index}` }),
        options,
      )
    const results = await Promise.all(Array.from({ length: 8 }, (_, index) => write(index)))
    const winner = results.findIndex((result) => result.kind === 'done')
    expect(results.filter((result) => result.kind === 'precondition-failed')).toHaveLength(7)
    expect((await findResource(database.sql, 'contested'))?.document.homepage).toBe(String(winner))
  })
})

describe('policies', () => {
  const check = (text: string): PolicyProblem[] =>
    text.startsWith('bad') ? [{ severity: 'error', message: 'bad' }] : [{ severity: 'warning', message: 'hm' }]
  const put = (text: string, writer = as(owner), options = {}) =>
    putPolicy(database.sql, writer, 'policied', text, check, options)

  test('are numbered versions named by the hash of their text', async () => {
    done(await createResource(database.sql, as(owner), resourceDocument('policied')))
    expect(await findPolicy(database.sql, 'policied')).toBeUndefined()
    const first = await put('one')
    expect(first).toMatchObject({
      kind: 'done',
      changed: true,
      value: { policy: { number: 1, hash: hashOfPolicy('one') }, warnings: [{ message: 'hm' }] },
    })
    expect(await put('one')).toMatchObject({ changed: false, value: { policy: { number: 1 } } })
    expect(await put('two')).toMatchObject({ value: { policy: { number: 2 } } })
    expect(await put('one')).toMatchObject({
      changed: true,
      value: { policy: { number: 3, hash: hashOfPolicy('one') } },
    })
    expect((await findPolicy(database.sql, 'policied'))?.text).toBe('one')
    const versions = await database.sql`select number from policy_version where resource = 'policied' order by number`
    expect(versions.map(({ number }) => number)).toEqual([1, 2, 3])
  })

  test('with an error, by another, or against another version change nothing', async () => {
    const before = await currentEpoch(database.sql)
    expect(await put('bad')).toEqual({ kind: 'policy-refused', problems: [{ severity: 'error', message: 'bad' }] })
    expect(await put('four', as(stranger))).toMatchObject({ kind: 'not-owner' })
    expect(await put('four', as(owner), { precondition: { ifMatch: ['1'] } })).toMatchObject({
      kind: 'precondition-failed',
    })
    expect(await put('four', as(owner), { precondition: { ifNoneMatch: '*' } })).toMatchObject({
      kind: 'precondition-failed',
    })
    expect(await putPolicy(database.sql, as(owner), 'nowhere', 'four', check)).toMatchObject({ kind: 'not-found' })
    expect(await currentEpoch(database.sql)).toBe(before)
    expect(await findPolicyText(database.sql, hashOfPolicy('four'))).toBeUndefined()
  })

  test('concurrent uploads get a number each', async () => {
    const results = await Promise.all(['a', 'b', 'c', 'd'].map((text) => put(text)))
    const numbers = results.map((result) => (result.kind === 'done' ? result.value.policy.number : 0))
    expect(numbers.sort()).toEqual([4, 5, 6, 7])
  })

  test('of a deleted resource are no longer in force but stay explainable; so are texts from elsewhere', async () => {
    done(await deleteResource(database.sql, as(owner), 'policied'))
    expect(await findPolicy(database.sql, 'policied')).toBeUndefined()
    expect(await findPolicyText(database.sql, hashOfPolicy('two'))).toBe('two')
    const hash = await keepPolicyText(database.sql, 'gateway')
    expect(await keepPolicyText(database.sql, 'gateway')).toBe(hash)
    expect(await findPolicyText(database.sql, hash)).toBe('gateway')
  })
})

describe('preconditions', () => {
  test.each([
    ['"7"', undefined, 7, true],
    ['W/"7"', undefined, 7, true],
    ['"6", "7"', undefined, 7, true],
    ['"6"', undefined, 7, false],
    ['*', undefined, 7, true],
    ['*', undefined, undefined, false],
    [undefined, '*', undefined, true],
    [undefined, '*', 7, false],
    [undefined, '"7"', 7, false],
    [undefined, '"6"', 7, true],
    ['"7"', '"7"', 7, false],
    [undefined, undefined, 7, true],
  ])('If-Match %s, If-None-Match %s on %s: %s', (ifMatch, ifNoneMatch, version, expected) => {
    expect(meets(parsePrecondition(ifMatch, ifNoneMatch), version)).toBe(expected)
  })

  test('a printed tag matches its version, and garbage is told apart from none', () => {
    fc.assert(fc.property(fc.nat(), (version) => meets(parsePrecondition(printETag(version), undefined), version)))
    for (const garbage of ['7', '"7', '"7"x', '', '"7",,"8"', '"7" "8"'])
      expect(parsePrecondition(garbage, undefined)).toBeUndefined()
  })
})
