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

interface Hit<T> {
  readonly entry: T
  readonly level: Exclude<CacheLevel, 'none'>
}

export interface DecisionCache<T> {
  /** At once when this process knows, or when nobody else could. */
  get(key: string): Hit<T> | undefined | Promise<Hit<T> | undefined>
  set(key: string, entry: T): void
  clear(): void
}

export interface DecisionCacheOptions<T> {
  /** Entries in memory; 0 for none. */
  readonly capacity: number
  /** Bytes in memory, keys included: entries beyond it go, the longest unused first. */
  readonly memory: number
  /** About the bytes that an entry takes, its key aside. */
  readonly sizeOf: (entry: T) => number
  /** Milliseconds after which an entry is forgotten: it bounds memory, never correctness. */
  readonly lifetime: number
  readonly shared?: SharedCache
  readonly print: (entry: T) => string
  /** undefined for text that is not an entry: a foreign or older shape is a miss. */
  readonly parse: (text: string) => T | undefined
}

/** Of an entry in the tables of the map and of the library. */
const overhead = 120

/** V8 keeps a text in one byte a character until one does not fit, then in two. */
export const bytesOf = (text: string): number => 16 + (/[^\0-\xff]/.test(text) ? 2 * text.length : text.length)

export function createDecisionCache<T extends object>(options: DecisionCacheOptions<T>): DecisionCache<T> {
  const { shared, capacity, lifetime, sizeOf } = options
  const memory =
    capacity === 0 || lifetime === 0
      ? undefined
      : new LRUCache<string, T>({
          max: capacity,
          ttl: lifetime,
          maxSize: options.memory,
          sizeCalculation: (entry, key) => overhead + bytesOf(key) + sizeOf(entry),
        })
  const getShared = async (key: string, from: SharedCache): Promise<Hit<T> | undefined> => {
    const text = await from.get(key)
    const entry = text === undefined ? undefined : options.parse(text)
    if (entry === undefined) return undefined
    memory?.set(key, entry)
    return { entry, level: 'redis' }
  }
  return {
    get(key) {
      const entry = memory?.get(key)
      if (entry !== undefined) return { entry, level: 'memory' }
      return shared === undefined ? undefined : getShared(key, shared)
    },
    set(key, entry) {
      memory?.set(key, entry)
      if (shared !== undefined) void shared.set(key, options.print(entry))
    },
    clear: () => memory?.clear(),
  }
}
