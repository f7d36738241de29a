/**
 * The shared level of the decision cache. Slow, down or flushed, it is a miss and nothing else; and so is what did not come
 * from a node of this installation: whoever can write to Redis can make no decision.
 */
import { createHmac, hkdfSync, timingSafeEqual } from 'node:crypto'
import { Redis } from 'ioredis'
import type { SharedCache } from './decision-cache.ts'

export interface RedisCache extends SharedCache {
  close(): Promise<void>
}

export interface RedisCacheOptions {
  readonly url: string
  /** Of the installation: what it does not vouch for is a miss. */
  readonly secret: Uint8Array
  /** Milliseconds that a request waits for an answer. */
  readonly patience: number
  /** Milliseconds for which Redis is left alone after it failed to answer. */
  readonly rest: number
  /** Seconds after which an entry expires: it bounds memory, never correctness. */
  readonly lifetime: number
  readonly now: () => number
  readonly onTrouble: (message: string) => void
  /** Entries that nobody of this installation wrote, since it was last told. */
  readonly onForged: (count: number) => void
}

interface Seal {
  /** Keys are long and hold what was asked: Redis gets to see neither, nor can it try out what might have been. */
  nameOf(key: string): string
  seal(name: string, text: string): string
  /** undefined for what was not sealed here under this name. */
  open(name: string, sealed: string): string | undefined
}

/** HMAC-SHA-256, with keys for names and for entries that are derived from the secret (RFC 5869). */
export function createSeal(secret: Uint8Array): Seal {
  const keyFor = (use: string): Uint8Array =>
    new Uint8Array(hkdfSync('sha256', secret, '', `portvakt decision cache: ${use}`, 32))
  const [nameKey, entryKey] = [keyFor('names'), keyFor('entries')]
  const mac = (name: string, text: string): Buffer =>
    createHmac('sha256', entryKey).update(`${name} ${text}`, 'utf8').digest()
  return {
    nameOf: (key) => `portvakt:decision:${createHmac('sha256', nameKey).update(key, 'utf8').digest('base64url')}`,
    seal: (name, text) => `${mac(name, text).toString('base64url')} ${text}`,
    open(name, sealed) {
      const space = sealed.indexOf(' ')
      const text = sealed.slice(space + 1)
      const given = Buffer.from(sealed.slice(0, Math.max(space, 0)), 'base64url')
      const own = mac(name, text)
      return given.length === own.length && timingSafeEqual(given, own) ? text : undefined
    },
  }
}

export function openRedisCache(options: RedisCacheOptions): RedisCache {
  const redis = new Redis(options.url, {
    commandTimeout: options.patience,
    connectTimeout: 2_000,
    maxRetriesPerRequest: 0,
    enableOfflineQueue: false,
    lazyConnect: true,
    retryStrategy: (attempts) => Math.min(attempts * 200, 5_000),
  })
  let restingUntil = 0
  const trouble = (error: unknown): void => {
    if (options.now() >= restingUntil) options.onTrouble(error instanceof Error ? error.message : String(error))
    restingUntil = options.now() + options.rest
  }
  redis.on('error', trouble)
  redis.connect().catch(trouble)
  const { nameOf, seal, open } = createSeal(options.secret)
  let forged = 0
  let forgedToldAt = Number.NEGATIVE_INFINITY
  const tellForged = (): void => {
    forged++
    if (options.now() < forgedToldAt + options.rest) return
    forgedToldAt = options.now()
    options.onForged(forged)
    forged = 0
  }
  const usable = (): boolean => redis.status === 'ready' && options.now() >= restingUntil

  return {
    async get(key) {
      if (!usable()) return undefined
      try {
        const name = nameOf(key)
        const sealed = await redis.get(name)
        if (sealed === null) return undefined
        const text = open(name, sealed)
        if (text === undefined) tellForged()
        return text
      } catch (error) {
        trouble(error)
        return undefined
      }
    },
    async set(key, text) {
      if (!usable()) return
      try {
        const name = nameOf(key)
        await redis.set(name, seal(name, text), 'EX', options.lifetime)
      } catch (error) {
        trouble(error)
      }
    },
    async close() {
      redis.disconnect()
    },
  }
}
