export type DatabaseFailureCode =
  | 'DATABASE_IN_USE'
  | 'DATABASE_NOT_REACHABLE'
  | 'DATABASE_TOO_OLD'
  | 'DATABASE_FOLDER_UNUSABLE'
  | 'DATABASE_NEVER_USED'
  | 'DATABASE_START_FAILED'
  | 'DATABASE_PLATFORM_UNSUPPORTED'

/** Why there is no database to work with; the message is for the operator and says what to do. */
export class DatabaseFailure extends Error {
  override readonly name = 'DatabaseFailure'
  readonly code: DatabaseFailureCode

  constructor(code: DatabaseFailureCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.code = code
  }
}
