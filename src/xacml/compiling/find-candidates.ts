/** Walks an index: the children that may apply to this request, in the order in which they are to be evaluated. */
import { type Evaluation, findBag } from './evaluation.ts'
import type { Key } from './node.ts'
import { foldedKeysOf, keysOf } from './prepare.ts'
import type { Branching, Entry, IndexNode, TargetIndex } from './target-index.ts'

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
  let to = from
  let node: IndexNode | undefined = start
  while (node !== undefined) {
    if (node.kind === 'Leaf') return put(node.entries, evaluation, to)
    to = walkBranches(node, evaluation, to)
    if (to < 0) return to
    node = node.rest
  }
  return to
}

function walkBranches(node: Branching, evaluation: Evaluation, from: number): number {
  const bag = findBag(evaluation, node.slot)
  if (bag === undefined) return put(node.whenEmpty, evaluation, from)
  const keys: readonly Key[] = node.folded ? foldedKeysOf(bag) : keysOf(bag, node.slot)
  if (keys.length > evaluation.limits.bagSize) return -1
  let to = from
  for (let i = 0; i < keys.length; i++) {
    const branch = node.branches.get(keys[i]!)
    if (branch === undefined) continue
    to = branch.kind === 'Leaf' ? put(branch.entries, evaluation, to) : walk(branch, evaluation, to)
    if (to < 0) return to
  }
  return to
}

function put(entries: readonly Entry[], { candidates }: Evaluation, from: number): number {
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
