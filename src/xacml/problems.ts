/** What is wrong with a policy or a request, said for people first: what, where, and what to do about it. */
import type { Position } from './model/policy.ts'

export type Severity = 'error' | 'warning'

export interface Problem {
  /** Stable, e.g. `XACML-UNKNOWN-FUNCTION`; every code stands in the table of `problem-codes.ts`. */
  readonly code: string
  readonly severity: Severity
  /** Lower case, no full stop, user input in backticks, next step if there is one. */
  readonly message: string
  /** Absent only where the source has no lines (JSON given as a value). */
  readonly at?: Position
}

/** A value or the reasons why there is none. Callers look at `ok` first. */
export type Outcome<T> =
  | { readonly ok: true; readonly value: T; readonly warnings: readonly Problem[] }
  | { readonly ok: false; readonly problems: readonly [Problem, ...Problem[]] }
