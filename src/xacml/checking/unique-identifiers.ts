/** Sections 5.2, 5.14, 5.21: ids name one thing only; a policy may occur in several versions. */
import type { Position } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { type Check, error } from './check.ts'

export const uniqueIdentifiers: Check = function* ({ policies, policySets }) {
  for (const { rules } of policies) yield* findTwice('rule', rules)
  yield* findTwice('policy', policies.map(withVersion))
  yield* findTwice('policy set', policySets.map(withVersion))
}

const withVersion = ({ id, version, at }: { id: string; version: string; at: Position }) => ({
  id: `${id}\` version \`${version}`,
  at,
})

function* findTwice(what: string, all: readonly { readonly id: string; readonly at: Position }[]): Iterable<Problem> {
  const seen = new Set<string>()
  for (const { id, at } of all) {
    if (seen.has(id))
      yield error('XACML-DUPLICATE-ID', at, `another ${what} here has the id \`${id}\` already; rename one`)
    seen.add(id)
  }
}
