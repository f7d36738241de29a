/**
 * Follows the change feed: applies every change once, in order, whoever made it. Notifications make it quick; reading the
 * feed at intervals makes it certain.
 */
import type { Sql } from '../database/sql.ts'
import { changesAfter, type FeedEntry, listenForChanges } from './changes.ts'

export interface Following {
  /** Returns when everything that was committed before the call has been applied. Throws when the feed cannot be read. */
  catchUp(): Promise<void>
  /** Milliseconds since the feed was last known to be applied to its end. */
  age(): number
  stop(): Promise<void>
}

export interface FollowOptions {
  readonly sql: Sql
  /** The last change applied already. */
  readonly from: number
  readonly apply: (change: FeedEntry) => void
  /** Milliseconds between readings without a notification. */
  readonly interval: number
  /** Milliseconds, monotonic. */
  readonly clock: () => number
  readonly onTrouble: (error: unknown) => void
}

/** Throws when the feed cannot be read at first; nothing is left running then. */
export async function followChanges(options: FollowOptions): Promise<Following> {
  const { sql, apply, clock, onTrouble } = options
  let applied = options.from
  let caughtUpAt = clock()
  const read = async (): Promise<void> => {
    const started = clock()
    for (;;) {
      const changes = await changesAfter(sql, applied)
      for (const change of changes) {
        apply(change)
        applied = change.epoch
      }
      if (changes.length === 0) break
    }
    caughtUpAt = started
  }
  const reading = createReading(read)
  const catchUp = reading.readAfterNow
  const quietly = (): void => {
    catchUp().catch(onTrouble)
  }
  const listening = await listenForChanges(sql, quietly, quietly)
  const timer = setInterval(quietly, options.interval)
  timer.unref()
  const stop = async (): Promise<void> => {
    clearInterval(timer)
    await listening.stop().catch(onTrouble)
    await reading.underWay()?.catch(() => undefined)
  }
  try {
    await catchUp()
  } catch (error) {
    await stop()
    throw error
  }
  return { catchUp, age: () => clock() - caughtUpAt, stop }
}

/** One reading at a time, however many callers. */
function createReading(read: () => Promise<void>) {
  let running: Promise<void> | undefined
  let waiting: Promise<void> | undefined
  // a reading under way may have begun before what the caller waits for was committed: it waits for the next one
  const readAfterNow = (): Promise<void> => {
    if (waiting !== undefined) return waiting
    if (running === undefined) {
      running = read().finally(() => {
        running = undefined
      })
      return running
    }
    waiting = running
      .catch(() => undefined)
      .then(() => {
        waiting = undefined
        return readAfterNow()
      })
    return waiting
  }
  return { readAfterNow, underWay: () => waiting ?? running }
}
