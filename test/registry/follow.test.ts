/** The change feed as a node follows it: every change once, in order, however the news came; and nothing left behind. */
import { afterEach, expect, test } from 'vitest'
import { openSql, type Sql } from '../../src/database/sql.ts'
import { type Work, writeChange } from '../../src/registry/change.ts'
import { type Following, type FollowOptions, followChanges } from '../../src/registry/follow.ts'
import { changeChannel, currentEpoch, findInstallation, registryMigrations } from '../../src/registry/index.ts'
import { createDatabase, withDatabase } from '../support/database.ts'

const database = withDatabase({ migrations: registryMigrations })
const following: Following[] = []
afterEach(async () => {
  for (const one of following.splice(0)) await one.stop()
})

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

const never = 1_000_000

async function follow(more: Partial<FollowOptions> = {}) {
  const applied: number[] = []
  const troubles: unknown[] = []
  const one = await followChanges({
    sql: database.sql,
    from: await currentEpoch(database.sql),
    apply: ({ epoch }) => applied.push(epoch),
    interval: never,
    clock: () => performance.now(),
    onTrouble: (error) => troubles.push(error),
    ...more,
  })
  following.push(one)
  return { ...one, applied, troubles }
}

test('what was committed before it began is applied when it returns', async () => {
  const from = await currentEpoch(database.sql)
  for (let index = 0; index < 5; index++) await touch(`early:${index}`)
  const { applied } = await follow({ from })
  expect(applied).toEqual([1, 2, 3, 4, 5].map((number) => from + number))
})

test('changes come once and in order, while everybody asks to catch up', async () => {
  const from = await currentEpoch(database.sql)
  const { applied, catchUp } = await follow()
  const changes = 20
  await Promise.all(
    Array.from({ length: changes }, async (_, index) => {
      await touch(`busy:${index}`)
      const epoch = await currentEpoch(database.sql)
      await catchUp()
      // everything that was committed before the call
      expect(applied.at(-1)).toBeGreaterThanOrEqual(epoch)
    }),
  )
  expect(applied).toEqual(Array.from({ length: changes }, (_, index) => from + 1 + index))
})

test('a notification is enough', async () => {
  const { applied } = await follow()
  await touch('told')
  await expect.poll(() => applied.length).toBe(1)
})

test('without one, the interval is', async () => {
  const { applied } = await follow({ interval: 10 })
  await database.sql`insert into registry_change (epoch, kind, entities, author, detail)
    select coalesce(max(epoch), 0) + 1, 'untold', '{untold}', '', '{}' from registry_change`
  await expect.poll(() => applied.length).toBe(1)
})

test('its age is that of the last reading that came to the end', async () => {
  let now = 0
  const { age, catchUp } = await follow({ clock: () => now })
  now = 700
  expect(age()).toBe(700)
  const reading = catchUp()
  now = 900
  await reading
  // what was committed while it read may be missing: it counts from its beginning
  expect(age()).toBe(200)
})

test('a change that cannot be applied is applied by the next reading, before any other', async () => {
  let fails = true
  const applied: number[] = []
  const from = await currentEpoch(database.sql)
  const { catchUp, age } = await follow({
    from,
    clock: () => 0,
    apply: ({ epoch }) => {
      if (fails) throw new Error('not now')
      applied.push(epoch)
    },
  })
  await touch('a')
  await touch('b')
  await expect(catchUp()).rejects.toThrow('not now')
  fails = false
  await catchUp()
  expect(applied).toEqual([from + 1, from + 2])
  expect(age()).toBe(0)
})

test('after the end nothing is read any more', async () => {
  const { applied, troubles, stop } = await follow({ interval: 10 })
  await stop()
  await touch('late')
  await heard(database.sql)
  expect([applied, troubles]).toEqual([[], []])
})

test('when the first reading fails it listens to nothing, and reads nothing', async () => {
  // no tables in there
  const bare = await createDatabase()
  const sql = openSql({ place: { kind: 'url', url: bare.url }, size: 3, name: 'portvakt test' })
  try {
    const troubles: unknown[] = []
    const begun = followChanges({
      sql,
      from: 0,
      apply: () => undefined,
      interval: 10,
      clock: () => 0,
      onTrouble: (error) => troubles.push(error),
    })
    await expect(begun).rejects.toThrow('registry_change')
    const before = troubles.length
    await heard(sql)
    expect(troubles.length).toBe(before)
  } finally {
    await sql.end()
    await bare.drop()
  }
})

/** A notification has gone round: whoever listens has had it. Several intervals have passed, too. */
async function heard(sql: Sql): Promise<void> {
  for (let round = 0; round < 5; round++) {
    let hear: () => void = () => undefined
    const told = new Promise<void>((resolve) => {
      hear = resolve
    })
    const listening = await sql.listen('portvakt_test', hear)
    await sql`select pg_notify(${changeChannel}, '1'), pg_notify('portvakt_test', '')`
    await told
    await listening.unlisten()
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}

test('an installation is what its database is: another database is another', async () => {
  const own = await findInstallation(database.sql)
  expect(await findInstallation(database.connect())).toEqual(own)
  expect(own.secret).toHaveLength(32)
  const other = await createDatabase({ migrations: registryMigrations })
  try {
    const theirs = await findInstallation(other.sql)
    expect(theirs.name).not.toBe(own.name)
    expect(Buffer.compare(theirs.secret, own.secret)).not.toBe(0)
    // a copy of everything in it does not make it the same
    const [row] = await database.sql<{ id: string }[]>`select id from installation`
    await other.sql`update installation set id = ${row!.id}`
    expect((await findInstallation(other.sql)).name).not.toBe(own.name)
    await expect(other.sql`insert into installation default values`).rejects.toThrow('installation_pkey')
  } finally {
    await other.drop()
  }
})
