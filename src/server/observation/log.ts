/**
 * The log: one JSON object per line, so that no text from outside can begin a line of its own. Tokens, secrets and file
 * contents never reach it: fields with such names, and what still looks like a credential, are blanked line by line. That
 * reaches every depth and costs a sixth of the paths that pino can redact.
 */
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from 'pino'
import { blankCredentials } from './blank-credentials.ts'
import { createLineWriter } from './line-writer.ts'

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
    write === undefined ? createLineWriter(1, { onBroken, onMissing: (count) => tellMissing(count) }) : undefined
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
  const tellMissing = (lines: number): void =>
    logger.warn({ lines }, 'lines of the log are missing here: nobody read it for too long')
  return { logger, flush: async () => standard?.flush() }
}

/** JSON escapes the controls of ASCII only. The others, and what turns text around, would steer a terminal that shows the log. */
const showControls = (line: string): string =>
  line.replace(/[\u007f-\u009f\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]/g, numbered)

const numbered = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`

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
