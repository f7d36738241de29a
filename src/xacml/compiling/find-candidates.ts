/** Walks an index: the children that may apply to this request, in the order in which they are to be evaluated. */

import { type Evaluation, findBag } from './evaluation.ts'
import { windowSize } from './guards.ts'
import { branchAt, NONE, NOTHING, type PackedIndex } from './packed-index.ts'
import { codesOf, SEE_BAG } from './prepare.ts'
import type { Entry, TargetIndex } from './target-index.ts'
import type { Slot } from './vocabulary.ts'

/**
 * Puts the candidates on the stack of the evaluation, from `evaluation.top` on, and returns where they end. Up to `few` of
 * them are in order, each once; more are as they were found. UNREADABLE: a bag is too large to be read, and every child
 * has to say so itself.
 */
export function findCandidates(index: TargetIndex, evaluation: Evaluation): number {
  const from = evaluation.top
  const to = walk(index.packed, index.root.address, evaluation, from)
  return to - from < 2 || to - from > few ? to : inOrder(evaluation.candidates, from, to)
}

export const few = 16
export const UNREADABLE = -1

function walk(packed: PackedIndex, start: number, evaluation: Evaluation, from: number): number {
  const { cells } = packed
  const { codes } = evaluation.prepared
  let to = from
  let at = start
  while (at > 0) {
    const column = cells[at]!
    const code = column < codes.length ? codes[column]! : SEE_BAG
    let next = cells[at + 1]!
    if (code >= 0) {
      const branch = branchAt(cells, at, code)
      if (branch < 0) to = putLeaf(packed, -branch, evaluation, to)
      else if (branch > 0 && next > 0) to = walk(packed, branch, evaluation, to)
      else if (branch > 0) {
        if (next < 0) to = putLeaf(packed, -next, evaluation, to)
        next = branch
      }
    } else if (code === SEE_BAG) to = walkBag(packed, at, evaluation, to)
    if (to < 0) return to
    at = next
  }
  return at === NOTHING ? to : putLeaf(packed, -at, evaluation, to)
}

function walkBag(packed: PackedIndex, at: number, evaluation: Evaluation, from: number): number {
  const { cells } = packed
  const column = cells[at]!
  const slot = packed.slots[column >> 1]!
  const bag = findBag(evaluation, slot)
  if (bag === undefined) return putAll(packed.whenEmpty[cells[at + 2]!]!, evaluation, from)
  if (bag.values.length > evaluation.limits.bagSize) return UNREADABLE
  const codes = codesOf(bag, slot, (column & 1) === 1)
  let to = from
  for (let i = 0; i < codes.length && to >= 0; i++) {
    to = walk(packed, branchAt(cells, at, codes[i]!), evaluation, to)
  }
  return to
}

function putAll(entries: readonly Entry[], { candidates }: Evaluation, from: number): number {
  let to = from
  for (const entry of entries) candidates[to++] = entry
  return to
}

/* ── leaves ──────────────────────────────────────────────────────────────────────────────────────────────────── */

function putLeaf(
  { cells, entries, constants, slots }: PackedIndex,
  leaf: number,
  evaluation: Evaluation,
  from: number,
) {
  let to = from
  let at = leaf + 1
  for (let left = cells[leaf]!; left > 0; left--) {
    const end = at + cells[at + 1]!
    let asked = ask(cells, at + 5, end, slots, evaluation)
    // Of a target in error no condition is looked at (section 7.11): the comparison counts where nothing is open.
    if (asked === PROVEN && cells[at + 2] !== NONE) {
      asked = compare(cells, at + 2, constants, evaluation.prepared.numbers)
    }
    if (asked !== RULED_OUT) evaluation.candidates[to++] = entries[cells[at]! + asked]!
    at = end
  }
  return to
}

/** What the guards of a child come to: which of its two entries is the candidate, by place, or neither. */
type Asked = 0 | 1 | -1
const OPEN = 0
const PROVEN = 1
const RULED_OUT = -1

function ask(cells: Int32Array, from: number, to: number, slots: PackedIndex['slots'], evaluation: Evaluation): Asked {
  const { codes } = evaluation.prepared
  let asked: Asked = PROVEN
  let at = from
  while (at < to) {
    const column = cells[at]!
    const end = at + 2 + 2 * cells[at + 1]!
    const code = column < codes.length ? codes[column]! : SEE_BAG
    if (code !== SEE_BAG) {
      if (!isMeant(cells, at + 2, end, code)) return RULED_OUT
    } else {
      const found = askBag(cells, at, end, slots[column >> 1]!, evaluation)
      if (found === RULED_OUT) return RULED_OUT
      if (found === OPEN) asked = OPEN
    }
    at = end
  }
  return asked
}

/** Of an empty bag, or one too large, the child has to see for itself what it makes. */
function askBag(cells: Int32Array, at: number, end: number, slot: Slot, evaluation: Evaluation): Asked {
  const bag = findBag(evaluation, slot)
  if (bag === undefined || bag.values.length > evaluation.limits.bagSize) return OPEN
  const codes = codesOf(bag, slot, (cells[at]! & 1) === 1)
  for (let i = 0; i < codes.length; i++) if (isMeant(cells, at + 2, end, codes[i]!)) return PROVEN
  return RULED_OUT
}

function isMeant(cells: Int32Array, from: number, end: number, code: number): boolean {
  for (let at = from; at < end; at += 2) {
    const place = code - cells[at]!
    if (place >= 0 && place < windowSize && ((cells[at + 1]! >>> place) & 1) === 1) return true
  }
  return false
}

/**
 * Open where it cannot be told: a number is NaN where a bag has not exactly one, or none that a double holds. The cases are the
 * places of `operators` in packed-index.ts: =, >, >=, <, <=.
 */
function compare(cells: Int32Array, at: number, constants: readonly number[], numbers: readonly number[]): Asked {
  const left = side(cells[at + 1]!, constants, numbers)
  const right = side(cells[at + 2]!, constants, numbers)
  switch (cells[at]) {
    case 0:
      return left === right ? PROVEN : left < right || left > right ? RULED_OUT : OPEN
    case 1:
      return left > right ? PROVEN : left <= right ? RULED_OUT : OPEN
    case 2:
      return left >= right ? PROVEN : left < right ? RULED_OUT : OPEN
    case 3:
      return left < right ? PROVEN : left >= right ? RULED_OUT : OPEN
    default:
      return left <= right ? PROVEN : left > right ? RULED_OUT : OPEN
  }
}

function side(place: number, constants: readonly number[], numbers: readonly number[]): number {
  if (place < 0) return constants[-place - 1]!
  return place < numbers.length ? numbers[place]! : Number.NaN
}

/* ── order ───────────────────────────────────────────────────────────────────────────────────────────────────── */

/** Sorts by order and drops what was found twice (a bag may hold several keys of one child). Returns the new end. */
function inOrder(candidates: Entry[], from: number, to: number): number {
  sort(candidates, from, to)
  let end = from + 1
  for (let i = from + 1; i < to; i++) {
    const entry = candidates[i]!
    if (entry.order !== candidates[end - 1]!.order) candidates[end++] = entry
  }
  return end
}

function sort(candidates: Entry[], from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const entry = candidates[i]!
    let at = i
    for (; at > from && candidates[at - 1]!.order > entry.order; at--) candidates[at] = candidates[at - 1]!
    candidates[at] = entry
  }
}
