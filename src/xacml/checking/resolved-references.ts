/** Sections 5.10, 5.11 and 7.15: references find something, and never lead back to themselves. */
import type { Policy, PolicyReference, PolicySet, PolicySetChild } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { type Check, type CheckOptions, error } from './check.ts'

export const resolvedReferences: Check = function* ({ root, references }, { resolve, limits }) {
  if (resolve === undefined) return
  for (const reference of references) {
    if (resolve(reference) !== undefined) continue
    const what = reference.kind === 'PolicyIdReference' ? 'policy' : 'policy set'
    yield error(
      'XACML-UNRESOLVED-REFERENCE',
      reference.at,
      `no ${what} \`${reference.id}\` of an accepted version is known`,
    )
  }
  yield* findCycle(root, resolve, limits.policyDepth)
}

type Resolve = NonNullable<CheckOptions['resolve']>

/** Each policy set is walked once, so the work is bounded by what there is. */
function* findCycle(root: Policy | PolicySet, resolve: Resolve, deepest: number): Iterable<Problem> {
  const finished = new Set<PolicySet>()
  const found = walk(root, [], undefined)
  if (found !== undefined) yield found

  function walk(
    element: PolicySetChild,
    open: readonly PolicySet[],
    entry: PolicyReference | undefined,
  ): Problem | undefined {
    if (element.kind === 'Policy') return undefined
    if (element.kind !== 'PolicySet') {
      const next = resolve(element)
      return next && walk(next, open, entry ?? element)
    }
    if (open.includes(element)) {
      const message = `policy set \`${element.id}\` contains itself by way of references; break the cycle`
      return error('XACML-REFERENCE-CYCLE', (entry ?? element).at, message)
    }
    if (finished.has(element)) return undefined
    if (open.length >= deepest) {
      const message = 'policy sets are nested deeper than the limit `policyDepth` allows, references followed'
      return error('XACML-TOO-DEEP', (entry ?? element).at, message)
    }
    for (const child of element.children) {
      const problem = walk(child, [...open, element], entry)
      if (problem !== undefined) return problem
    }
    finished.add(element)
    return undefined
  }
}
