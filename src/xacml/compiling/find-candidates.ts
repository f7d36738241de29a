/** Walks an index: the children that may apply to this request, in the order in which they are to be evaluated. */

import { branchOf } from './branches.ts'
import { type Evaluation, findBag } from './evaluation.ts'
import { codesOf, SEE_BAG } from './prepare.ts'
import { type Branching, type Entry, type IndexNode, isLeaf, type TargetIndex } from './target-index.ts'

/**
 * Puts the candidates on the stack of the evaluation, from `evaluation.top` on, and returns where they end. TOO_LARGE: a
 * bag is too large to be read, and every child has to say so itself. MANY: so many that they are better merged.
 */
export function findCandidates(index: TargetIndex, evaluation: Evaluation): number {
  const from = evaluation.top
  const to = walk(index.root, evaluation, from)
  if (to - from > few) return MANY
  return to - from < 2 ? to : inOrder(evaluation.candidates, from, to)
}

const TOO_LARGE = -1
export const MANY = -2

function walk(start: IndexNode, evaluation: Evaluation, from: number): number {
  const { candidates, prepared } = evaluation
  const { codes } = prepared
  let to = from
  let node: IndexNode | undefined = start
  while (node !== undefined) {
    if (isLeaf(node)) return put(node, candidates, to)
    const { column } = node
    const code = column >= 0 && column < codes.length ? codes[column]! : SEE_BAG
    if (code >= 0) {
      const branch = branchOf(node, code)
      if (branch !== undefined) to = isLeaf(branch) ? put(branch, candidates, to) : walk(branch, evaluation, to)
    } else if (code === SEE_BAG) to = walkBag(node, evaluation, to)
    if (to < 0) return to
    node = node.rest
  }
  return to
}

function walkBag(node: Branching, evaluation: Evaluation, from: number): number {
  const bag = findBag(evaluation, node.slot)
  if (bag === undefined) return put(node.whenEmpty, evaluation.candidates, from)
  if (bag.values.length > evaluation.limits.bagSize) return TOO_LARGE
  const codes = codesOf(bag, node.slot, node.folded)
  let to = from
  for (let i = 0; i < codes.length && to >= 0; i++) {
    const branch = branchOf(node, codes[i]!)
    if (branch !== undefined) to = walk(branch, evaluation, to)
  }
  return to
}

function put(entries: readonly Entry[], candidates: Entry[], from: number): number {
  let to = from
  for (let i = 0; i < entries.length; i++) candidates[to++] = entries[i]!
  return to
}

const few = 16

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
