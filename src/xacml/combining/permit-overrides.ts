/** Permit-overrides (sections C.3 and C.5; ordered: C.6 and C.7): the mirror image of deny-overrides. */
import type { Fold } from './algorithm.ts'
import type { Outcome } from './outcome.ts'

export const permitOverrides: Fold = {
  form: 'fold',
  start: 'NotApplicable',
  decided: ['Permit'],
  step(soFar, next) {
    const either = (outcome: Outcome) => soFar === outcome || next === outcome
    if (either('Permit')) return 'Permit'
    if (either('Indeterminate{DP}')) return 'Indeterminate{DP}'
    if (either('Indeterminate{P}')) {
      return either('Indeterminate{D}') || either('Deny') ? 'Indeterminate{DP}' : 'Indeterminate{P}'
    }
    if (either('Deny')) return 'Deny'
    if (either('Indeterminate{D}')) return 'Indeterminate{D}'
    return 'NotApplicable'
  },
}
