/** The node's view of versions, in every order in which loads, changes and evictions can come. */
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { createVersions, type VersionsOptions } from '../../src/decide/versions.ts'
import { gate } from './gate.ts'

const of = (entries: Readonly<Record<string, bigint>>): ReadonlyMap<string, bigint> => new Map(Object.entries(entries))

const versionsWith = (more: Partial<VersionsOptions>) =>
  createVersions({
    epoch: 3n,
    capacity: 100,
    load: async () => new Map(),
    trusted: () => true,
    catchUp: async () => undefined,
    ...more,
  })

test('what was loaded is known at once afterwards; what nothing has touched is at 0', async () => {
  const load = vi.fn(async () => of({ a: 2n }))
  const versions = versionsWith({ load })
  expect(await versions.of(['a', 'b'])).toEqual([2n, 0n])
  expect(versions.of(['b', 'a'])).toEqual([0n, 2n])
  expect(load).toHaveBeenCalledTimes(1)
})

test('a change that is applied during a load is newer than what is loaded', async () => {
  const loaded = gate<ReadonlyMap<string, bigint>>()
  const versions = versionsWith({ load: () => loaded.promise })
  const asked = versions.of(['a'])
  versions.apply({ epoch: 4n, entities: ['a', 'b'] })
  loaded.open(of({ a: 2n }))
  expect(await asked).toEqual([4n])
  expect(versions.unchanged(['a'], [4n])).toBe(true)
  expect(versions.unchanged(['a'], [2n])).toBe(false)
})

test('so it is when the change was evicted again before the load ended', async () => {
  const loads = [gate<ReadonlyMap<string, bigint>>(), gate<ReadonlyMap<string, bigint>>()]
  let next = 0
  const versions = versionsWith({ capacity: 1, load: () => loads[next++]!.promise })
  const [a, b] = [versions.of(['a']), versions.of(['b'])]
  versions.apply({ epoch: 4n, entities: ['a'] })
  loads[1]!.open(of({ b: 1n }))
  expect(await b).toEqual([1n])
  loads[0]!.open(of({ a: 2n }))
  expect(await a).toEqual([4n])
  expect(versions.of(['a'])).toEqual([4n])
})

test('more entities than there is room for still have their versions', async () => {
  const versions = versionsWith({ capacity: 1, load: async () => of({ a: 1n, b: 2n, c: 3n }) })
  expect(await versions.of(['a', 'b', 'c', 'a'])).toEqual([1n, 2n, 3n, 1n])
})

test('a large change pushes nothing out that is in use', async () => {
  const load = vi.fn(async () => of({ a: 1n }))
  const versions = versionsWith({ capacity: 10, load })
  await versions.of(['a'])
  versions.apply({ epoch: 4n, entities: Array.from({ length: 1_000 }, (_, index) => `party:${index}`) })
  expect(versions.of(['a'])).toEqual([1n])
})

test('what was evicted is not known to be unchanged', async () => {
  const versions = versionsWith({ capacity: 1, load: async () => of({ a: 1n, b: 2n }) })
  await versions.of(['a'])
  expect(versions.unchanged(['a'], [1n])).toBe(true)
  await versions.of(['b'])
  expect(versions.unchanged(['a'], [1n])).toBe(false)
  expect(versions.unchanged(['never-asked'], [0n])).toBe(false)
})

test('an entity that was loaded ahead of the feed has not changed, and does not fall back', async () => {
  const versions = versionsWith({ load: async () => of({ a: 5n }) })
  expect(await versions.of(['a'])).toEqual([5n])
  expect(versions.unchanged(['a'], [5n])).toBe(true)
  versions.apply({ epoch: 4n, entities: ['a'] })
  expect(versions.unchanged(['a'], [5n])).toBe(true)
  versions.apply({ epoch: 5n, entities: ['a'] })
  expect(versions.unchanged(['a'], [5n])).toBe(true)
  versions.apply({ epoch: 6n, entities: ['a'] })
  expect(versions.unchanged(['a'], [5n])).toBe(false)
})

test('a change comes once', async () => {
  const versions = versionsWith({ load: async () => of({ a: 1n }) })
  await versions.of(['a'])
  versions.apply({ epoch: 5n, entities: ['a'] })
  versions.apply({ epoch: 4n, entities: ['a'] })
  expect([versions.epoch(), versions.of(['a'])]).toEqual([5n, [5n]])
})

test('a feed that was not read for too long is read before anything is said', async () => {
  let isTrusted = true
  const caughtUp = gate<void>()
  const versions = versionsWith({
    load: async () => of({ a: 1n }),
    trusted: () => isTrusted,
    catchUp: () => caughtUp.promise,
  })
  await versions.of(['a'])
  isTrusted = false
  expect(versions.unchanged(['a'], [1n])).toBe(false)
  // what rests on nothing cannot change
  expect(versions.unchanged([], [])).toBe(true)
  const asked = versions.of(['a'])
  versions.apply({ epoch: 4n, entities: ['a'] })
  isTrusted = true
  caughtUp.open()
  expect(await asked).toEqual([4n])
})

test('a feed that cannot be read, and a load that fails, are failures and leave nothing behind', async () => {
  const load = vi.fn(async () => of({ a: 7n }))
  load.mockRejectedValueOnce(new Error('gone'))
  let isTrusted = true
  const versions = versionsWith({
    load,
    trusted: () => isTrusted,
    catchUp: () => Promise.reject(new Error('unread')),
  })
  await expect(versions.of(['a'])).rejects.toThrow('gone')
  expect(await versions.of(['a'])).toEqual([7n])
  isTrusted = false
  await expect(versions.of(['a'])).rejects.toThrow('unread')
})

test('in any order: no answer is older than what was applied when it was asked for', async () => {
  const steps = fc.array(
    fc.oneof(
      fc.record({ kind: fc.constant('change' as const), entity: fc.nat(3) }),
      fc.record({ kind: fc.constant('ask' as const), entities: fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }) }),
      fc.record({ kind: fc.constant('answer' as const), which: fc.nat(5) }),
    ),
    { maxLength: 40 },
  )
  await fc.assert(
    fc.asyncProperty(steps, fc.integer({ min: 1, max: 5 }), async (given, capacity) => {
      const truth = new Map<string, bigint>()
      const waiting: (() => void)[] = []
      const versions = createVersions({
        epoch: 0n,
        capacity,
        trusted: () => true,
        catchUp: async () => undefined,
        load: (entities) => {
          const seen = new Map(entities.map((entity) => [entity, truth.get(entity) ?? 0n]))
          return new Promise((resolve) => waiting.push(() => resolve(seen)))
        },
      })
      const answers: Promise<void>[] = []
      let epoch = 0n
      for (const step of given) {
        if (step.kind === 'change') {
          epoch++
          truth.set(String(step.entity), epoch)
          versions.apply({ epoch, entities: [String(step.entity)] })
        } else if (step.kind === 'ask') {
          const entities = step.entities.map(String)
          const least = entities.map((entity) => truth.get(entity) ?? 0n)
          const check = async (): Promise<void> => {
            const answered = await versions.of(entities)
            answered.forEach((version, index) => {
              expect(version).toBeGreaterThanOrEqual(least[index]!)
            })
            if (versions.unchanged(entities, answered))
              expect(answered).toEqual(entities.map((entity) => truth.get(entity) ?? 0n))
          }
          answers.push(check())
        } else {
          waiting.splice(step.which, 1)[0]?.()
          await Promise.resolve()
        }
      }
      while (waiting.length > 0) waiting.pop()!()
      await Promise.all(answers)
    }),
    { numRuns: 500 },
  )
})
