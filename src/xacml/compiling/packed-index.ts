/**
 * An index as it is walked: all of its nodes in one array of integers, so that a step from node to node is one look into
 * memory. A node that changes is written anew at the end, and the one above pointed there; when half of the array is left
 * behind, all is written anew.
 *
 * An address is 0 for nothing, positive for a branching, negative for a leaf that begins at its opposite.
 *
 * Branching: column · address of the rest · place in `whenEmpty` · size of the table · codes in it · the table. A table of
 * size n >= 0 has the address for each code below n; one of size -n has n pairs of code and address, by open addressing.
 *
 * Leaf: number of children · for each of them its place in `entries` · its length in cells · operator of its comparison,
 * or -1 · the two sides, a constant as the opposite of 1 + its place · for each requirement its column, the number of
 * windows, and for each window its first code and its bits.
 */
import type { Guards, Side } from './guards.ts'
import type { Operator } from './node.ts'
import type { Branching, Entry, IndexNode, Leaf, LeafEntry } from './target-index.ts'
import type { Slot } from './vocabulary.ts'

export interface PackedIndex {
  cells: Int32Array
  used: number
  /** Cells that nothing points to any more. */
  wasted: number
  /** Two for each child in a leaf: what to test after the way there (OPEN), and what its guards leave of it (PROVEN). */
  entries: Entry[]
  /** Of comparisons. */
  constants: number[]
  /** Children that an empty bag may make Indeterminate, by branching. */
  whenEmpty: (readonly Entry[])[]
  /** By index, those that are asked for. */
  readonly slots: (Slot | undefined)[]
}

export const newPackedIndex = (): PackedIndex => ({
  cells: new Int32Array(64),
  used: 1,
  wasted: 0,
  entries: [],
  constants: [],
  whenEmpty: [],
  slots: [],
})

export const NOTHING = 0
/** In place of an operator: there is no comparison. */
export const NONE = -1
/** In the order of their numbers. */
const operators: readonly Operator[] = ['=', '>', '>=', '<', '<=']

const tableAt = 5

/* ── reading ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/** The address of the branch for a code. */
export function branchAt(cells: Int32Array, at: number, code: number): number {
  const size = cells[at + 3]!
  if (size >= 0) return code < size ? cells[at + tableAt + code]! : NOTHING
  return cells[pairOf(cells, at, -size - 1, code) + 1]!
}

/** Where the pair of a code is, or the free one where it would be. At least half of them are free. */
function pairOf(cells: Int32Array, at: number, mask: number, code: number): number {
  let pair = scatter(code) & mask
  for (;;) {
    const found = cells[at + tableAt + 2 * pair]!
    if (found === code || found === FREE) return at + tableAt + 2 * pair
    pair = (pair + 1) & mask
  }
}

const FREE = -1

function scatter(code: number): number {
  const product = Math.imul(code, 0x9e3779b1)
  return product ^ (product >>> 15)
}

/* ── writing ─────────────────────────────────────────────────────────────────────────────────────────────────── */

/** Everything anew. */
export function packAll(packed: PackedIndex, root: IndexNode): void {
  packed.used = 1
  packed.wasted = 0
  packed.entries = []
  packed.constants = []
  packed.whenEmpty = []
  forget(root)
  packTree(packed, root)
}

function forget(node: IndexNode): void {
  node.length = 0
  if (node.kind === 'Leaf') return
  for (const branch of node.branches.values()) forget(branch)
  if (node.rest !== undefined) forget(node.rest)
}

/** Whether it is time for that. */
export const isWasteful = ({ used, wasted }: PackedIndex): boolean => wasted > 1_024 && wasted * 2 > used

/** A new node, and all below it. */
export function packTree(packed: PackedIndex, node: IndexNode): void {
  if (node.kind === 'Leaf') {
    packLeaf(packed, node)
    return
  }
  for (const branch of node.branches.values()) packTree(packed, branch)
  if (node.rest !== undefined) packTree(packed, node.rest)
  packBranching(packed, node)
}

/** What a node took is left behind; nobody looks there any more once the one above it points elsewhere. */
export function leave(packed: PackedIndex, node: IndexNode): void {
  packed.wasted += node.length
  node.length = 0
}

function place(packed: PackedIndex, node: IndexNode, length: number): number {
  leave(packed, node)
  const at = packed.used
  packed.used += length
  if (packed.used > packed.cells.length) {
    const larger = new Int32Array(Math.max(packed.used, Math.ceil(packed.cells.length * 1.5)))
    larger.set(packed.cells)
    packed.cells = larger
  }
  node.length = length
  node.address = node.kind === 'Leaf' ? -at : at
  return at
}

/** A leaf that is new, or has changed. */
export function packLeaf(packed: PackedIndex, leaf: Leaf): void {
  const length = leaf.entries.reduce((sum, { guards }) => sum + lengthOf(guards), 1)
  const at = place(packed, leaf, length)
  packed.cells[at] = leaf.entries.length
  let to = at + 1
  for (const entry of leaf.entries) to = packEntry(packed, entry, to)
}

const lengthOf = ({ requirements }: Guards): number =>
  requirements.reduce((sum, { windows }) => sum + 2 + 2 * windows.length, 5)

function packEntry(packed: PackedIndex, { entry, proven, guards }: LeafEntry, at: number): number {
  const { cells } = packed
  const { requirements, comparison } = guards
  cells[at] = packed.entries.push(entry, proven) - 2
  cells[at + 1] = lengthOf(guards)
  cells[at + 2] = comparison === undefined ? NONE : operators.indexOf(comparison.operator)
  cells[at + 3] = comparison === undefined ? 0 : sideOf(packed, comparison.left)
  cells[at + 4] = comparison === undefined ? 0 : sideOf(packed, comparison.right)
  let to = at + 5
  for (const { slot, column, windows } of requirements) {
    remember(packed, slot)
    cells[to++] = column
    cells[to++] = windows.length
    for (const { from, bits } of windows) {
      cells[to++] = from
      cells[to++] = bits
    }
  }
  return to
}

function sideOf({ constants }: PackedIndex, side: Side): number {
  return 'slot' in side ? side.slot : -constants.push(side.constant)
}

function remember({ slots }: PackedIndex, slot: Slot): void {
  while (slots.length <= slot.index) slots.push(undefined)
  slots[slot.index] = slot
}

/** A branching that is new, or has outgrown its table. */
function packBranching(packed: PackedIndex, node: Branching): void {
  const { branches } = node
  const highest = [...branches.keys()].reduce((max, code) => Math.max(max, code), -1)
  const isDense = highest < 16 + 4 * branches.size
  const room = isDense ? highest + 1 + (branches.size >> 1) : powerOfTwo(4 * branches.size)
  const at = place(packed, node, tableAt + (isDense ? room : 2 * room))
  const { cells } = packed
  remember(packed, node.slot)
  cells[at] = node.column
  cells[at + 1] = node.rest?.address ?? NOTHING
  cells[at + 2] = packed.whenEmpty.push(node.whenEmpty) - 1
  cells[at + 3] = isDense ? room : -room
  cells[at + 4] = 0
  cells.fill(NOTHING, at + tableAt, packed.used)
  if (!isDense) for (let pair = at + tableAt; pair < packed.used; pair += 2) cells[pair] = FREE
  for (const [code, branch] of branches) setCell(cells, at, code, branch.address)
}

const powerOfTwo = (atLeast: number): number => 2 ** Math.ceil(Math.log2(Math.max(atLeast, 2)))

/** False when the table has no room for the code. */
function setCell(cells: Int32Array, at: number, code: number, address: number): boolean {
  const size = cells[at + 3]!
  if (size >= 0) {
    if (code < size) cells[at + tableAt + code] = address
    return code < size
  }
  const pair = pairOf(cells, at, -size - 1, code)
  if (cells[pair] === FREE) {
    if (2 * (cells[at + 4]! + 1) > -size) return false
    cells[at + 4]! += 1
    cells[pair] = code
  }
  cells[pair + 1] = address
  return true
}

/** The branch of a code is where it is now, or gone. May move the branching itself. */
export function pointBranch(packed: PackedIndex, node: Branching, code: number): void {
  const address = node.branches.get(code)?.address ?? NOTHING
  if (!setCell(packed.cells, node.address, code, address)) packBranching(packed, node)
}

/** The same of the rest. */
export function pointRest({ cells }: PackedIndex, node: Branching): void {
  cells[node.address + 1] = node.rest?.address ?? NOTHING
}
