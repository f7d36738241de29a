/** When to stop: a signal, or the end of whoever reads the output. */

export interface Stop {
  readonly signal: AbortSignal
  /** What came, once it has: `SIGTERM`, …, or `output`. */
  reason(): StopReason | undefined
  /** Resolves when it is time. */
  readonly asked: Promise<void>
  /** The log has lost its reader: the same as losing standard output. */
  readonly outputLost: () => void
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export type StopReason = (typeof signals)[number] | 'output'

/** The reason of the abort signal: nothing went wrong, somebody said stop. */
export class Stopped extends Error {
  override readonly name = 'Stopped'
  readonly by: StopReason

  constructor(by: StopReason) {
    super(by === 'output' ? 'nobody reads the output any more' : by)
    this.by = by
  }
}

/** Milliseconds. npm passes on to its child an interrupt that the terminal has already sent to both. */
const echo = 300

/**
 * From here on a signal no longer ends the process by itself. The first one asks to stop; a second one, later than an echo
 * of the first, ends the process at once.
 */
export function listenForStop(): Stop {
  const controller = new AbortController()
  let reason: StopReason | undefined
  let first = 0
  const ask = (by: StopReason): void => {
    reason = by
    first = performance.now()
    controller.abort(new Stopped(by))
  }
  for (const name of signals)
    process.on(name, () => {
      if (reason === undefined) ask(name)
      // who stops because nobody reads has not been told by a signal yet
      else if (performance.now() - first > echo) process.exit(exitCodeOf(name))
    })
  const outputLost = (): void => {
    if (reason === undefined) ask('output')
  }
  outputLosses.add(outputLost)
  const asked = new Promise<void>((resolve) => controller.signal.addEventListener('abort', () => resolve()))
  return { signal: controller.signal, reason: () => reason, asked, outputLost }
}

/** As a shell counts a process that a signal has ended. */
export const exitCodeOf = (reason: StopReason): number =>
  ({ SIGHUP: 129, SIGINT: 130, SIGTERM: 143, output: 0 })[reason]

const outputLosses = new Set<() => void>()

/**
 * Whoever reads the output may leave, as `head` does: then there is nobody left to work for. A command that listens for a
 * stop is told so; any other ends, quietly. Errors of the output that are none of these are errors.
 */
export function watchOutput(): void {
  for (const stream of [process.stdout, process.stderr])
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error
      if (outputLosses.size === 0) process.exit(0)
      for (const lose of outputLosses) lose()
    })
}
