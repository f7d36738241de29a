/** A repository of policies held in memory: what references are resolved against (section 7.15). */
import type { Policy, PolicyReference, PolicySet } from '../model/policy.ts'
import { newestAccepted } from './version.ts'

/** A PolicyIdReference finds policies only, a PolicySetIdReference policy sets only; of several versions, the newest. */
export function buildResolver(
  all: readonly (Policy | PolicySet)[],
): (reference: PolicyReference) => Policy | PolicySet | undefined {
  const byName = groupByName(all)
  return (reference) => {
    const kind = reference.kind === 'PolicyIdReference' ? 'Policy' : 'PolicySet'
    return newestAccepted(reference, byName.get(`${kind} ${reference.id}`) ?? [])
  }
}

const nameOf = (policy: Policy | PolicySet) => `${policy.kind} ${policy.id}`

function groupByName(all: readonly (Policy | PolicySet)[]): Map<string, (Policy | PolicySet)[]> {
  const groups = new Map<string, (Policy | PolicySet)[]>()
  for (const policy of all) {
    const group = groups.get(nameOf(policy))
    if (group === undefined) groups.set(nameOf(policy), [policy])
    else group.push(policy)
  }
  return groups
}
