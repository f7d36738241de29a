/**
 * An index for children that ask for a few of many attributes each, where no one attribute tells many of them apart: for
 * every value, and for every interval of integers, the children it does not rule out, as a set of bits. The sets of one
 * request, put through each other word by word, leave the children that may apply, in their order, found lazily: an
 * algorithm that stops at the first does not pay for the others. Like the tree it only ever leaves out a child that is
 * proved NotApplicable without error.
 */
import type { Node, OrderTest, Test } from './node.ts'
import { columnOf } from './prepare.ts'
import {
  type Entry,
  expectedLeft,
  expectedShare,
  type Item,
  itemOf,
  push,
  requirementOn,
  type Statistics,
  statisticsOf,
} from './target-index.ts'
import type { Slot, Vocabulary } from './vocabulary.ts'

export interface Sieve {
  readonly kind: 'Sieve'
  /** By bit. What the sets prove of a child's target is not in it any more. */
  readonly entries: readonly Entry[]
  readonly words: number
  /** The ones that rule out most first. */
  readonly columns: readonly SieveColumn[]
}

/** One bit per child. */
export type Bits = Int32Array

export type SieveColumn = KeyColumn | OrderColumn

interface AnyColumn {
  readonly slot: Slot
  /** Children to look at when the bag is empty: those that do not ask, and those that would fail (MustBePresent). */
  readonly whenEmpty: Bits
}

/** Equality with one of some keys. */
export interface KeyColumn extends AnyColumn {
  readonly kind: 'Key'
  readonly folded: boolean
  /** Where a prepared request has the code for it. */
  readonly column: number
  readonly byCode: ReadonlyMap<number, Bits>
  /** Children that do not ask: what a value leaves that nobody asks for. */
  readonly others: Bits
}

/** Integers of at least, or of at most, some threshold. */
export interface OrderColumn extends AnyColumn {
  readonly kind: 'Order'
  readonly atLeast: boolean
  /** From the one that most values pass to the one that fewest pass. */
  readonly thresholds: readonly number[]
  /** By the number of thresholds that a value passes. */
  readonly sets: readonly Bits[]
}

/** With fewer children than this the tree is as good. */
const worthwhile = 64
/** The tree is better where its first attribute leaves less than this share. */
const undecided = 0.5
/** Sets of bits, of all columns together: this bounds what a child costs to a half KB. */
const maximumSets = 4_096

/**
 * Undefined where a tree serves better, or nothing can be sieved. Never of only-one-applicable, which looks at targets
 * first. `always`: wherever it can be, for tests.
 */
export function buildSieve(children: readonly Node[], vocabulary: Vocabulary, always: boolean): Sieve | undefined {
  if (children.length < worthwhile && !always) return undefined
  const items = children.map((child, order) => itemOf(child, order, { targetOnly: false, vocabulary }))
  if (!always && expectedShare(items) < undecided) return undefined
  const drafts = [...keyDrafts(items), ...orderDrafts(items)].sort((a, b) => a.share - b.share)
  const proven: Proven = items.map(() => [])
  const columns: SieveColumn[] = []
  let sets = 0
  for (const draft of drafts) {
    if (sets + draft.sets > maximumSets) continue
    sets += draft.sets
    columns.push(draft.make(proven))
  }
  if (columns.length === 0) return undefined
  const entries = items.map(({ child, order, target }, i) => ({
    child,
    order,
    target: target.filter((test) => !proven[i]!.includes(test)),
  }))
  return { kind: 'Sieve', entries, words: wordsFor(items.length), columns }
}

/** By child, the tests that have been made once the columns have been asked. */
type Proven = readonly Test[][]

/** A column that may be made: what it would leave of the children at a guess, and how many sets it takes. */
interface Draft {
  readonly share: number
  readonly sets: number
  readonly make: (proven: Proven) => SieveColumn
}

/* ── equality ────────────────────────────────────────────────────────────────────────────────────────────────── */

const keyDrafts = (items: readonly Item[]): readonly Draft[] =>
  statisticsOf(items, []).map((column) => ({
    share: expectedLeft(column, items.length) / items.length,
    sets: column.codes.size + 2,
    make: (proven) => keyColumn(column, items, proven),
  }))

function keyColumn(statistics: Statistics, items: readonly Item[], proven: Proven): KeyColumn {
  const { slot, folded } = statistics
  const requirements = items.map((item) => requirementOn(item, statistics))
  const others = bitsWhere(requirements, (requirement) => requirement === undefined)
  const byCode = new Map([...statistics.codes].map((code) => [code, others.slice()]))
  requirements.forEach((requirement, i) => {
    for (const code of requirement?.codes ?? []) setBit(byCode.get(code)!, i)
    if (requirement?.proves !== undefined && !requirement.strict) proven[i]!.push(requirement.proves)
  })
  const whenEmpty = bitsWhere(requirements, (requirement) => requirement?.strict ?? true)
  return { kind: 'Key', slot, folded, column: columnOf(slot, folded), byCode, others, whenEmpty }
}

/* ── order ───────────────────────────────────────────────────────────────────────────────────────────────────── */

interface Bound {
  readonly test: OrderTest
  readonly threshold: number
}

function orderDrafts(items: readonly Item[]): readonly Draft[] {
  const drafts: Draft[] = []
  for (const atLeast of [true, false]) {
    const bounds = items.map((item) => boundsOf(item, atLeast))
    for (const slot of new Set(bounds.flatMap((some) => [...some.keys()]))) {
      const ofSlot = bounds.map((some) => some.get(slot))
      const asking = ofSlot.filter((bound) => bound !== undefined)
      drafts.push({
        share: 1 - asking.length / items.length / 2,
        sets: new Set(asking.map(({ threshold }) => threshold)).size + 2,
        make: (proven) => orderColumn(slot, atLeast, ofSlot, proven),
      })
    }
  }
  return drafts
}

/** The first of each attribute. Any other of it stays in the target. */
function boundsOf({ target }: Item, atLeast: boolean): ReadonlyMap<Slot, Bound> {
  const bounds = new Map<Slot, Bound>()
  for (const test of target) {
    if (test.kind !== 'Order' || isLower(test) !== atLeast || bounds.has(test.slot)) continue
    const threshold = thresholdOf(test)
    if (threshold !== undefined) bounds.set(test.slot, { test, threshold })
  }
  return bounds
}

const isLower = ({ operator }: OrderTest): boolean => operator === '>' || operator === '>='

/** The least, or greatest, integer that matches. Undefined where a double cannot hold it exactly, and for doubles. */
function thresholdOf({ bound, operator }: OrderTest): number | undefined {
  if (typeof bound !== 'bigint') return undefined
  const threshold = Number(bound) + (operator === '>' ? 1 : operator === '<' ? -1 : 0)
  return Math.abs(threshold) < Number.MAX_SAFE_INTEGER ? threshold : undefined
}

function orderColumn(
  slot: Slot,
  atLeast: boolean,
  bounds: readonly (Bound | undefined)[],
  proven: Proven,
): OrderColumn {
  const others = bitsWhere(bounds, (bound) => bound === undefined)
  const byThreshold = new Map<number, number[]>()
  bounds.forEach((bound, i) => {
    if (bound === undefined) return
    push(byThreshold, bound.threshold, i)
    if (bound.test.missing === undefined) proven[i]!.push(bound.test)
  })
  const thresholds = [...byThreshold.keys()].sort((a, b) => (atLeast ? a - b : b - a))
  const sets = [others]
  for (const threshold of thresholds) {
    const set = sets[sets.length - 1]!.slice()
    for (const i of byThreshold.get(threshold)!) setBit(set, i)
    sets.push(set)
  }
  const whenEmpty = bitsWhere(bounds, (bound) => bound === undefined || bound.test.missing !== undefined)
  return { kind: 'Order', slot, atLeast, thresholds, sets, whenEmpty }
}

/* ── bits ────────────────────────────────────────────────────────────────────────────────────────────────────── */

const wordsFor = (count: number): number => (count + 31) >>> 5

function setBit(bits: Bits, i: number): void {
  bits[i >>> 5]! |= 1 << (i & 31)
}

function bitsWhere<T>(items: readonly T[], holds: (item: T) => boolean): Bits {
  const bits = new Int32Array(wordsFor(items.length))
  items.forEach((item, i) => {
    if (holds(item)) setBit(bits, i)
  })
  return bits
}
