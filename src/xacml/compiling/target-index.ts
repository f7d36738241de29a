/**
 * An index over the targets of children: a tree that asks for one attribute at a time, so that the cost of finding the
 * children that may apply follows their number, not the number of children. It only ever leaves out a child whose
 * requirements prove it NotApplicable without error; the order of children is kept.
 */
import type { Key, Node, Tests } from './node.ts'
import { type Requirement, requirementsOf } from './requirement.ts'
import type { Slot } from './vocabulary.ts'

export interface TargetIndex {
  root: IndexNode
  readonly targetOnly: boolean
}

/** One child in one leaf. */
export interface Entry {
  readonly child: Node
  /** Children are evaluated by this, ascending. Two entries of one order are the same child. */
  readonly order: number
  /** What is left to test of the child's target after the way to this leaf. */
  readonly target: Tests
}

export type IndexNode = Leaf | Branching

export interface Leaf {
  readonly kind: 'Leaf'
  readonly entries: Entry[]
}

export interface Branching {
  readonly kind: 'Branching'
  readonly slot: Slot
  readonly folded: boolean
  readonly branches: Map<Key, IndexNode>
  /** Children that an empty bag may make Indeterminate (MustBePresent). */
  readonly whenEmpty: Entry[]
  /** Children that do not ask for this attribute. */
  rest: IndexNode | undefined
}

/** A child on its way down the tree. */
interface Item extends Entry {
  readonly requirements: readonly Requirement[]
}

/** Up to this many children, testing each is as fast as looking one up. */
const leafSize = 2
/** A column that would copy children into more leaves than this, on average, is not used. */
const maximumCopies = 12
/** A column must be expected to leave at most this share of the children. */
const worthwhile = 0.75

export function buildIndex(children: readonly Node[], targetOnly: boolean): TargetIndex {
  const items = children.map((child, order) => itemOf(child, order, targetOnly))
  return { root: build(items, []), targetOnly }
}

/** Adds a child at its place in the order. `order` must not be in use. */
export function insertChild(index: TargetIndex, child: Node, order: number): void {
  index.root = insert(index.root, itemOf(child, order, index.targetOnly), [], index.targetOnly)
}

/** Takes a child out again: `child` and `order` as they were inserted. */
export function removeChild(index: TargetIndex, child: Node, order: number): void {
  index.root = remove(index.root, itemOf(child, order, index.targetOnly)) ?? emptyLeaf()
}

const emptyLeaf = (): Leaf => ({ kind: 'Leaf', entries: [] })

function itemOf(child: Node, order: number, targetOnly: boolean): Item {
  return { child, order, target: targetOf(child), requirements: requirementsOf(child, targetOnly) }
}

const nothing: Tests = []
const targetOf = (child: Node): Tests => ('target' in child ? child.target : nothing)

const entryOf = ({ child, order, target }: Item): Entry => ({ child, order, target })

/* ── building ────────────────────────────────────────────────────────────────────────────────────────────────── */

interface Column {
  readonly slot: Slot
  readonly folded: boolean
}

interface Statistics extends Column {
  readonly keys: Set<Key>
  covered: number
  copies: number
}

function build(items: readonly Item[], path: readonly Column[]): IndexNode {
  const column = items.length <= leafSize ? undefined : bestColumn(items, path)
  if (column === undefined) return { kind: 'Leaf', entries: items.map(entryOf) }
  const deeper = [...path, column]
  const parts = new Map<Key, Item[]>()
  const rest: Item[] = []
  const branching: Branching = {
    kind: 'Branching',
    slot: column.slot,
    folded: column.folded,
    branches: new Map(),
    whenEmpty: [],
    rest: undefined,
  }
  for (const item of items) {
    const requirement = requirementOn(item, column)
    if (requirement === undefined) rest.push(item)
    else {
      if (requirement.strict) branching.whenEmpty.push(entryOf(item))
      const proven = withProof(item, requirement)
      for (const key of requirement.keys) push(parts, key, proven)
    }
  }
  for (const [key, part] of parts) branching.branches.set(key, build(part, deeper))
  if (rest.length > 0) branching.rest = build(rest, deeper)
  return branching
}

function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

const requirementOn = (item: Item, { slot, folded }: Column): Requirement | undefined =>
  item.requirements.find((requirement) => requirement.slot === slot && requirement.folded === folded)

/** Below a branch the test that led there has been made. */
function withProof(item: Item, { proves }: Requirement): Item {
  if (proves === undefined) return item
  const target = item.target.filter((test) => test !== proves)
  return { ...item, target: target.length === 0 ? nothing : target }
}

/** The column that leaves the fewest children for a request drawn at random, if any is worth asking for. */
function bestColumn(items: readonly Item[], path: readonly Column[]): Column | undefined {
  let best: Statistics | undefined
  let fewest = items.length * worthwhile
  for (const column of statisticsOf(items, path)) {
    if (column.copies > maximumCopies * column.covered) continue
    const expected = column.copies / (column.keys.size + 1) + items.length - column.covered
    if (expected < fewest) {
      fewest = expected
      best = column
    }
  }
  return best
}

function statisticsOf(items: readonly Item[], path: readonly Column[]): readonly Statistics[] {
  const plain = new Map<Slot, Statistics>()
  const folded = new Map<Slot, Statistics>()
  for (const item of items) {
    for (const requirement of item.requirements) {
      if (requirementOn(item, requirement) !== requirement || isOn(path, requirement)) continue
      const columns = requirement.folded ? folded : plain
      let column = columns.get(requirement.slot)
      if (column === undefined) {
        column = { slot: requirement.slot, folded: requirement.folded, keys: new Set(), covered: 0, copies: 0 }
        columns.set(requirement.slot, column)
      }
      column.covered += 1
      column.copies += requirement.keys.size
      for (const key of requirement.keys) column.keys.add(key)
    }
  }
  return [...plain.values(), ...folded.values()]
}

const isOn = (path: readonly Column[], { slot, folded }: Column): boolean =>
  path.some((column) => column.slot === slot && column.folded === folded)

/* ── changing ────────────────────────────────────────────────────────────────────────────────────────────────── */

function insert(node: IndexNode, item: Item, path: readonly Column[], targetOnly: boolean): IndexNode {
  if (node.kind === 'Leaf') {
    node.entries.push(entryOf(item))
    return isPowerOfTwo(node.entries.length) ? rebuild(node, path, targetOnly) : node
  }
  const deeper = [...path, node]
  const requirement = requirementOn(item, node)
  if (requirement === undefined) {
    node.rest = insert(node.rest ?? emptyLeaf(), item, deeper, targetOnly)
    return node
  }
  if (requirement.strict) node.whenEmpty.push(entryOf(item))
  const proven = withProof(item, requirement)
  for (const key of requirement.keys) {
    node.branches.set(key, insert(node.branches.get(key) ?? emptyLeaf(), proven, deeper, targetOnly))
  }
  return node
}

/** A leaf whose children share no column is not tried again at every insertion. */
const isPowerOfTwo = (count: number): boolean => count > leafSize && (count & (count - 1)) === 0

function rebuild(leaf: Leaf, path: readonly Column[], targetOnly: boolean): IndexNode {
  const items = leaf.entries.map((entry) => ({ ...entry, requirements: requirementsOf(entry.child, targetOnly) }))
  return build(items, path)
}

/** The node without the child, or undefined when nothing is left of it. */
function remove(node: IndexNode, item: Item): IndexNode | undefined {
  if (node.kind === 'Leaf') {
    drop(node.entries, item)
    return node.entries.length === 0 ? undefined : node
  }
  const requirement = requirementOn(item, node)
  if (requirement === undefined) {
    node.rest = node.rest === undefined ? undefined : remove(node.rest, item)
  } else {
    if (requirement.strict) drop(node.whenEmpty, item)
    for (const key of requirement.keys) removeFrom(node.branches, key, item)
  }
  return node.branches.size === 0 ? node.rest : node
}

function removeFrom(branches: Map<Key, IndexNode>, key: Key, item: Item): void {
  const branch = branches.get(key)
  if (branch === undefined) return
  const left = remove(branch, item)
  if (left === undefined) branches.delete(key)
  else branches.set(key, left)
}

function drop(entries: Entry[], { order }: Item): void {
  const at = entries.findIndex((entry) => entry.order === order)
  if (at >= 0) entries.splice(at, 1)
}
