/**
 * An index over the targets of children: a tree that asks for one attribute at a time, so that the cost of finding the
 * children that may apply follows their number, not the number of children. It only ever leaves out a child whose
 * requirements prove it NotApplicable without error; the order of children is kept.
 */
import { comparisonOf, type GuardedRequirement, type Guards, guardOf, type NumberComparison } from './guards.ts'
import type { Node, Test, Tests } from './node.ts'
import {
  isWasteful,
  leave,
  newPackedIndex,
  type PackedIndex,
  packAll,
  packLeaf,
  packTree,
  pointBranch,
  pointRest,
} from './packed-index.ts'
import { columnOf } from './prepare.ts'
import { type Requirement, requirementsOf } from './requirement.ts'
import type { Slot, Vocabulary } from './vocabulary.ts'

export interface TargetIndex {
  readonly kind: 'Tree'
  /** What is built and changed. */
  root: IndexNode
  /** The same, as it is walked. */
  readonly packed: PackedIndex
  readonly targetOnly: boolean
  readonly vocabulary: Vocabulary
}

/** A child that may apply. */
export interface Entry {
  readonly child: Node
  /** Children are evaluated by this, ascending. Two entries of one order are the same child. */
  readonly order: number
  /** What is left to test of the child's target. */
  readonly target: Tests
}

/** One child in one leaf. */
export interface LeafEntry {
  /** After the way to this leaf. */
  readonly entry: Entry
  readonly guards: Guards
  /** After the guards too. */
  readonly proven: Entry
}

/** Either the children that are left, or one more attribute to ask for. */
export type IndexNode = Leaf | Branching

/** Where the packed form has a node, and how many cells of it. */
interface Packed {
  address: number
  length: number
}

export interface Leaf extends Packed {
  readonly kind: 'Leaf'
  /** Ascending by order. */
  readonly entries: LeafEntry[]
}

export interface Branching extends Packed {
  readonly kind: 'Branching'
  readonly slot: Slot
  readonly folded: boolean
  /** Where a prepared request has the code for it. */
  readonly column: number
  readonly branches: Map<number, IndexNode>
  /** Children that an empty bag may make Indeterminate (MustBePresent). */
  readonly whenEmpty: Entry[]
  /** Children that do not ask for this attribute. */
  rest: IndexNode | undefined
}

/** A child on its way down the tree. */
export interface Item extends Entry {
  readonly requirements: readonly Coded[]
  /** Never of the children of only-one-applicable, which looks at targets first. */
  readonly comparison: NumberComparison | undefined
}

/** A requirement with its keys as codes. */
export interface Coded extends Column {
  readonly codes: readonly number[]
  readonly strict: boolean
  readonly proves: Test | undefined
}

/** Up to this many children, testing each is as fast as looking one up. */
const leafSize = 2
/** A column that would copy children into more leaves than this, on average, is not used. */
const maximumCopies = 12
/** A column must be expected to leave at most this share of the children. */
const worthwhile = 0.75

export function buildIndex(children: readonly Node[], targetOnly: boolean, vocabulary: Vocabulary): TargetIndex {
  const given = { targetOnly, vocabulary }
  const items = children.map((child, order) => itemOf(child, order, given))
  const root = build(items, [])
  const packed = newPackedIndex()
  packAll(packed, root)
  return { kind: 'Tree', root, packed, ...given }
}

/** Adds a child at its place in the order. `order` must not be in use. */
export function insertChild(index: TargetIndex, child: Node, order: number): void {
  index.root = insert(index.root, itemOf(child, order, index), [], index)
  tidy(index)
}

/** Takes a child out again: `child` and `order` as they were inserted. */
export function removeChild(index: TargetIndex, child: Node, order: number): void {
  const left = remove(index.root, itemOf(child, order, index), index)
  index.root = left ?? packedLeaf(index, [])
  tidy(index)
}

function tidy({ packed, root }: TargetIndex): void {
  if (isWasteful(packed)) packAll(packed, root)
}

export function itemOf(child: Node, order: number, index: Given): Item {
  return itemAt({ child, order, target: targetOf(child) }, index)
}

const itemAt = (entry: Entry, index: Given): Item => ({
  ...entry,
  requirements: codedRequirements(entry.child, index),
  comparison: index.targetOnly ? undefined : comparisonOf(entry.child),
})

type Given = Pick<TargetIndex, 'targetOnly' | 'vocabulary'>

/** Requirements that cannot be asked by number are dropped: the child is then found without them. */
function codedRequirements(child: Node, { targetOnly, vocabulary }: Given): readonly Coded[] {
  return requirementsOf(child, targetOnly).flatMap((requirement) => {
    const codes = requirement.slot.index < 0 ? undefined : encodeAll(requirement, vocabulary)
    if (codes === undefined) return []
    const { slot, folded, strict, proves } = requirement
    return [{ slot, folded, codes, strict, proves }]
  })
}

function encodeAll({ slot, folded, keys }: Requirement, vocabulary: Vocabulary): readonly number[] | undefined {
  const codes: number[] = []
  for (const key of keys) {
    const code = vocabulary.encode(slot, folded, key)
    if (code === undefined) return undefined
    codes.push(code)
  }
  return codes
}

const nothing: Tests = []
const targetOf = (child: Node): Tests => ('target' in child ? child.target : nothing)

/** `path`: the attributes that the way to the leaf has asked for. */
function leafEntryOf(item: Item, path: readonly Column[]): LeafEntry {
  const entry = entryOf(item)
  const guards: GuardedRequirement[] = []
  let target = entry.target
  for (const requirement of item.requirements) {
    if (path.some((column) => requirementOn(item, column) === requirement)) continue
    const guard = guardOf(requirement)
    if (guard === undefined) continue
    guards.push(guard)
    target = without(target, requirement.proves)
  }
  const comparison = mayCompare(entry.child, target) ? item.comparison : undefined
  const isSame = target === entry.target && comparison === undefined
  const proven = isSame ? entry : { child: comparison?.proven ?? entry.child, order: entry.order, target }
  return { entry, guards: { requirements: guards, comparison }, proven }
}

const entryOf = ({ child, order, target }: Item): Entry => ({ child, order, target })

/**
 * A rule with a target in error is Indeterminate whatever its condition comes to (section 7.11), so nothing may be left of
 * its target. A policy with a target in error is NotApplicable all the same when its rule is (section 7.12, table 7).
 */
const mayCompare = (child: Node, left: Tests): boolean => child.kind !== 'Rule' || left.length === 0

function without(target: Tests, proven: Test | undefined): Tests {
  if (proven === undefined) return target
  const left = target.filter((test) => test !== proven)
  return left.length === 0 ? nothing : left
}

const leafOf = (entries: LeafEntry[]): Leaf => ({ kind: 'Leaf', entries, address: 0, length: 0 })

/* ── building ────────────────────────────────────────────────────────────────────────────────────────────────── */

export interface Column {
  readonly slot: Slot
  readonly folded: boolean
}

export interface Statistics extends Column {
  readonly codes: Set<number>
  covered: number
  copies: number
}

function build(items: readonly Item[], path: readonly Column[]): IndexNode {
  const column = items.length <= leafSize ? undefined : bestColumn(items, path)
  if (column === undefined) return leafOf(items.map((item) => leafEntryOf(item, path)))
  const deeper = [...path, column]
  const parts = new Map<number, Item[]>()
  const rest: Item[] = []
  const whenEmpty: Entry[] = []
  for (const item of items) {
    const requirement = requirementOn(item, column)
    if (requirement === undefined) rest.push(item)
    else {
      if (requirement.strict) whenEmpty.push(entryOf(item))
      const proven = withProof(item, requirement)
      for (const code of requirement.codes) push(parts, code, proven)
    }
  }
  const { slot, folded } = column
  return {
    kind: 'Branching',
    slot,
    folded,
    column: columnOf(slot, folded),
    branches: new Map([...parts].map(([code, part]) => [code, build(part, deeper)])),
    whenEmpty,
    rest: rest.length > 0 ? build(rest, deeper) : undefined,
    address: 0,
    length: 0,
  }
}

export function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

export const requirementOn = (item: Pick<Item, 'requirements'>, { slot, folded }: Column): Coded | undefined =>
  item.requirements.find((requirement) => requirement.slot === slot && requirement.folded === folded)

/** Below a branch the test that led there has been made. */
const withProof = (item: Item, { proves }: Coded): Item => ({ ...item, target: without(item.target, proves) })

/** The share of the children that the first attribute asked for leaves, at a guess; 1 when none is worth asking for. */
export function expectedShare(items: readonly Item[]): number {
  const column = bestColumn(items, [])
  return column === undefined ? 1 : expectedLeft(column, items.length) / items.length
}

export const expectedLeft = ({ copies, covered, codes }: Statistics, count: number): number =>
  copies / (codes.size + 1) + count - covered

/** The column that leaves the fewest children for a request drawn at random, if any is worth asking for. */
function bestColumn(items: readonly Item[], path: readonly Column[]): Statistics | undefined {
  let best: Statistics | undefined
  let fewest = items.length * worthwhile
  for (const column of statisticsOf(items, path)) {
    if (column.copies > maximumCopies * column.covered) continue
    const expected = expectedLeft(column, items.length)
    if (expected < fewest) {
      fewest = expected
      best = column
    }
  }
  return best
}

export function statisticsOf(items: readonly Item[], path: readonly Column[]): readonly Statistics[] {
  const plain = new Map<Slot, Statistics>()
  const folded = new Map<Slot, Statistics>()
  for (const item of items) {
    for (const requirement of item.requirements) {
      if (requirementOn(item, requirement) !== requirement || isOn(path, requirement)) continue
      const columns = requirement.folded ? folded : plain
      let column = columns.get(requirement.slot)
      if (column === undefined) {
        column = { slot: requirement.slot, folded: requirement.folded, codes: new Set(), covered: 0, copies: 0 }
        columns.set(requirement.slot, column)
      }
      column.covered += 1
      column.copies += requirement.codes.length
      for (const code of requirement.codes) column.codes.add(code)
    }
  }
  return [...plain.values(), ...folded.values()]
}

const isOn = (path: readonly Column[], { slot, folded }: Column): boolean =>
  path.some((column) => column.slot === slot && column.folded === folded)

/* ── changing ────────────────────────────────────────────────────────────────────────────────────────────────── */

function insert(node: IndexNode, item: Item, path: readonly Column[], index: TargetIndex): IndexNode {
  const { packed } = index
  if (node.kind === 'Leaf') {
    insertInOrder(node.entries, leafEntryOf(item, path), ({ entry }) => entry.order)
    if (isPowerOfTwo(node.entries.length)) return rebuild(node, path, index)
    packLeaf(packed, node)
    return node
  }
  const deeper = [...path, node]
  const requirement = requirementOn(item, node)
  if (requirement === undefined) {
    node.rest = insert(node.rest ?? leafOf([]), item, deeper, index)
    pointRest(packed, node)
    return node
  }
  if (requirement.strict) insertInOrder(node.whenEmpty, entryOf(item), ({ order }) => order)
  const proven = withProof(item, requirement)
  for (const code of requirement.codes) {
    node.branches.set(code, insert(node.branches.get(code) ?? leafOf([]), proven, deeper, index))
    pointBranch(packed, node, code)
  }
  return node
}

function insertInOrder<T>(list: T[], one: T, orderOf: (one: T) => number): void {
  let at = list.length
  while (at > 0 && orderOf(list[at - 1]!) > orderOf(one)) at--
  list.splice(at, 0, one)
}

/** A leaf whose children share no column is not tried again at every insertion. */
const isPowerOfTwo = (count: number): boolean => count > leafSize && (count & (count - 1)) === 0

function rebuild(leaf: Leaf, path: readonly Column[], index: TargetIndex): IndexNode {
  const items = leaf.entries.map(({ entry }) => itemAt(entry, index))
  const built = build(items, path)
  leave(index.packed, leaf)
  packTree(index.packed, built)
  return built
}

function packedLeaf(index: TargetIndex, entries: LeafEntry[]): Leaf {
  const leaf = leafOf(entries)
  packLeaf(index.packed, leaf)
  return leaf
}

/** The node without the child, or undefined when nothing is left of it. */
function remove(node: IndexNode, item: Item, index: TargetIndex): IndexNode | undefined {
  if (node.kind === 'Leaf') return removeFromLeaf(node, item, index)
  const requirement = requirementOn(item, node)
  if (requirement === undefined) {
    node.rest = node.rest === undefined ? undefined : remove(node.rest, item, index)
    pointRest(index.packed, node)
  } else {
    if (requirement.strict) drop(node.whenEmpty, item, ({ order }) => order)
    for (const code of requirement.codes) removeFromBranch(node, code, item, index)
  }
  if (node.branches.size > 0) return node
  leave(index.packed, node)
  return node.rest
}

function removeFromLeaf(leaf: Leaf, item: Item, { packed }: TargetIndex): Leaf | undefined {
  drop(leaf.entries, item, ({ entry }) => entry.order)
  if (leaf.entries.length > 0) {
    packLeaf(packed, leaf)
    return leaf
  }
  leave(packed, leaf)
  return undefined
}

function removeFromBranch(node: Branching, code: number, item: Item, index: TargetIndex): void {
  const branch = node.branches.get(code)
  if (branch === undefined) return
  const left = remove(branch, item, index)
  if (left === undefined) node.branches.delete(code)
  else node.branches.set(code, left)
  pointBranch(index.packed, node, code)
}

function drop<T>(list: T[], { order }: Item, orderOf: (one: T) => number): void {
  const at = list.findIndex((one) => orderOf(one) === order)
  if (at >= 0) list.splice(at, 1)
}
