/** The shared level of the decision cache. Slow, down or flushed, it is a miss and nothing else. */
import { hash } from 'node:crypto'
import { Redis } from 'ioredis'
import type { SharedCache } from './decision-cache.ts'

export interface RedisCache extends SharedCache {
  close(): Promise<void>
}

export interface RedisCacheOptions {
  readonly url: string
  /** Milliseconds that a request waits for an answer. */
  readonly patience: number
  /** Milliseconds for which Redis is left alone after it failed to answer. */
  readonly rest: number
  /** Seconds after which an entry expires: it bounds memory, never correctness. */
  readonly lifetime: number
  readonly now: () => number
  readonly onTrouble: (message: string) => void
}

/** Keys are long and hold what was asked: Redis gets to see neither. */
const nameOf = (key: string): string => `portvakt:decision:${hash('sha256', key, 'base64url')}`

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
  const usable = (): boolean => redis.status === 'ready' && options.now() >= restingUntil

  return {
    async get(key) {
      if (!usable()) return undefined
      try {
        return (await redis.get(nameOf(key))) ?? undefined
      } catch (error) {
        trouble(error)
        return undefined
      }
    },
    async set(key, text) {
      if (!usable()) return
      try {
        await redis.set(nameOf(key), text, 'EX', options.lifetime)
      } catch (error) {
        trouble(error)
      }
    },
    async close() {
      redis.disconnect()
    },
  }
}
