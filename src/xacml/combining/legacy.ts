/**
 * The policy overrides algorithms of XACML 1.0 and 1.1 (sections C.11, C.13, C.15, C.17), planned for deprecation. They
 * know one Indeterminate only, returned as {DP}. Their rule counterparts need no code of their own: with the effect of a
 * rule in error as its kind, they decide exactly as the algorithms of 3.0 do, but hand no kind on (`mergesKinds`).
 */
import type { Fold } from './algorithm.ts'
import { isIndeterminate } from './outcome.ts'

/** An error in a policy counts as its Deny. */
export const legacyPolicyDenyOverrides: Fold = {
  form: 'fold',
  start: 'NotApplicable',
  decided: ['Deny'],
  step(soFar, next) {
    if (next === 'Deny' || isIndeterminate(next)) return 'Deny'
    return next === 'Permit' ? 'Permit' : soFar
  },
}

/** An error in a policy gives way to a Permit and to a Deny. */
export const legacyPolicyPermitOverrides: Fold = {
  form: 'fold',
  start: 'NotApplicable',
  decided: ['Permit'],
  step(soFar, next) {
    if (soFar === 'Permit' || next === 'Permit') return 'Permit'
    if (soFar === 'Deny' || next === 'Deny') return 'Deny'
    return isIndeterminate(soFar) || isIndeterminate(next) ? 'Indeterminate{DP}' : 'NotApplicable'
  },
}
