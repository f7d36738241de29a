/**
 * Appendix C as written there: loops and flags over all children, no early exit beyond the text's own, no sharing.
 * Slow and plain on purpose: the truth the engine's algorithms are compared with.
 */
import type { Outcome } from '../../src/xacml/combining/outcome.ts'

export type Oracle = (children: readonly Outcome[]) => Outcome

const has = (children: readonly Outcome[], outcome: Outcome) => children.filter((child) => child === outcome).length > 0

/** C.2 */
const denyOverrides: Oracle = (children) => {
  let atLeastOneErrorD = false
  let atLeastOneErrorP = false
  let atLeastOneErrorDP = false
  let atLeastOnePermit = false
  for (const decision of children) {
    if (decision === 'Deny') return 'Deny'
    if (decision === 'Permit') atLeastOnePermit = true
    if (decision === 'Indeterminate{D}') atLeastOneErrorD = true
    if (decision === 'Indeterminate{P}') atLeastOneErrorP = true
    if (decision === 'Indeterminate{DP}') atLeastOneErrorDP = true
  }
  if (atLeastOneErrorDP) return 'Indeterminate{DP}'
  if (atLeastOneErrorD && (atLeastOneErrorP || atLeastOnePermit)) return 'Indeterminate{DP}'
  if (atLeastOneErrorD) return 'Indeterminate{D}'
  if (atLeastOnePermit) return 'Permit'
  if (atLeastOneErrorP) return 'Indeterminate{P}'
  return 'NotApplicable'
}

/** C.3 */
const permitOverrides: Oracle = (children) => {
  let atLeastOneErrorD = false
  let atLeastOneErrorP = false
  let atLeastOneErrorDP = false
  let atLeastOneDeny = false
  for (const decision of children) {
    if (decision === 'Deny') atLeastOneDeny = true
    if (decision === 'Permit') return 'Permit'
    if (decision === 'Indeterminate{D}') atLeastOneErrorD = true
    if (decision === 'Indeterminate{P}') atLeastOneErrorP = true
    if (decision === 'Indeterminate{DP}') atLeastOneErrorDP = true
  }
  if (atLeastOneErrorDP) return 'Indeterminate{DP}'
  if (atLeastOneErrorP && (atLeastOneErrorD || atLeastOneDeny)) return 'Indeterminate{DP}'
  if (atLeastOneErrorP) return 'Indeterminate{P}'
  if (atLeastOneDeny) return 'Deny'
  if (atLeastOneErrorD) return 'Indeterminate{D}'
  return 'NotApplicable'
}

const denyUnlessPermit: Oracle = (children) => (has(children, 'Permit') ? 'Permit' : 'Deny')
const permitUnlessDeny: Oracle = (children) => (has(children, 'Deny') ? 'Deny' : 'Permit')

/** C.8; it returns the one Indeterminate that it knows, which C.1 has algorithms that know the kinds take as {DP}. */
const firstApplicable: Oracle = (children) => {
  const first = children.filter((child) => child !== 'NotApplicable')[0] ?? 'NotApplicable'
  return first.startsWith('Indeterminate') ? 'Indeterminate{DP}' : first
}

/** C.10, with the effect of a rule in error read off its kind. Kinds of the result: see `sameDecision`. */
const legacyRuleDenyOverrides: Oracle = (children) => {
  if (has(children, 'Deny')) return 'Deny'
  if (has(children, 'Indeterminate{D}')) return 'Indeterminate{DP}'
  if (has(children, 'Permit')) return 'Permit'
  return has(children, 'Indeterminate{P}') ? 'Indeterminate{DP}' : 'NotApplicable'
}

/** C.12 */
const legacyRulePermitOverrides: Oracle = (children) => {
  if (has(children, 'Permit')) return 'Permit'
  if (has(children, 'Indeterminate{P}')) return 'Indeterminate{DP}'
  if (has(children, 'Deny')) return 'Deny'
  return has(children, 'Indeterminate{D}') ? 'Indeterminate{DP}' : 'NotApplicable'
}

const anyError = (children: readonly Outcome[]) => children.some((child) => child.startsWith('Indeterminate'))

/** C.11 */
const legacyPolicyDenyOverrides: Oracle = (children) => {
  if (has(children, 'Deny') || anyError(children)) return 'Deny'
  return has(children, 'Permit') ? 'Permit' : 'NotApplicable'
}

/** C.13 */
const legacyPolicyPermitOverrides: Oracle = (children) => {
  if (has(children, 'Permit')) return 'Permit'
  if (has(children, 'Deny')) return 'Deny'
  return anyError(children) ? 'Indeterminate{DP}' : 'NotApplicable'
}

/** C.9, for children whose own outcome tells whether their target matched. */
const onlyOneApplicable: Oracle = (children) => {
  const applicable = children.filter((child) => child !== 'NotApplicable')
  if (applicable.length > 1) return 'Indeterminate{DP}'
  return applicable[0] ?? 'NotApplicable'
}

const onPermitApplySecond: Oracle = (children) => {
  if (children.length < 2 || children.length > 3) return 'Indeterminate{DP}'
  const [first, second, third = 'NotApplicable'] = children
  if (first === 'Permit') return second!
  if (first === 'Indeterminate{P}' || first === 'Indeterminate{DP}') return 'Indeterminate{DP}'
  return third
}

const urn = 'urn:oasis:names:tc:xacml'

export const oracles: Readonly<Record<string, Oracle>> = {
  ...both('3.0', 'deny-overrides', denyOverrides),
  ...both('3.0', 'permit-overrides', permitOverrides),
  ...both('3.0', 'ordered-deny-overrides', denyOverrides),
  ...both('3.0', 'ordered-permit-overrides', permitOverrides),
  ...both('3.0', 'deny-unless-permit', denyUnlessPermit),
  ...both('3.0', 'permit-unless-deny', permitUnlessDeny),
  ...both('1.0', 'first-applicable', firstApplicable),
  [`${urn}:1.0:policy-combining-algorithm:only-one-applicable`]: onlyOneApplicable,
  [`${urn}:3.0:policy-combining-algorithm:on-permit-apply-second`]: onPermitApplySecond,
  [`${urn}:1.0:rule-combining-algorithm:deny-overrides`]: legacyRuleDenyOverrides,
  [`${urn}:1.1:rule-combining-algorithm:ordered-deny-overrides`]: legacyRuleDenyOverrides,
  [`${urn}:1.0:rule-combining-algorithm:permit-overrides`]: legacyRulePermitOverrides,
  [`${urn}:1.1:rule-combining-algorithm:ordered-permit-overrides`]: legacyRulePermitOverrides,
  [`${urn}:1.0:policy-combining-algorithm:deny-overrides`]: legacyPolicyDenyOverrides,
  [`${urn}:1.1:policy-combining-algorithm:ordered-deny-overrides`]: legacyPolicyDenyOverrides,
  [`${urn}:1.0:policy-combining-algorithm:permit-overrides`]: legacyPolicyPermitOverrides,
  [`${urn}:1.1:policy-combining-algorithm:ordered-permit-overrides`]: legacyPolicyPermitOverrides,
}

function both(version: string, name: string, oracle: Oracle): Record<string, Oracle> {
  return {
    [`${urn}:${version}:rule-combining-algorithm:${name}`]: oracle,
    [`${urn}:${version}:policy-combining-algorithm:${name}`]: oracle,
  }
}
