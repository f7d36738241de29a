import type { Sql } from '../../database/sql.ts'
import type { Terminal } from '../command.ts'

/** What a question to the record is asked with. */
export interface Asking {
  readonly sql: Sql
  readonly print: Terminal['print']
  /** Aborted when nobody waits for the answer any more; then a question throws its reason. */
  readonly signal: AbortSignal
}
