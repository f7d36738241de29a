/** The documents of a test put together: one that is asked, and what its references lead to. */
import type { Resolve } from '../evaluating/context.ts'
import type { Policy, PolicySet } from '../model/policy.ts'
import { buildResolver } from '../references/repository.ts'

/** Policies that are decided on together. */
export interface Assembly {
  readonly root: Policy | PolicySet
  /** Every document once, the root first: what coverage and mutation look at. */
  readonly documents: readonly (Policy | PolicySet)[]
  /** Documents by the id of the reference they stand for. */
  readonly bindings: ReadonlyMap<string, Policy | PolicySet>
  readonly resolve: Resolve
}

/** References find the documents and everything inside them; a binding goes before both. */
export function assemble(
  root: Policy | PolicySet,
  references: readonly (Policy | PolicySet)[] = [],
  bindings: ReadonlyMap<string, Policy | PolicySet> = new Map(),
): Assembly {
  const documents = [root, ...references]
  const bound = [...bindings].map(([id, document]) => standFor(id, document))
  const named = documents.flatMap(everything).filter(({ id }) => !bindings.has(id))
  const resolve = buildResolver([...named, ...bound])
  return { root, documents: [...documents, ...bindings.values()], bindings, resolve }
}

/** The assembly with another document in the place of its root. */
export function exchangeRoot({ documents, bindings }: Assembly, root: Policy | PolicySet): Assembly {
  return assemble(root, documents.slice(1, documents.length - bindings.size), bindings)
}

const everything = (policy: Policy | PolicySet): readonly (Policy | PolicySet)[] =>
  policy.kind === 'Policy' ? [policy] : [policy, ...policy.children.flatMap(inside)]

const inside = (child: PolicySet['children'][number]): readonly (Policy | PolicySet)[] =>
  child.kind === 'Policy' || child.kind === 'PolicySet' ? everything(child) : []

/** A policy set that bears the id of the reference: the id of what is bound is its author's business. */
function standFor(id: string, document: Policy | PolicySet): PolicySet {
  return {
    kind: 'PolicySet',
    at: document.at,
    id,
    version: document.version,
    combiningAlgorithm: 'urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:first-applicable',
    target: { at: document.at, anyOf: [] },
    children: [document],
    combinerParameters: [],
    obligations: [],
    advice: [],
  }
}
