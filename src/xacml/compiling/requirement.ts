/**
 * What must hold for a node to be anything but NotApplicable: the ground on which an index may skip it. A requirement is
 * a promise in one direction only: when the bag of its slot could be read without error and holds none of its keys, the
 * node is NotApplicable without error. In a target one test that does not match outweighs every error in the others
 * (section 7.7), so each test stands as a requirement of its own.
 */
import type { CombiningNode, Key, Node, Test, Tests } from './node.ts'
import type { Slot } from './vocabulary.ts'

export interface Requirement {
  readonly slot: Slot
  readonly folded: boolean
  readonly keys: ReadonlySet<Key>
  /** Somewhere MustBePresent is set: with an empty bag the node may be Indeterminate and must not be skipped. */
  readonly strict: boolean
  /** The test of the node's own target that says exactly this: it need not be made again when the index has. */
  readonly proves: Test | undefined
}

/** With more keys than this a column tells too little to be worth the copies. */
const maximumKeys = 1_024

/** Of nodes below that have been looked at: references reach a node by more ways than could be walked. */
type Known = Map<CombiningNode, readonly Requirement[]>

/** The requirements of a node. `targetOnly`: for the children of only-one-applicable, which looks at targets first. */
export function requirementsOf(node: Node, targetOnly: boolean, known: Known = new Map()): readonly Requirement[] {
  switch (node.kind) {
    case 'Rule':
      return ofTests(node.target)
    case 'Policy':
    case 'PolicySet':
      return targetOnly ? ofTests(node.target) : ofCombining(node, known)
    case 'OpenReference':
    case 'Failing':
      return []
  }
}

function ofCombining(node: CombiningNode, known: Known): readonly Requirement[] {
  const before = known.get(node)
  if (before !== undefined) return before
  const found = [...ofTests(node.target), ...ofChildren(node, known)]
  known.set(node, found)
  return found
}

function ofTests(tests: Tests): readonly Requirement[] {
  return tests.flatMap((test) => (test.kind === 'Some' ? ofAlternatives(test.tests) : ofConjunct(test, test)))
}

function ofConjunct(test: Test, proves: Test | undefined): readonly Requirement[] {
  switch (test.kind) {
    case 'Member':
      return [
        {
          slot: test.slot,
          folded: test.folded,
          keys: test.keySet ?? new Set(test.keys),
          strict: test.missing !== undefined,
          proves,
        },
      ]
    case 'Every':
      return test.tests.flatMap((part) => ofConjunct(part, undefined))
    case 'Some':
      return ofAlternatives(test.tests)
    case 'Order':
    case 'Match':
      return []
  }
}

const ofAlternatives = (tests: Tests): readonly Requirement[] => hull(tests.map((test) => ofConjunct(test, undefined)))

/** A node that starts from NotApplicable stays there while no child applies, whatever its own target comes to. */
function ofChildren(node: CombiningNode, known: Known): readonly Requirement[] {
  const { logic } = node
  if (logic === 'on-permit-apply-second') return []
  if (logic !== 'only-one-applicable' && !logic.startsNotApplicable) return []
  return hull(node.children.map((child) => requirementsOf(child, logic === 'only-one-applicable', known)))
}

/** What all alternatives require together: the columns that occur in each of them, with the keys of all. */
function hull(alternatives: readonly (readonly Requirement[])[]): readonly Requirement[] {
  const [first, ...others] = alternatives
  if (first === undefined) return []
  let joined = withoutProof(first)
  for (const other of others) {
    if (joined.length === 0) return joined
    joined = joined.flatMap((requirement) => {
      const same = other.find(({ slot, folded }) => slot === requirement.slot && folded === requirement.folded)
      return same === undefined ? [] : join(requirement, same)
    })
  }
  return joined
}

function withoutProof(requirements: readonly Requirement[]): readonly Requirement[] {
  return requirements.map((requirement) => ({ ...requirement, proves: undefined }))
}

function join(a: Requirement, b: Requirement): readonly Requirement[] {
  const keys = new Set(a.keys)
  for (const key of b.keys) keys.add(key)
  if (keys.size > maximumKeys) return []
  return [{ ...a, keys, strict: a.strict || b.strict }]
}
