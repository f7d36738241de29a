/** Deny-unless-permit: a Permit, else Deny; never NotApplicable or Indeterminate. Errors vanish: see the linter. */
import type { Fold } from './algorithm.ts'

export const denyUnlessPermit: Fold = {
  form: 'fold',
  start: 'Deny',
  decided: ['Permit'],
  step: (soFar, next) => (next === 'Permit' ? 'Permit' : soFar),
}
