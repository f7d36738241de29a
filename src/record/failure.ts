export type RecordErrorCode =
  /** Too much is waiting already. */
  | 'RECORD_BACKLOG'
  /** The database did not confirm in time. It may or may not have written the record. */
  | 'RECORD_UNAVAILABLE'
  /** The database refuses this record, whatever is tried. */
  | 'RECORD_REJECTED'
  /** The recorder has been closed. */
  | 'RECORD_CLOSED'

/** A record that is not durable: the request must be refused with PVK-00009. */
export class RecordError extends Error {
  override readonly name = 'RecordError'
  readonly code: RecordErrorCode

  constructor(code: RecordErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}

/** SQLSTATE check_violation. There are no check constraints here, so it says that the month has no partition. */
export const noPartition = '23514'

/** Does the record itself cause the error, so that trying again is of no use? Classes of SQLSTATE: PostgreSQL, appendix A. */
export function isLastingFailure(error: unknown): boolean {
  const state = sqlState(error)
  return state !== undefined && state !== noPartition && /^(22|23|54)/.test(state)
}

export function sqlState(error: unknown): string | undefined {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : undefined
}
