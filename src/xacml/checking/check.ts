/** The shape of a rule of checking: looks at a whole document, says what it finds, in document order. */
import type { Limits } from '../limits.ts'
import type { Policy, PolicyReference, PolicySet, Position } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import type { PolicyTree } from './policy-tree.ts'

export interface CheckOptions {
  readonly limits: Limits
  /** When given, references must resolve, and must not lead back to themselves. */
  readonly resolve?: (reference: PolicyReference) => Policy | PolicySet | undefined
}

export type Check = (tree: PolicyTree, options: CheckOptions) => Iterable<Problem>

export const error = (code: string, at: Position, message: string): Problem => ({
  code,
  severity: 'error',
  message,
  at,
})

export const warning = (code: string, at: Position, message: string): Problem => ({
  code,
  severity: 'warning',
  message,
  at,
})
