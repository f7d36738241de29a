/** All that is wrong with a policy document that can be known without a request. */
import type { Policy, PolicySet } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { argumentTypes } from './argument-types.ts'
import type { Check, CheckOptions } from './check.ts'
import { knownAlgorithms } from './known-algorithms.ts'
import { knownDataTypes } from './known-data-types.ts'
import { knownFunctions } from './known-functions.ts'
import { literalValues } from './literal-values.ts'
import { paths } from './paths.ts'
import { patterns } from './patterns.ts'
import { gatherTree } from './policy-tree.ts'
import { resolvedReferences } from './resolved-references.ts'
import { size } from './size.ts'
import { uniqueIdentifiers } from './unique-identifiers.ts'
import { unreachableRules } from './unreachable-rules.ts'
import { unsupportedElements } from './unsupported-elements.ts'
import { variables } from './variables.ts'
import { versions } from './versions.ts'

const checks: readonly Check[] = [
  size, // bounds on everything that follows
  versions, // 5.12, 5.13
  uniqueIdentifiers, // 5.2, 5.14, 5.21
  unsupportedElements, // 5.4, 5.15 to 5.19
  knownAlgorithms, // appendix C
  knownFunctions, // A.3
  knownDataTypes, // A.2
  literalValues, // 5.31
  variables, // 7.8
  argumentTypes, // 7.5, 5.24, 5.25, A.3.12
  patterns, // A.3.13
  paths, // 7.3.7
  resolvedReferences, // 7.15
  unreachableRules,
]

/**
 * In document order, errors and warnings mixed. A policy without errors can be evaluated: that is what the evaluators
 * rest on. References are looked at when `resolve` is given; what they find is not checked here, but on its own.
 */
export function checkPolicy(policy: Policy | PolicySet, options: CheckOptions): readonly Problem[] {
  const tree = gatherTree(policy)
  return checks.flatMap((check) => [...check(tree, options)]).sort(byPosition)
}

function byPosition(a: Problem, b: Problem): number {
  return (a.at?.line ?? 0) - (b.at?.line ?? 0) || (a.at?.column ?? 0) - (b.at?.column ?? 0)
}
