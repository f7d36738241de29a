/**
 * An index over the targets of children: a tree that asks for one attribute at a time, so that the cost of finding the
 * children that may apply follows their number, not the number of children. It only ever leaves out a child whose
 * requirements prove it NotApplicable without error; the order of children is kept.
 */
import { type Branches, branchesOf, branchOf, removeBranch, setBranch } from './branches.ts'
import type { Node, Test, Tests } from './node.ts'
import { columnOf } from './prepare.ts'
import { type Requirement, requirementsOf } from './requirement.ts'
import type { Slot, Vocabulary } from './vocabulary.ts'

export interface TargetIndex {
  readonly kind: 'Tree'
  root: IndexNode
  readonly targetOnly: boolean
  readonly vocabulary: Vocabulary
}

/** One child in one leaf. */
export interface Entry {
  readonly child: Node
  /** Children are evaluated by this, ascending. Two entries of one order are the same child. */
  readonly order: number
  /** What is left to test of the child's target after the way to this leaf. */
  readonly target: Tests
}

/** Either the children that are left, or one more attribute to ask for. */
export type IndexNode = Entry[] | Branching

export interface Branching extends Branches {
  readonly slot: Slot
  readonly folded: boolean
  /** Where a prepared request has the code for it. */
  readonly column: number
  /** Children that an empty bag may make Indeterminate (MustBePresent). */
  readonly whenEmpty: Entry[]
  /** Children that do not ask for this attribute. */
  rest: IndexNode | undefined
}

export const isLeaf = (node: IndexNode): node is Entry[] => Array.isArray(node)

/** A child on its way down the tree. */
export interface Item extends Entry {
  readonly requirements: readonly Coded[]
}

/** A requirement with its keys as codes. */
interface Coded extends Column {
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
  const index: TargetIndex = { kind: 'Tree', root: [], targetOnly, vocabulary }
  index.root = build(
    children.map((child, order) => itemOf(child, order, index)),
    [],
  )
  return index
}

/** Adds a child at its place in the order. `order` must not be in use. */
export function insertChild(index: TargetIndex, child: Node, order: number): void {
  index.root = insert(index.root, itemOf(child, order, index), [], index)
}

/** Takes a child out again: `child` and `order` as they were inserted. */
export function removeChild(index: TargetIndex, child: Node, order: number): void {
  index.root = remove(index.root, itemOf(child, order, index)) ?? []
}

export function itemOf(child: Node, order: number, index: Pick<TargetIndex, 'targetOnly' | 'vocabulary'>): Item {
  return { child, order, target: targetOf(child), requirements: codedRequirements(child, index) }
}

/** Requirements that cannot be coded are dropped: the child is then found without them. */
function codedRequirements(
  child: Node,
  { targetOnly, vocabulary }: Pick<TargetIndex, 'targetOnly' | 'vocabulary'>,
): readonly Coded[] {
  return requirementsOf(child, targetOnly).flatMap((requirement) => {
    const codes = encodeAll(requirement, vocabulary)
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

const entryOf = ({ child, order, target }: Item): Entry => ({ child, order, target })

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
  if (column === undefined) return items.map(entryOf)
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
  const { dense, sparse, count } = branchesOf([...parts].map(([code, part]) => [code, build(part, deeper)]))
  const { slot, folded } = column
  return {
    slot,
    folded,
    column: columnOf(slot, folded),
    dense,
    sparse,
    count,
    whenEmpty,
    rest: rest.length > 0 ? build(rest, deeper) : undefined,
  }
}

export function push<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key)
  if (list === undefined) lists.set(key, [value])
  else list.push(value)
}

export const requirementOn = (item: Item, { slot, folded }: Column): Coded | undefined =>
  item.requirements.find((requirement) => requirement.slot === slot && requirement.folded === folded)

/** Below a branch the test that led there has been made. */
function withProof(item: Item, { proves }: Coded): Item {
  if (proves === undefined) return item
  const target = item.target.filter((test) => test !== proves)
  return { ...item, target: target.length === 0 ? nothing : target }
}

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
  if (isLeaf(node)) {
    insertInOrder(node, entryOf(item))
    return isPowerOfTwo(node.length) ? rebuild(node, path, index) : node
  }
  const deeper = [...path, node]
  const requirement = requirementOn(item, node)
  if (requirement === undefined) {
    node.rest = insert(node.rest ?? [], item, deeper, index)
    return node
  }
  if (requirement.strict) insertInOrder(node.whenEmpty, entryOf(item))
  const proven = withProof(item, requirement)
  for (const code of requirement.codes) {
    setBranch(node, code, insert(branchOf(node, code) ?? [], proven, deeper, index))
  }
  return node
}

/** Entries of a leaf ascend. */
function insertInOrder(entries: Entry[], entry: Entry): void {
  let at = entries.length
  while (at > 0 && entries[at - 1]!.order > entry.order) at--
  entries.splice(at, 0, entry)
}

/** A leaf whose children share no column is not tried again at every insertion. */
const isPowerOfTwo = (count: number): boolean => count > leafSize && (count & (count - 1)) === 0

function rebuild(leaf: readonly Entry[], path: readonly Column[], index: TargetIndex): IndexNode {
  const items = leaf.map((entry) => ({ ...entry, requirements: codedRequirements(entry.child, index) }))
  return build(items, path)
}

/** The node without the child, or undefined when nothing is left of it. */
function remove(node: IndexNode, item: Item): IndexNode | undefined {
  if (isLeaf(node)) {
    drop(node, item)
    return node.length === 0 ? undefined : node
  }
  const requirement = requirementOn(item, node)
  if (requirement === undefined) {
    node.rest = node.rest === undefined ? undefined : remove(node.rest, item)
  } else {
    if (requirement.strict) drop(node.whenEmpty, item)
    for (const code of requirement.codes) removeFrom(node, code, item)
  }
  return node.count === 0 ? node.rest : node
}

function removeFrom(branches: Branches, code: number, item: Item): void {
  const branch = branchOf(branches, code)
  if (branch === undefined) return
  const left = remove(branch, item)
  if (left === undefined) removeBranch(branches, code)
  else setBranch(branches, code, left)
}

function drop(entries: Entry[], { order }: Item): void {
  const at = entries.findIndex((entry) => entry.order === order)
  if (at >= 0) entries.splice(at, 1)
}
