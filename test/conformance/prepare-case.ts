/** From the files of a case to policies that can be evaluated: parsed, checked, references resolved. */

import { checkPolicy } from '../../src/xacml/checking/check-policy.ts'
import { gatherTree } from '../../src/xacml/checking/policy-tree.ts'
import type { FindAttribute, Hierarchy, Resolve } from '../../src/xacml/evaluating/context.ts'
import { defaultLimits } from '../../src/xacml/limits.ts'
import type { Policy, PolicySet } from '../../src/xacml/model/policy.ts'
import type { Problem } from '../../src/xacml/problems.ts'
import { buildResolver } from '../../src/xacml/references/repository.ts'
import { newestAccepted } from '../../src/xacml/references/version.ts'
import { parsePolicy } from '../../src/xacml/syntax/parse-policy-xml.ts'
import { dataTypes } from '../../src/xacml/values/index.ts'
import { listCasePolicies, readCaseFile, requireCaseFile } from './case-files.ts'
import type { ConformanceCase, Setup } from './manifest.ts'

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

/**
 * Referenced policies that the case calls invalid are left out of the repository; any other must be right. A file that is
 * missing, and a root that cannot be told from the rest, is an `Error`.
 */
export function prepareCase(folder: string, one: ConformanceCase): Prepared {
  const { setup } = one
  const files = rootFiles(folder, one)
  const problems: Problem[] = []
  const parse = (name: string): readonly (Policy | PolicySet)[] => {
    const parsed = parsePolicy(requireCaseFile(folder, one, name), defaultLimits)
    if (parsed.ok) return [parsed.value]
    problems.push(...parsed.problems)
    return []
  }
  const rootPolicies = files.flatMap(parse)
  const referenced = listCasePolicies(folder, one)
    .filter((name) => !files.includes(name) && !setup.invalidReferencedPolicies?.includes(name))
    .flatMap(parse)
  const resolve = buildResolver(referenced)
  for (const policy of [...rootPolicies, ...referenced]) problems.push(...errorsIn(policy, resolve, one))
  if (problems.length > 0) return { kind: 'policy-rejected', problems }
  const root = files.length > 0 ? joinRoots(rootPolicies, setup) : findRoot(referenced, setup)
  if (root === undefined) throw new Error('no policy of the case is its root')
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

/** None when the root is one of the policies that can be referred to. */
function rootFiles(folder: string, one: ConformanceCase): readonly string[] {
  const { rootPolicies, rootPolicyRef } = one.setup
  if (rootPolicies !== undefined) return rootPolicies
  if (typeof rootPolicyRef === 'string' && readCaseFile(folder, one, rootPolicyRef) !== undefined)
    return [rootPolicyRef]
  if (rootPolicyRef !== undefined) return []
  return readCaseFile(folder, one, 'Policy.xml') === undefined && listCasePolicies(folder, one).length > 0
    ? []
    : ['Policy.xml']
}

/** The one that is named, in its newest version; else the only one that none of the others refers to. */
function findRoot(all: readonly (Policy | PolicySet)[], { rootPolicyRef }: Setup): Policy | PolicySet | undefined {
  if (rootPolicyRef !== undefined) {
    const wanted = typeof rootPolicyRef === 'string' ? { id: rootPolicyRef } : rootPolicyRef
    return newestAccepted({ kind: 'PolicySetIdReference', at: { line: 1, column: 1 }, ...wanted }, all)
  }
  const referred = new Set(all.flatMap((policy) => gatherTree(policy).references.map(({ id }) => id)))
  const [only, ...more] = all.filter(({ id }) => !referred.has(id))
  return more.length === 0 ? only : undefined
}

/**
 * A reference to nothing is refused where a case accepts that, else it is an Indeterminate when a decision reaches it
 * (section 7.15): the standard leaves the choice.
 */
function errorsIn(policy: Policy | PolicySet, resolve: Resolve, one: ConformanceCase): readonly Problem[] {
  const lenient = one.setup.invalidReferencedPolicies !== undefined || !isAccepted(one, 'policy-rejected')
  return checkPolicy(policy, { limits: defaultLimits, resolve }).filter(
    ({ severity, code }) => severity === 'error' && !(lenient && code === 'XACML-UNRESOLVED-REFERENCE'),
  )
}

/** Whether an outcome is the expected one, or as good. */
export const isAccepted = ({ expect }: ConformanceCase, outcome: string): boolean =>
  expect.outcome === outcome || (expect.alternatives ?? []).includes(outcome)

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
      .filter(({ issuer }) => wanted.issuer === undefined || issuer === wanted.issuer)
      .flatMap(({ values, dataType }) => values.map((text) => dataTypes.get(dataType)!.parse(text)!))
}

function hierarchyOf(children: Readonly<Record<string, readonly string[]>>): Hierarchy {
  return (resource) => children[String(resource)] ?? []
}
