/**
 * Watches grants while their handlers act. A change that touches what a decision rests on, and a regular interval for what
 * depends on the clock, make it be decided again; a grant that no longer holds is aborted, and the transfer under way ends.
 * So does one that cannot be decided: after a few looks that failed in a row nobody knows that it still may.
 */
import type { Granted, HandlerProblem } from '../steps.ts'

export interface Watch {
  readonly signal: AbortSignal
  release(): void
}

export interface Watcher {
  watch<M>(granted: Granted<M>): Watch
  /** A change has been applied. */
  changed(entities: readonly string[]): void
  /** Ends every act under way; for a shutdown whose time is up. */
  abortAll(): void
  close(): void
}

export interface WatcherOptions {
  /** Decides again, without a record: the grant as it is now, or undefined when it would be refused. */
  readonly grantAgain: (granted: Granted<unknown>) => Promise<Granted<unknown> | undefined>
  /** True while nothing that the decision rests on has changed. */
  readonly holds: (granted: Granted<unknown>) => boolean
  /** Milliseconds between two looks at a grant that goes on. */
  readonly interval: number
  readonly onRevoked: (granted: Granted<unknown>) => void
  /** A look failed; `isEnded` when it was one too many, and the act was ended. */
  readonly onTrouble: (granted: Granted<unknown>, error: unknown, isEnded: boolean) => void
}

interface Watched {
  /** As the last look left it: under another policy it rests on other things. */
  granted: Granted<unknown>
  /** Made when somebody asks for the signal: few handlers do, and it costs as much as a decision. */
  controller?: AbortController
  readonly since: number
  /** Looks that failed, in a row. */
  failures: number
  isLookedAt: boolean
  /** Something changed while it was looked at. */
  isOutdated: boolean
}

const controllerOf = (entry: Watched): AbortController => {
  entry.controller ??= new AbortController()
  return entry.controller
}

const revoked: HandlerProblem = { kind: 'problem', code: 'BRO-00006' }
const undecided: HandlerProblem = { kind: 'problem', code: 'PVK-00010' }
const stopping: HandlerProblem = { kind: 'problem', code: 'PVK-00012' }

/** Looks that may fail in a row: a database that is being restarted ends no transfer. */
const failuresAllowed = 2

export function createWatcher({ grantAgain, holds, interval, onRevoked, onTrouble }: WatcherOptions): Watcher {
  const watched = new Set<Watched>()
  let ticks = 0

  const end = (entry: Watched, why: HandlerProblem): void => {
    watched.delete(entry)
    controllerOf(entry).abort(why)
  }
  const lookOnce = async (entry: Watched): Promise<void> => {
    const { granted } = entry
    try {
      const again = await grantAgain(granted)
      if (!watched.has(entry)) return
      entry.failures = 0
      if (again === undefined) {
        onRevoked(granted)
        end(entry, revoked)
        return
      }
      entry.granted = again
      // a change of what only this decision rests on was not seen as one of this grant
      if (!holds(again)) entry.isOutdated = true
    } catch (error) {
      if (!watched.has(entry)) return
      entry.failures++
      const isEnded = entry.failures > failuresAllowed
      onTrouble(granted, error, isEnded)
      if (isEnded) end(entry, undecided)
    }
  }
  /** One look at a time: an older answer must not come after a newer one, and many changes need but one more look. */
  const look = async (entry: Watched): Promise<void> => {
    entry.isOutdated = true
    if (entry.isLookedAt) return
    entry.isLookedAt = true
    while (entry.isOutdated && watched.has(entry)) {
      entry.isOutdated = false
      await lookOnce(entry)
    }
    entry.isLookedAt = false
  }
  const timer = setInterval(() => {
    ticks++
    for (const entry of watched) if (entry.failures > 0 || entry.since < ticks - 1) void look(entry)
  }, interval)
  timer.unref()

  return {
    watch(granted) {
      const entry: Watched = { granted, since: ticks, failures: 0, isLookedAt: false, isOutdated: false }
      watched.add(entry)
      return {
        get signal() {
          return controllerOf(entry).signal
        },
        release: () => watched.delete(entry),
      }
    },
    changed(entities) {
      if (watched.size === 0) return
      const touched = new Set(entities)
      for (const entry of watched) if (restsOnOne(entry.granted, touched)) void look(entry)
    },
    abortAll() {
      for (const entry of watched) end(entry, stopping)
    },
    close: () => clearInterval(timer),
  }
}

const restsOnOne = ({ decided }: Granted<unknown>, touched: ReadonlySet<string>): boolean => {
  const rests = ({ restsOn }: { readonly restsOn: readonly string[] }): boolean =>
    restsOn.some((entity) => touched.has(entity))
  return decided.parts.some(rests) || decided.advisory.some(rests)
}
