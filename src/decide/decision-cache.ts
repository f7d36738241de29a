/**
 * Two levels: this process, then Redis. Either may forget at any time; neither can change a decision, because a key
 * holds the version of everything the decision rests on. Redis gets a short time to answer and is left alone for a
 * while after it failed to.
 */
import { LRUCache } from 'lru-cache'
import type { CacheLevel } from '../steps.ts'

/** The part of a Redis client that is used: `get` and `set` with an expiry in seconds. */
export interface SharedCache {
  get(key: string): Promise<string | undefined>
  set(key: string, text: string): Promise<void>
}

export interface DecisionCache<T> {
  get(key: string): Promise<{ readonly entry: T; readonly level: Exclude<CacheLevel, 'none'> } | undefined>
  set(key: string, entry: T): void
  clear(): void
}

export interface DecisionCacheOptions<T> {
  /** Entries in memory; 0 for none. */
  readonly capacity: number
  /** Milliseconds after which an entry is forgotten: it bounds memory, never correctness. */
  readonly lifetime: number
  readonly shared?: SharedCache
  readonly print: (entry: T) => string
  /** undefined for text that is not an entry: a foreign or older shape is a miss. */
  readonly parse: (text: string) => T | undefined
}

export function createDecisionCache<T extends object>(options: DecisionCacheOptions<T>): DecisionCache<T> {
  const { shared, capacity, lifetime } = options
  const memory =
    capacity === 0 || lifetime === 0 ? undefined : new LRUCache<string, T>({ max: capacity, ttl: lifetime })
  return {
    async get(key) {
      const entry = memory?.get(key)
      if (entry !== undefined) return { entry, level: 'memory' }
      if (shared === undefined) return undefined
      const text = await shared.get(key)
      const found = text === undefined ? undefined : options.parse(text)
      if (found === undefined) return undefined
      memory?.set(key, found)
      return { entry: found, level: 'redis' }
    },
    set(key, entry) {
      memory?.set(key, entry)
      void shared?.set(key, options.print(entry))
    },
    clear: () => memory?.clear(),
  }
}
