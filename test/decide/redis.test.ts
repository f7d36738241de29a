/** What comes back from Redis is what a node of this installation put there, or a miss. */
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createSeal, openRedisCache, type RedisCache } from '../../src/decide/redis.ts'
import { redisIsMissing, startRedis, type TestRedis } from '../support/redis.ts'

const secret = new Uint8Array(32).fill(7)
const otherSecret = new Uint8Array(32).fill(8)

describe('a seal', () => {
  const own = createSeal(secret)
  const name = own.nameOf('key')
  const sealed = own.seal(name, '{"decision":"Deny"}')

  test('opens where it was made, and under its own name', () => {
    expect(createSeal(secret).open(name, sealed)).toBe('{"decision":"Deny"}')
    expect(own.open(own.nameOf('other'), sealed)).toBeUndefined()
    expect(createSeal(otherSecret).open(name, sealed)).toBeUndefined()
  })

  test('names say nothing of the key, and differ between installations', () => {
    expect(name).toMatch(/^portvakt:decision:[\w-]{43}$/)
    expect(createSeal(otherSecret).nameOf('key')).not.toBe(name)
  })

  test('every change of a character breaks it', () => {
    for (let at = 0; at < sealed.length; at++) {
      const changed = `${sealed.slice(0, at)}${sealed[at] === 'A' ? 'B' : 'A'}${sealed.slice(at + 1)}`
      // the last character of the code holds bits that decode to nothing
      if (at !== sealed.indexOf(' ') - 1) expect(own.open(name, changed), changed).toBeUndefined()
    }
  })

  test.each([
    '',
    ' ',
    'x',
    '{"version":1,"decision":"Permit"}',
    ' {"version":1}',
    sealed.slice(44),
    sealed.slice(0, 43),
  ])('%j is not one', (text) => {
    expect(own.open(name, text)).toBeUndefined()
  })
})

const noRedis = redisIsMissing()

describe.skipIf(noRedis !== undefined)(`in Redis${noRedis === undefined ? '' : ` (skipped: ${noRedis})`}`, () => {
  let redis: TestRedis
  const opened: RedisCache[] = []
  beforeAll(async () => {
    redis = await startRedis()
  })
  afterAll(async () => {
    await Promise.all(opened.map((cache) => cache.close()))
    await redis.close()
  })

  async function openCache(of: Uint8Array) {
    const forged: number[] = []
    let now = 0
    const cache = openRedisCache({
      url: redis.url,
      secret: of,
      patience: 2_000,
      rest: 1_000,
      lifetime: 60,
      now: () => now,
      onTrouble: () => undefined,
      onForged: (count) => forged.push(count),
    })
    opened.push(cache)
    // it connects by itself: until then everything is a miss
    await expect
      .poll(async () => {
        await cache.set('ready', 'yes')
        return cache.get('ready')
      })
      .toBe('yes')
    return {
      cache,
      forged,
      later: () => {
        now += 1_000
      },
    }
  }

  test('what somebody else wrote is a miss, and counted, and told of now and then', async () => {
    const { cache, forged, later } = await openCache(secret)
    await cache.set('key', '{"decision":"Deny"}')
    expect(await cache.get('key')).toBe('{"decision":"Deny"}')
    const client = new Redis(redis.url)
    await client.set(createSeal(secret).nameOf('key'), '{"decision":"Permit"}')
    client.disconnect()
    for (let time = 0; time < 5; time++) expect(await cache.get('key')).toBeUndefined()
    expect(forged).toEqual([1])
    later()
    expect(await cache.get('key')).toBeUndefined()
    expect(forged).toEqual([1, 5])
  })

  test('what one installation moved to the place of another is a miss too', async () => {
    const [own, other] = [await openCache(secret), await openCache(otherSecret)]
    await other.cache.set('moved', 'theirs')
    expect(await own.cache.get('moved')).toBeUndefined()
    const client = new Redis(redis.url)
    const theirs = await client.get(createSeal(otherSecret).nameOf('moved'))
    await client.set(createSeal(secret).nameOf('moved'), theirs!)
    client.disconnect()
    expect(await own.cache.get('moved')).toBeUndefined()
    expect(own.forged).toEqual([1])
  })
})
