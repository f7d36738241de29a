/** Permit-unless-deny: a Deny, else Permit; never NotApplicable or Indeterminate. An error in a Deny rule permits. */
import type { Fold } from './algorithm.ts'

export const permitUnlessDeny: Fold = {
  form: 'fold',
  start: 'Permit',
  decided: ['Deny'],
  step: (soFar, next) => (next === 'Deny' ? 'Deny' : soFar),
}
