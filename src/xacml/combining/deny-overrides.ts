/** Deny-overrides (sections C.2 and C.4; ordered: C.6 and C.7). */
import type { Fold } from './algorithm.ts'
import type { Outcome } from './outcome.ts'

export const denyOverrides: Fold = {
  form: 'fold',
  start: 'NotApplicable',
  decided: ['Deny'],
  step(soFar, next) {
    const either = (outcome: Outcome) => soFar === outcome || next === outcome
    if (either('Deny')) return 'Deny'
    if (either('Indeterminate{DP}')) return 'Indeterminate{DP}'
    if (either('Indeterminate{D}')) {
      return either('Indeterminate{P}') || either('Permit') ? 'Indeterminate{DP}' : 'Indeterminate{D}'
    }
    if (either('Permit')) return 'Permit'
    if (either('Indeterminate{P}')) return 'Indeterminate{P}'
    return 'NotApplicable'
  },
}
