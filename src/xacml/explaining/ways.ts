/**
 * Ways to something: each way is a set of facts that would have to be otherwise. A small algebra of alternatives, kept
 * short: only the smallest ways survive, and never one that holds another.
 */
export interface Flip {
  /** Facts with one key are one fact, wherever they stand. */
  readonly key: string
  readonly to: boolean
}

/** Sorted by key, each key once. */
export type Way = readonly Flip[]

/** No way at all, and nothing to do. */
export const never: readonly Way[] = []
export const already: readonly Way[] = [[]]

const waysKept = 32
const flipsPerWay = 8

export function either(...alternatives: readonly (readonly Way[])[]): readonly Way[] {
  return smallest(alternatives.flat())
}

export function both(a: readonly Way[], b: readonly Way[]): readonly Way[] {
  if (a === already) return b
  if (b === already) return a
  const joined: Way[] = []
  for (const one of a) {
    for (const other of b) {
      const way = join(one, other)
      if (way !== undefined) joined.push(way)
    }
  }
  return smallest(joined)
}

export const allOf = (parts: Iterable<readonly Way[]>): readonly Way[] => {
  let ways = already
  for (const part of parts) {
    ways = both(ways, part)
    if (ways.length === 0) return never
  }
  return ways
}

/** Undefined when the two contradict each other, or are too many facts for anybody to read. */
function join(a: Way, b: Way): Way | undefined {
  const flips = new Map(a.map((flip) => [flip.key, flip]))
  for (const flip of b) {
    const known = flips.get(flip.key)
    if (known !== undefined && known.to !== flip.to) return undefined
    flips.set(flip.key, flip)
  }
  if (flips.size > flipsPerWay) return undefined
  return [...flips.values()].sort((x, y) => (x.key < y.key ? -1 : x.key > y.key ? 1 : 0))
}

function smallest(ways: readonly Way[]): readonly Way[] {
  if (ways.length === 0) return never
  const bySize = [...ways].sort((a, b) => a.length - b.length)
  if (bySize[0]?.length === 0) return already
  const kept: Way[] = []
  for (const way of bySize) {
    if (kept.length >= waysKept) break
    if (!kept.some((one) => holds(way, one))) kept.push(way)
  }
  return kept
}

/** Whether the first has every flip of the second. */
export const holds = (way: Way, other: Way): boolean =>
  other.every(({ key, to }) => way.some((flip) => flip.key === key && flip.to === to))
