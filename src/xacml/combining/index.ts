/** The table of combining algorithms (appendix C; section 10.2.4). */
import type { CombiningAlgorithm, Logic } from './algorithm.ts'
import { denyOverrides } from './deny-overrides.ts'
import { denyUnlessPermit } from './deny-unless-permit.ts'
import { firstApplicable } from './first-applicable.ts'
import { legacyPolicyDenyOverrides, legacyPolicyPermitOverrides } from './legacy.ts'
import { permitOverrides } from './permit-overrides.ts'
import { permitUnlessDeny } from './permit-unless-deny.ts'

const rule = (version: string, name: string) =>
  `urn:oasis:names:tc:xacml:${version}:rule-combining-algorithm:${name}` as const
const policy = (version: string, name: string) =>
  `urn:oasis:names:tc:xacml:${version}:policy-combining-algorithm:${name}` as const

/** Document order serves the unordered algorithms too: any order is allowed, and this one can be reproduced. */
const rows: readonly CombiningAlgorithm[] = [
  ...inBothForms('deny-overrides', denyOverrides),
  ...inBothForms('permit-overrides', permitOverrides),
  ...inBothForms('ordered-deny-overrides', denyOverrides),
  ...inBothForms('ordered-permit-overrides', permitOverrides),
  ...inBothForms('deny-unless-permit', denyUnlessPermit),
  ...inBothForms('permit-unless-deny', permitUnlessDeny),
  { id: rule('1.0', 'first-applicable'), combines: 'rules', logic: firstApplicable },
  { id: policy('1.0', 'first-applicable'), combines: 'policies', logic: firstApplicable },
  {
    id: policy('1.0', 'only-one-applicable'),
    combines: 'policies',
    mergesKinds: true,
    logic: { form: 'only-one-applicable' },
  },
  { id: policy('3.0', 'on-permit-apply-second'), combines: 'policies', logic: { form: 'on-permit-apply-second' } },
  ...deprecated('1.0', 'deny-overrides', denyOverrides, legacyPolicyDenyOverrides),
  ...deprecated('1.0', 'permit-overrides', permitOverrides, legacyPolicyPermitOverrides),
  ...deprecated('1.1', 'ordered-deny-overrides', denyOverrides, legacyPolicyDenyOverrides),
  ...deprecated('1.1', 'ordered-permit-overrides', permitOverrides, legacyPolicyPermitOverrides),
]

export const combiningAlgorithms: ReadonlyMap<string, CombiningAlgorithm> = new Map(rows.map((row) => [row.id, row]))

function inBothForms(name: string, logic: Logic): readonly CombiningAlgorithm[] {
  return [
    { id: rule('3.0', name), combines: 'rules', logic },
    { id: policy('3.0', name), combines: 'policies', logic },
  ]
}

function deprecated(version: string, name: string, rules: Logic, policies: Logic): readonly CombiningAlgorithm[] {
  return [
    { id: rule(version, name), combines: 'rules', successor: rule('3.0', name), mergesKinds: true, logic: rules },
    {
      id: policy(version, name),
      combines: 'policies',
      successor: policy('3.0', name),
      mergesKinds: true,
      logic: policies,
    },
  ]
}
