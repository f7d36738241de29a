/** Walks an index: the children that may apply to this request, in the order in which they are to be evaluated. */

import { branchOf } from './branches.ts'
import { type Evaluation, findBag } from './evaluation.ts'
import { codesOf, SEE_BAG } from './prepare.ts'
import { type Branching, type Entry, type IndexNode, isLeaf, type TargetIndex } from './target-index.ts'

/**
 * Puts the candidates on the stack of the evaluation, from `evaluation.top` on, and returns where they end; -1 when a bag
 * is too large to be read, and every child has to say so itself.
 */
export function findCandidates(index: TargetIndex, evaluation: Evaluation): number {
  const from = evaluation.top
  const to = walk(index.root, evaluation, from)
  return to < 0 || to - from < 2 ? to : inOrder(evaluation.candidates, from, to)
}

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
  if (bag.values.length > evaluation.limits.bagSize) return -1
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
  if (to - from > few) sortMany(candidates, from, to)
  else sortFew(candidates, from, to)
  let end = from + 1
  for (let i = from + 1; i < to; i++) {
    const entry = candidates[i]!
    if (entry.order !== candidates[end - 1]!.order) candidates[end++] = entry
  }
  return end
}

function sortFew(candidates: Entry[], from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const entry = candidates[i]!
    let at = i
    for (; at > from && candidates[at - 1]!.order > entry.order; at--) candidates[at] = candidates[at - 1]!
    candidates[at] = entry
  }
}

function sortMany(candidates: Entry[], from: number, to: number): void {
  const sorted = candidates.slice(from, to).sort((a, b) => a.order - b.order)
  for (let i = 0; i < sorted.length; i++) candidates[from + i] = sorted[i]!
}
