/** Many candidates in order, taken one at a time: an algorithm that stops early leaves the rest unsorted. */
import type { Entry } from './target-index.ts'

/** A part of the stack of candidates as a binary heap, the first in order on top. */
export interface Heap {
  readonly candidates: Entry[]
  readonly from: number
  end: number
  last: number
}

export function heapOf(candidates: Entry[], from: number, end: number): Heap {
  const heap: Heap = { candidates, from, end, last: Number.NaN }
  for (let i = ((end - from) >> 1) - 1; i >= 0; i--) sink(heap, i)
  return heap
}

/** The next candidate. What was found twice is given once. */
export function takeNext(heap: Heap): Entry | undefined {
  const { candidates, from } = heap
  while (heap.end > from) {
    const entry = candidates[from]!
    heap.end -= 1
    candidates[from] = candidates[heap.end]!
    sink(heap, 0)
    if (entry.order === heap.last) continue
    heap.last = entry.order
    return entry
  }
  return undefined
}

function sink({ candidates, from, end }: Heap, start: number): void {
  const count = end - from
  let at = start
  for (;;) {
    const left = 2 * at + 1
    const right = left + 1
    let first = at
    if (left < count && candidates[from + left]!.order < candidates[from + first]!.order) first = left
    if (right < count && candidates[from + right]!.order < candidates[from + first]!.order) first = right
    if (first === at) return
    const moved = candidates[from + at]!
    candidates[from + at] = candidates[from + first]!
    candidates[from + first] = moved
    at = first
  }
}
