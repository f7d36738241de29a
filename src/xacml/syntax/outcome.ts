/** Shorthands for refusals. */
import type { Position } from '../model/policy.ts'
import type { Outcome, Problem } from '../problems.ts'

export function problem(code: string, message: string, at?: Position): Problem {
  return at === undefined ? { code, severity: 'error', message } : { code, severity: 'error', message, at }
}

/** The value when nothing is wrong, else everything that is. */
export function outcome<T>(value: T, problems: readonly Problem[]): Outcome<T> {
  const [first, ...rest] = problems
  return first === undefined ? { ok: true, value, warnings: [] } : { ok: false, problems: [first, ...rest] }
}
