/** Errors of evaluation are values (section 7.19): they become Indeterminate. A bug is never one of these; bugs throw. */
import type { MissingAttribute } from './response.ts'

/** Section B.8. */
export type StatusCode = 'missing-attribute' | 'syntax-error' | 'processing-error'

/** The one class of the engine: `instanceof` tells a failure from every value and every bag at once. */
export class Failure {
  readonly code: StatusCode
  /** Lower case, no full stop, user input in backticks. */
  readonly message: string
  readonly missing: readonly MissingAttribute[]

  constructor(code: StatusCode, message: string, missing: readonly MissingAttribute[] = []) {
    this.code = code
    this.message = message
    this.missing = missing
  }
}

/** The status codes of section B.8 as they stand in a response. */
export const statusUri = (code: StatusCode | 'ok'): string => `urn:oasis:names:tc:xacml:1.0:status:${code}`
