/**
 * The log: one JSON object per line, so that no text from outside can begin a line of its own. Tokens, secrets and file
 * contents never reach it: fields with such names, and what still looks like a credential, are blanked line by line. That
 * reaches every depth and costs a sixth of the paths that pino can redact.
 */
import { type DestinationStream, destination, type Logger, pino, stdTimeFunctions } from 'pino'
import { blankCredentials } from './blank-credentials.ts'

export type { Logger } from 'pino'

export type LogLevel = 'trace' | 'debug' | 'info' | 'warn' | 'error' | 'fatal' | 'silent'

export interface LogOptions {
  readonly level: LogLevel
  readonly version: string
  /** Default: standard output. */
  readonly write?: (line: string) => void
  /** Whoever reads standard output is gone: no line reaches anybody any more. */
  readonly onBroken?: () => void
}

export interface Log {
  readonly logger: Logger
  /** Writes what is held back; for the end of the process. Resolves when that is done, or cannot be. */
  flush(): Promise<void>
}

export const createLog = ({ level, version, write, onBroken }: LogOptions): Log => {
  const standard =
    write === undefined ? destination({ dest: 1, sync: false, minLength: 4096, periodicFlush: 500 }) : undefined
  if (onBroken !== undefined)
    standard?.on('error', (error: NodeJS.ErrnoException) => void (error.code === 'EPIPE' && onBroken()))
  const out = write ?? ((line: string) => standard?.write(line))
  const stream: DestinationStream = { write: (line) => out(showControls(blankCredentials(line))) }
  const logger = pino(
    {
      level,
      base: { service: 'portvakt', version },
      messageKey: 'message',
      timestamp: stdTimeFunctions.isoTime,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { error: describeError, err: describeError },
    },
    stream,
  )
  return { logger, flush: () => flushQuietly(standard) }
}

/** JSON escapes the controls of ASCII only. The others, and what turns text around, would steer a terminal that shows the log. */
const showControls = (line: string): string =>
  line.replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, numbered)

const numbered = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

/** The synchronous way tries for ever on a pipe that nobody reads, this one is told so. */
const flushQuietly = (standard: ReturnType<typeof destination> | undefined): Promise<void> =>
  new Promise((resolve) => {
    if (standard === undefined) return resolve()
    // a reader that stands still is not waited for
    setTimeout(resolve, 2_000).unref()
    standard.once('error', () => resolve())
    standard.flush(() => resolve())
  })

const maxText = 4000

/** Name, code, message and stack, bounded; causes three deep. Own properties (queries, parameters, responses) stay out. */
export const describeError = (error: unknown, depth = 0): Readonly<Record<string, unknown>> => {
  if (!(error instanceof Error)) return { type: typeof error }
  return {
    type: error.name,
    message: error.message.slice(0, maxText),
    ...('code' in error && typeof error.code === 'string' ? { code: error.code } : {}),
    ...(error.stack === undefined ? {} : { stack: error.stack.slice(0, maxText) }),
    ...(error.cause instanceof Error && depth < 3 ? { cause: describeError(error.cause, depth + 1) } : {}),
  }
}
