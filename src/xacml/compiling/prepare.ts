/** A request laid out for decisions: the values of each designator that policies use, found by number. */
import type { Attribute, AttributeCategory, Request } from '../model/request.ts'
import type { Bag, Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import { foldCase } from './equality.ts'
import type { Key } from './node.ts'
import { type Slot, sharedVocabulary, type Vocabulary } from './vocabulary.ts'

/** One decision's request: a category occurs once in it (the multiple decision profile has been applied before). */
export interface PreparedRequest {
  readonly request: Request
  readonly vocabulary: Vocabulary
  /** By the index of the slot; undefined where the request holds no such attribute. */
  readonly bags: readonly (AttributeBag | undefined)[]
  /** The value itself where a bag has exactly one; undefined otherwise. */
  readonly singles: readonly (Value | undefined)[]
  /** The value as a double, where it is a number, the only one, and a double holds it exactly; NaN otherwise. */
  readonly numbers: readonly number[]
  /** By column, two per slot (as they are, folded): the code of the one value, or one of the codes below. */
  codes: number[]
  /** How many keys had numbers when `codes` were looked up. */
  codedAt: number
  /** The slot with the most values, and how many: a bound may forbid them. */
  readonly largest: Slot | undefined
  readonly largestSize: number
  /** For slots that had no number yet when the request was prepared, or never got one. */
  late: Map<Slot, AttributeBag | undefined> | undefined
  /** What the response repeats (IncludeInResult). */
  readonly included: readonly AttributeCategory[]
}

/** In place of a code: the one value has none, so no branch is about it; or the bag itself has to be looked at. */
const NO_BRANCH = -1
export const SEE_BAG = -2

/** Where the code of a slot stands in `codes`; -1 for a slot without number. */
export const columnOf = ({ index }: Slot, folded: boolean): number => (index < 0 ? -1 : index * 2 + (folded ? 1 : 0))

/** A bag, and the keys of its values, computed when first asked for. */
export interface AttributeBag {
  readonly values: Bag
  keys: readonly Key[] | undefined
  folded: readonly Key[] | undefined
  /** The numbers of those keys that indexes look up, and how many keys had numbers when they were looked up. */
  codes: readonly number[]
  codedAt: number
  foldedCodes: readonly number[]
  foldedCodedAt: number
}

/** Reads nothing but the request. Prepare once, decide as often as needed, against any policy of this vocabulary. */
export function prepare(request: Request, vocabulary: Vocabulary = sharedVocabulary): PreparedRequest {
  const bags: (MutableBag | undefined)[] = []
  const singles: (Value | undefined)[] = []
  const numbers: number[] = []
  const codes: number[] = []
  for (let slots = vocabulary.slots; slots > 0; slots--) {
    bags.push(undefined)
    singles.push(undefined)
    numbers.push(Number.NaN)
    codes.push(SEE_BAG, SEE_BAG)
  }
  const filled: Slot[] = []
  for (const { category, attributes } of request.categories) {
    for (const attribute of attributes) fill(bags, vocabulary.slotsOf(category, attribute.id), attribute, filled)
  }
  let largest: Slot | undefined
  let largestSize = 0
  for (const slot of filled) {
    const { values } = bags[slot.index]!
    if (values.length > largestSize) {
      largest = slot
      largestSize = values.length
    }
    if (values.length !== 1) continue
    singles[slot.index] = values[0]
    numbers[slot.index] = numberOf(values[0]!)
    code(codes, slot, values[0]!)
  }
  const included = includedOf(request.categories)
  return {
    request,
    vocabulary,
    bags,
    singles,
    numbers,
    codes,
    codedAt: vocabulary.keys,
    largest,
    largestSize,
    late: undefined,
    included,
  }
}

function fill(bags: (MutableBag | undefined)[], slots: readonly Slot[], attribute: Attribute, filled: Slot[]): void {
  for (const slot of slots) {
    if (slot.issuer !== undefined && slot.issuer !== attribute.issuer) continue
    for (const { dataType, value } of attribute.values) {
      if (isOfType(dataType, slot)) put(bags, slot, value, filled)
    }
  }
}

function numberOf(value: Value): number {
  if (typeof value === 'number') return value
  if (typeof value !== 'bigint') return Number.NaN
  const number = Number(value)
  return Number.isSafeInteger(number) ? number : Number.NaN
}

function code(codes: number[], slot: Slot, value: Value): void {
  const { keyOf, index } = slot
  if (slot.codes.size > 0) {
    codes[index * 2] = slot.codes.get(keyOf === undefined ? (value as Key) : keyOf(value)) ?? NO_BRANCH
  }
  if (slot.foldedCodes.size > 0) codes[index * 2 + 1] = slot.foldedCodes.get(foldCase(value as string)) ?? NO_BRANCH
}

/** Policies compiled since the request was prepared have given numbers to more keys: look at the bags from now on. */
export function forgetCodes(prepared: PreparedRequest): void {
  prepared.codes = prepared.codes.map(() => SEE_BAG)
  prepared.codedAt = prepared.vocabulary.keys
}

/** Keys that are equal exactly when the values are. */
export function keysOf(bag: AttributeBag, slot: Slot): readonly Key[] {
  if (bag.keys !== undefined) return bag.keys
  const { keyOf } = slot
  bag.keys = keyOf === undefined ? (bag.values as readonly Key[]) : bag.values.map(keyOf)
  return bag.keys
}

/** Keys that are equal exactly when the strings are but for case. */
export function foldedKeysOf(bag: AttributeBag): readonly Key[] {
  bag.folded ??= bag.values.map((value) => foldCase(value as string))
  return bag.folded
}

/** The codes of the bag's keys; keys without one, which no index asks for, are left out. */
export function codesOf(bag: AttributeBag, slot: Slot, folded: boolean): readonly number[] {
  const known = folded ? slot.foldedCodes : slot.codes
  if ((folded ? bag.foldedCodedAt : bag.codedAt) === known.size) return folded ? bag.foldedCodes : bag.codes
  return encode(bag, slot, folded, known)
}

/** Policies compiled since the request was prepared may have given numbers to more keys. */
function encode(bag: AttributeBag, slot: Slot, folded: boolean, known: ReadonlyMap<Key, number>): readonly number[] {
  const codes: number[] = []
  for (const key of folded ? foldedKeysOf(bag) : keysOf(bag, slot)) {
    const code = known.get(key)
    if (code !== undefined) codes.push(code)
  }
  if (folded) {
    bag.foldedCodes = codes
    bag.foldedCodedAt = known.size
  } else {
    bag.codes = codes
    bag.codedAt = known.size
  }
  return codes
}

interface MutableBag extends AttributeBag {
  readonly values: Value[]
}

/** A data type may be written by an alias. */
const isOfType = (dataType: string, slot: Slot): boolean =>
  dataType === slot.dataType || dataTypes.get(dataType)?.id === slot.dataType

export const bagOf = (values: Value[]): MutableBag => ({
  values,
  keys: undefined,
  folded: undefined,
  codes: noCodes,
  codedAt: 0,
  foldedCodes: noCodes,
  foldedCodedAt: 0,
})

const noCodes: readonly number[] = []

function put(bags: (MutableBag | undefined)[], slot: Slot, value: Value, filled: Slot[]): void {
  const bag = bags[slot.index]
  if (bag === undefined) {
    bags[slot.index] = bagOf([value])
    filled.push(slot)
  } else bag.values.push(value)
}

/** The slow way to a slot that the vocabulary did not know when the request was prepared. */
export function findLate(prepared: PreparedRequest, slot: Slot): AttributeBag | undefined {
  prepared.late ??= new Map()
  if (prepared.late.has(slot)) return prepared.late.get(slot)
  const values: Value[] = []
  for (const { category, attributes } of prepared.request.categories) {
    if (category !== slot.category) continue
    for (const attribute of attributes) {
      if (attribute.id !== slot.attributeId) continue
      if (slot.issuer !== undefined && slot.issuer !== attribute.issuer) continue
      for (const { dataType, value } of attribute.values) if (isOfType(dataType, slot)) values.push(value)
    }
  }
  const bag = values.length === 0 ? undefined : bagOf(values)
  prepared.late.set(slot, bag)
  return bag
}

const nothing: readonly AttributeCategory[] = []

/** Section 5.48: the attributes to give back, by category, without its xml:id: a response may repeat a category. */
function includedOf(categories: readonly AttributeCategory[]): readonly AttributeCategory[] {
  let included: AttributeCategory[] | undefined
  for (const { attributes, category } of categories) {
    if (!attributes.some((attribute) => attribute.includeInResult)) continue
    included ??= []
    const kept = attributes.filter((attribute) => attribute.includeInResult)
    included.push({ category, attributes: kept })
  }
  return included ?? nothing
}
