/** What evaluating a rule, policy or policy set leaves behind: its outcome, what it asks for, and how it came to that. */
import type { Outcome } from '../combining/outcome.ts'
import type { Failure } from '../model/failure.ts'
import type { Policy, PolicyReference, PolicySet, Rule } from '../model/policy.ts'
import type { Advice, Obligation } from '../model/response.ts'

export interface Evaluation {
  readonly of: Rule | Policy | PolicySet | PolicyReference
  readonly outcome: Outcome
  /** Present exactly when the outcome is an Indeterminate. */
  readonly failure?: Failure
  /** Whether the target matched; absent where it was in error. */
  readonly targetMatched?: boolean
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Advice[]
  /** Children in order of evaluation: those never reached are not there. */
  readonly children: readonly Evaluation[]
}

export const notApplicable = (of: Evaluation['of']): Evaluation => ({
  of,
  outcome: 'NotApplicable',
  targetMatched: false,
  ...nothingAsked,
})

export const nothingAsked = { obligations: [], advice: [], children: [] } as const

/** The target could not be decided, or the element itself: no obligations then (section 7.18). */
export const indeterminate = (
  of: Evaluation['of'],
  outcome: Extract<Outcome, `Indeterminate${string}`>,
  failure: Failure,
  children: readonly Evaluation[] = [],
): Evaluation => ({ of, outcome, failure, obligations: [], advice: [], children })
