/** From the files of a case to policies that can be evaluated: parsed, checked, references resolved. */

import { checkPolicy } from '../../src/xacml/checking/check-policy.ts'
import type { FindAttribute, Hierarchy, Resolve } from '../../src/xacml/evaluating/context.ts'
import { defaultLimits } from '../../src/xacml/limits.ts'
import type { Policy, PolicySet } from '../../src/xacml/model/policy.ts'
import type { Problem } from '../../src/xacml/problems.ts'
import { buildResolver } from '../../src/xacml/references/repository.ts'
import { parsePolicy } from '../../src/xacml/syntax/parse-policy-xml.ts'
import { dataTypes } from '../../src/xacml/values/index.ts'
import { type ConformanceCase, listCasePolicies, readCaseFile, type Setup } from './manifest.ts'

export interface PreparedCase {
  readonly root: Policy | PolicySet
  readonly referenced: readonly (Policy | PolicySet)[]
  readonly resolve: Resolve
  readonly findAttribute?: FindAttribute
  readonly hierarchy?: Hierarchy
}

export type Prepared =
  | { readonly kind: 'prepared'; readonly prepared: PreparedCase }
  | { readonly kind: 'policy-rejected'; readonly problems: readonly Problem[] }

/** Referenced policies that the case calls invalid are left out of the repository; any other must be right. */
export function prepareCase(folder: string, one: ConformanceCase): Prepared {
  const { setup = {} } = one
  const roots = setup.rootPolicies ?? [setup.rootPolicyRef ?? 'Policy.xml']
  const problems: Problem[] = []
  const parse = (name: string): readonly (Policy | PolicySet)[] => {
    const parsed = parsePolicy(readCaseFile(folder, one, name) ?? '', defaultLimits)
    if (parsed.ok) return [parsed.value]
    problems.push(...parsed.problems)
    return []
  }
  const rootPolicies = roots.flatMap(parse)
  const referenced = listCasePolicies(folder, one)
    .filter((name) => !roots.includes(name) && !setup.invalidReferencedPolicies?.includes(name))
    .flatMap(parse)
  const resolve = buildResolver(referenced)
  for (const policy of [...rootPolicies, ...referenced]) problems.push(...errorsIn(policy, resolve, setup))
  const root = joinRoots(rootPolicies, setup)
  if (root === undefined || problems.length > 0) return { kind: 'policy-rejected', problems }
  return {
    kind: 'prepared',
    prepared: {
      root,
      referenced,
      resolve,
      ...(setup.pip && { findAttribute: attributesOf(setup.pip) }),
      ...(setup.resourceHierarchy && { hierarchy: hierarchyOf(setup.resourceHierarchy) }),
    },
  }
}

/** Where a referenced policy is invalid on purpose, not finding it is no error: it is never reached. */
function errorsIn(policy: Policy | PolicySet, resolve: Resolve, setup: Setup): readonly Problem[] {
  const options = setup.invalidReferencedPolicies ? { limits: defaultLimits } : { limits: defaultLimits, resolve }
  return checkPolicy(policy, options).filter(({ severity }) => severity === 'error')
}

/** Several roots stand for a policy set of which one policy may apply, unless the case may be combined otherwise. */
function joinRoots(roots: readonly (Policy | PolicySet)[], setup: Setup): Policy | PolicySet | undefined {
  const [only, ...more] = roots
  if (only === undefined || more.length === 0) return only
  return {
    kind: 'PolicySet',
    at: only.at,
    id: 'urn:example:conformance:roots',
    version: '1.0',
    combiningAlgorithm:
      setup.rootAlgorithm ?? 'urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:only-one-applicable',
    target: { at: only.at, anyOf: [] },
    children: roots,
    combinerParameters: [],
    obligations: [],
    advice: [],
  }
}

function attributesOf(pip: NonNullable<Setup['pip']>): FindAttribute {
  return (wanted) =>
    pip
      .filter(({ category }) => category === wanted.category)
      .filter(({ attributeId, dataType }) => attributeId === wanted.attributeId && dataType === wanted.dataType)
      .flatMap(({ values, dataType }) => values.map((text) => dataTypes.get(dataType)!.parse(text)!))
}

function hierarchyOf(children: Readonly<Record<string, readonly string[]>>): Hierarchy {
  return (resource) => children[String(resource)] ?? []
}
