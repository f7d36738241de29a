/** Two levels that may forget, and bounds that hold. */
import { expect, test, vi } from 'vitest'
import { bytesOf, createDecisionCache, type DecisionCacheOptions } from '../../src/decide/decision-cache.ts'
import { gate } from './gate.ts'

interface Entry {
  readonly text: string
}

const cacheOf = (more: Partial<DecisionCacheOptions<Entry>> = {}) =>
  createDecisionCache<Entry>({
    capacity: 1_000,
    memory: 1_000_000,
    lifetime: 60_000,
    sizeOf: ({ text }) => bytesOf(text),
    print: (entry) => JSON.stringify(entry),
    parse: (text) => (text.startsWith('{') ? JSON.parse(text) : undefined),
    ...more,
  })

test('what this process knows is there at once; what nobody could know is missed at once', () => {
  const cache = cacheOf()
  expect(cache.get('k')).toBeUndefined()
  cache.set('k', { text: 'a' })
  expect(cache.get('k')).toEqual({ entry: { text: 'a' }, level: 'memory' })
  cache.clear()
  expect(cache.get('k')).toBeUndefined()
})

test('memory is bounded in bytes, and long keys count', async () => {
  const memory = 100_000
  const cache = cacheOf({ memory })
  const keyOf = (index: number): string => `${index}`.padStart(2_000, '.')
  for (let index = 0; index < 500; index++) cache.set(keyOf(index), { text: 'x' })
  const kept = Array.from({ length: 500 }, (_, index) => index).filter((index) => cache.get(keyOf(index)) !== undefined)
  expect(kept.length).toBeGreaterThan(20)
  expect(kept.length * 2_000).toBeLessThan(memory)
  // the longest unused went
  expect(kept).toContain(499)
  expect(kept).not.toContain(0)
})

test('an entry that is larger than all the room is not kept, and takes none', () => {
  const cache = cacheOf({ memory: 10_000 })
  cache.set('small', { text: 'x' })
  cache.set('large', { text: 'x'.repeat(20_000) })
  expect(cache.get('large')).toBeUndefined()
  expect(cache.get('small')).toBeDefined()
})

test('a text takes one byte a character, or two where one does not fit', () => {
  expect(bytesOf('æøå') - bytesOf('')).toBe(3)
  expect(bytesOf('ał') - bytesOf('')).toBe(4)
})

test('what the other level knows is kept here; what does not read back is a miss', async () => {
  const get = vi.fn(async (key: string) => (key === 'k' ? '{"text":"a"}' : key === 'spoilt' ? 'spoilt' : undefined))
  const cache = cacheOf({ shared: { get, set: async () => undefined } })
  expect(await cache.get('k')).toEqual({ entry: { text: 'a' }, level: 'redis' })
  expect(cache.get('k')).toMatchObject({ level: 'memory' })
  expect(await cache.get('spoilt')).toBeUndefined()
  expect(await cache.get('other')).toBeUndefined()
  expect(get).toHaveBeenCalledTimes(3)
})

test('what is set while the other level is asked stays what it is', async () => {
  const answer = gate<string | undefined>()
  const cache = cacheOf({ shared: { get: () => answer.promise, set: async () => undefined } })
  const asked = cache.get('k')
  cache.set('k', { text: 'same' })
  answer.open('{"text":"same"}')
  expect(await asked).toEqual({ entry: { text: 'same' }, level: 'redis' })
  expect(cache.get('k')).toEqual({ entry: { text: 'same' }, level: 'memory' })
})

test.each([{ capacity: 0 }, { lifetime: 0 }])('with %o nothing is kept here', (none) => {
  const cache = cacheOf(none)
  cache.set('k', { text: 'a' })
  expect(cache.get('k')).toBeUndefined()
})
