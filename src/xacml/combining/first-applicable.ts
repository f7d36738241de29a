/**
 * First-applicable (section C.8): the first child that is not NotApplicable. It knows one Indeterminate only, which counts
 * as {DP} wherever the kinds matter (section C.1).
 */
import type { Fold } from './algorithm.ts'
import { isIndeterminate } from './outcome.ts'

export const firstApplicable: Fold = {
  form: 'fold',
  start: 'NotApplicable',
  decided: ['Permit', 'Deny', 'Indeterminate{DP}'],
  step: (_, next) => (isIndeterminate(next) ? 'Indeterminate{DP}' : next),
}
