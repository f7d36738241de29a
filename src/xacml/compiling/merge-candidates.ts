/** Many candidates in order, found one at a time: an algorithm that stops early leaves the rest unsorted. */

import { branchOf } from './branches.ts'
import { type Evaluation, findBag } from './evaluation.ts'
import { codesOf } from './prepare.ts'
import { type Entry, type IndexNode, isLeaf, type TargetIndex } from './target-index.ts'

/** Where the next candidate of each leaf stands; the leaf with the first of them on top (a binary heap). */
export interface Merge {
  readonly cursors: Cursor[]
  last: Entry | undefined
}

interface Cursor {
  readonly entries: readonly Entry[]
  at: number
  order: number
}

/** For an index that `findCandidates` has been through without meeting a bag too large. */
export function mergeCandidates(index: TargetIndex, evaluation: Evaluation): Merge {
  const cursors: Cursor[] = []
  gather(index.root, evaluation, cursors)
  for (let i = (cursors.length >> 1) - 1; i >= 0; i--) sink(cursors, i)
  return { cursors, last: undefined }
}

function gather(start: IndexNode, evaluation: Evaluation, cursors: Cursor[]): void {
  let node: IndexNode | undefined = start
  while (node !== undefined) {
    if (isLeaf(node)) {
      put(node, cursors)
      return
    }
    const bag = findBag(evaluation, node.slot)
    if (bag === undefined) put(node.whenEmpty, cursors)
    else {
      for (const code of codesOf(bag, node.slot, node.folded)) {
        const branch = branchOf(node, code)
        if (branch !== undefined) gather(branch, evaluation, cursors)
      }
    }
    node = node.rest
  }
}

function put(entries: readonly Entry[], cursors: Cursor[]): void {
  if (entries.length > 0) cursors.push({ entries, at: 0, order: entries[0]!.order })
}

/** The next candidate, each once. */
export function nextCandidate(merge: Merge): Entry | undefined {
  for (;;) {
    const top = merge.cursors[0]
    if (top === undefined) return undefined
    const entry = top.entries[top.at]!
    advance(merge.cursors, top)
    if (entry.order === merge.last?.order) continue
    merge.last = entry
    return entry
  }
}

function advance(cursors: Cursor[], top: Cursor): void {
  top.at += 1
  const next = top.entries[top.at]
  if (next === undefined) {
    const moved = cursors.pop()
    if (moved !== undefined && cursors.length > 0) cursors[0] = moved
  } else top.order = next.order
  sink(cursors, 0)
}

function sink(cursors: Cursor[], from: number): void {
  let at = from
  for (;;) {
    const left = 2 * at + 1
    const right = left + 1
    let first = at
    if (left < cursors.length && cursors[left]!.order < cursors[first]!.order) first = left
    if (right < cursors.length && cursors[right]!.order < cursors[first]!.order) first = right
    if (first === at) return
    const moved = cursors[at]!
    cursors[at] = cursors[first]!
    cursors[first] = moved
    at = first
  }
}
