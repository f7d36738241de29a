/**
 * Watches grants while their handlers act. A change that touches what a decision rests on, and a regular interval for what
 * depends on the clock, make it be decided again; a grant that no longer holds is aborted, and the transfer under way ends.
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
  /** Decides again, without a record: true when it would still be granted. */
  readonly stillGranted: (granted: Granted<unknown>) => Promise<boolean>
  /** Milliseconds between two looks at a grant that goes on. */
  readonly interval: number
  readonly onRevoked: (granted: Granted<unknown>) => void
}

interface Watched {
  readonly granted: Granted<unknown>
  /** Made when somebody asks for the signal: few handlers do, and it costs as much as a decision. */
  controller?: AbortController
  readonly since: number
}

const controllerOf = (entry: Watched): AbortController => {
  entry.controller ??= new AbortController()
  return entry.controller
}

const revoked: HandlerProblem = { kind: 'problem', code: 'BRO-00006' }
const stopping: HandlerProblem = { kind: 'problem', code: 'PVK-00012' }

export function createWatcher({ stillGranted, interval, onRevoked }: WatcherOptions): Watcher {
  const watched = new Set<Watched>()
  let ticks = 0

  const look = async (entry: Watched): Promise<void> => {
    // what cannot be decided is not revoked: the next look decides, and nothing new is granted meanwhile
    const holds = await stillGranted(entry.granted).catch(() => true)
    if (holds || !watched.has(entry)) return
    onRevoked(entry.granted)
    controllerOf(entry).abort(revoked)
  }
  const timer = setInterval(() => {
    ticks++
    for (const entry of watched) if (entry.since < ticks - 1) void look(entry)
  }, interval)
  timer.unref()

  return {
    watch(granted) {
      const entry: Watched = { granted, since: ticks }
      watched.add(entry)
      return {
        get signal() {
          return controllerOf(entry).signal
        },
        release: () => watched.delete(entry),
      }
    },
    changed(entities) {
      for (const entry of watched) {
        const { parts, advisory } = entry.granted.decided
        const rests = [...parts, ...advisory].some(({ restsOn }) => restsOn.some((entity) => entities.includes(entity)))
        if (rests) void look(entry)
      }
    },
    abortAll() {
      for (const entry of watched) controllerOf(entry).abort(stopping)
    },
    close: () => clearInterval(timer),
  }
}
