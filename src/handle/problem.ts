import type { ProblemCode } from '../problems.ts'
import type { HandlerProblem } from '../steps.ts'

/** A handler's answer that is not success. */
export const problem = (code: ProblemCode, rest: Omit<HandlerProblem, 'kind' | 'code'> = {}): HandlerProblem => ({
  kind: 'problem',
  code,
  ...rest,
})

export const isProblem = (value: unknown): value is HandlerProblem =>
  typeof value === 'object' && value !== null && (value as { kind?: unknown }).kind === 'problem'
