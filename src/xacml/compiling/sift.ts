/** Puts the sets of one request through each other: the children that may apply, in order, found one at a time. */

import { type Evaluation, findBag } from './evaluation.ts'
import { type AttributeBag, codesOf, SEE_BAG } from './prepare.ts'
import type { Bits, KeyColumn, OrderColumn, Sieve } from './sieve.ts'
import type { Entry } from './target-index.ts'

/** Where a request stands in a sieve. */
export interface Sifting {
  readonly sieve: Sieve
  /** For each column the sets of which one must hold a child: one after the other, with where each column's end. */
  readonly sets: Bits[]
  readonly ends: number[]
  /** The word that is under way, and what is left of it. */
  word: number
  left: number
}

/** Undefined: a bag is too large to be read, and every child has to say so itself. */
export function beginSifting(sieve: Sieve, evaluation: Evaluation): Sifting | undefined {
  const sets: Bits[] = []
  const ends: number[] = []
  for (const column of sieve.columns) {
    const isReadable =
      column.kind === 'Key' ? addKeySets(column, sets, evaluation) : addOrderSet(column, sets, evaluation)
    if (!isReadable) return undefined
    ends.push(sets.length)
  }
  return { sieve, sets, ends, word: -1, left: 0 }
}

function addKeySets(column: KeyColumn, sets: Bits[], evaluation: Evaluation): boolean {
  const { codes } = evaluation.prepared
  const code = column.column >= 0 && column.column < codes.length ? codes[column.column]! : SEE_BAG
  if (code !== SEE_BAG) {
    sets.push(column.byCode.get(code) ?? column.others)
    return true
  }
  const bag = findBag(evaluation, column.slot)
  if (bag === undefined) {
    sets.push(column.whenEmpty)
    return true
  }
  if (bag.values.length > evaluation.limits.bagSize) return false
  addSetsOfBag(column, bag, sets)
  return true
}

function addSetsOfBag({ slot, folded, byCode, others }: KeyColumn, bag: AttributeBag, sets: Bits[]): void {
  const before = sets.length
  for (const code of codesOf(bag, slot, folded)) {
    const set = byCode.get(code)
    if (set !== undefined) sets.push(set)
  }
  if (sets.length === before) sets.push(others)
}

function addOrderSet(column: OrderColumn, sets: Bits[], evaluation: Evaluation): boolean {
  const bag = findBag(evaluation, column.slot)
  if (bag === undefined) {
    sets.push(column.whenEmpty)
    return true
  }
  const { values } = bag
  if (values.length > evaluation.limits.bagSize) return false
  let most = 0
  for (let i = 0; i < values.length; i++) most = Math.max(most, passedBy(Number(values[i]), column))
  sets.push(column.sets[most]!)
  return true
}

/** How many thresholds a value passes: it passes them in their order. */
function passedBy(value: number, { thresholds, atLeast }: OrderColumn): number {
  let low = 0
  let high = thresholds.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const passes = atLeast ? value >= thresholds[middle]! : value <= thresholds[middle]!
    if (passes) low = middle + 1
    else high = middle
  }
  return low
}

/** The next child that may apply. */
export function nextSifted(sifting: Sifting): Entry | undefined {
  while (sifting.left === 0) {
    sifting.word += 1
    if (sifting.word === sifting.sieve.words) return undefined
    sifting.left = wordOf(sifting, sifting.word)
  }
  const bit = 31 - Math.clz32(sifting.left & -sifting.left)
  sifting.left &= sifting.left - 1
  return sifting.sieve.entries[(sifting.word << 5) + bit]!
}

function wordOf({ sets, ends }: Sifting, word: number): number {
  let left = -1
  let at = 0
  for (let column = 0; left !== 0 && column < ends.length; column++) {
    const end = ends[column]!
    let held = sets[at++]![word]!
    while (at < end) held |= sets[at++]![word]!
    left &= held
  }
  return left
}
