/** Sets of code points as sorted ranges that do not touch: first, last, first, last … */
export type CharacterSet = readonly number[]

const lastCodePoint = 0x10ffff

/** From ranges in any order, overlapping or not. */
const normalise = (pairs: readonly (readonly [number, number])[]): CharacterSet => {
  const set: number[] = []
  for (const [first, last] of [...pairs].sort((a, b) => a[0] - b[0])) {
    const end = set.at(-1)
    if (end !== undefined && first <= end + 1) set[set.length - 1] = Math.max(end, last)
    else set.push(first, last)
  }
  return set
}

const pairsOf = (set: CharacterSet): readonly (readonly [number, number])[] => {
  const pairs: (readonly [number, number])[] = []
  for (let index = 0; index < set.length; index += 2) pairs.push([set[index] ?? 0, set[index + 1] ?? 0])
  return pairs
}

export const union = (...sets: readonly CharacterSet[]): CharacterSet => normalise(sets.flatMap(pairsOf))

export const complement = (set: CharacterSet): CharacterSet => {
  const rest: number[] = []
  let next = 0
  for (const [first, last] of pairsOf(set)) {
    if (first > next) rest.push(next, first - 1)
    next = last + 1
  }
  if (next <= lastCodePoint) rest.push(next, lastCodePoint)
  return rest
}

export const subtract = (from: CharacterSet, other: CharacterSet): CharacterSet =>
  complement(union(complement(from), other))

/** By binary search. */
export const contains = (set: CharacterSet, codePoint: number): boolean => {
  let low = 0
  let high = set.length / 2 - 1
  while (low <= high) {
    const middle = (low + high) >> 1
    if (codePoint < (set[middle * 2] ?? 0)) high = middle - 1
    else if (codePoint > (set[middle * 2 + 1] ?? 0)) low = middle + 1
    else return true
  }
  return false
}
