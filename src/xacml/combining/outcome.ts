/**
 * What a rule, policy or policy set comes to, the Indeterminate in its three kinds (section 7.10): {P} might have been a
 * Permit, {D} a Deny, {DP} either. The kinds exist inside the engine only; a response says Indeterminate.
 */
import type { Decision, Extended } from '../model/response.ts'

export type Outcome =
  | 'Permit'
  | 'Deny'
  | 'NotApplicable'
  | 'Indeterminate{P}'
  | 'Indeterminate{D}'
  | 'Indeterminate{DP}'

export const outcomes: readonly Outcome[] = [
  'Permit',
  'Deny',
  'NotApplicable',
  'Indeterminate{P}',
  'Indeterminate{D}',
  'Indeterminate{DP}',
]

export type Indeterminate = Extract<Outcome, `Indeterminate${string}`>

export const isIndeterminate = (outcome: Outcome): outcome is Indeterminate =>
  outcome !== 'Permit' && outcome !== 'Deny' && outcome !== 'NotApplicable'

/** The outcome as a response tells it: one Indeterminate, its kind beside it. */
export function foldOutcome(outcome: Outcome): { readonly decision: Decision; readonly extended?: Extended } {
  switch (outcome) {
    case 'Indeterminate{P}':
      return { decision: 'Indeterminate', extended: 'P' }
    case 'Indeterminate{D}':
      return { decision: 'Indeterminate', extended: 'D' }
    case 'Indeterminate{DP}':
      return { decision: 'Indeterminate', extended: 'DP' }
    default:
      return { decision: outcome }
  }
}

/** Section 7.14, table 7: the outcome of a policy whose target is Indeterminate, from what its children come to. */
export function underIndeterminateTarget(combined: Outcome): Outcome {
  if (combined === 'Permit') return 'Indeterminate{P}'
  if (combined === 'Deny') return 'Indeterminate{D}'
  return combined
}
