/** First-applicable (section C.8): the first child that is not NotApplicable; an Indeterminate stops, and keeps its kind. */
import type { Fold } from './algorithm.ts'

export const firstApplicable: Fold = {
  form: 'fold',
  start: 'NotApplicable',
  decided: ['Permit', 'Deny', 'Indeterminate{P}', 'Indeterminate{D}', 'Indeterminate{DP}'],
  step: (_, next) => next,
}
