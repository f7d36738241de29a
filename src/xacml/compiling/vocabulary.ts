/**
 * Numbers for designators, shared by every policy compiled with one vocabulary: a prepared request is then an array that
 * each of these policies reads by index. Bounded: designators met after the last number still work, only slower.
 */
import { type ClockReading, clockAttributes, environmentCategory } from '../evaluating/clock.ts'
import type { Designator } from '../model/policy.ts'
import { dataTypes } from '../values/index.ts'
import type { DataType } from '../values/row.ts'
import type { Key } from './node.ts'
import { ownOptional, ownText } from './own-text.ts'

/** What a designator names (section 7.3.5). There is one slot object per name in a vocabulary: compare by identity. */
export interface Slot {
  /** Index in a prepared request, or -1 when the vocabulary is full. */
  readonly index: number
  readonly category: string
  readonly attributeId: string
  /** Never an alias. */
  readonly dataType: string
  readonly issuer: string | undefined
  /** Undefined where values are their own keys. */
  readonly keyOf: DataType['key'] | undefined
  /** Numbers for the keys that indexes look up, as they are and folded. They only ever grow. */
  readonly codes: Map<Key, number>
  readonly foldedCodes: Map<Key, number>
  /** The part of the clock reading that stands in when the request is silent (section 10.2.5), if this is one. */
  readonly clock: keyof ClockReading | undefined
}

export interface Vocabulary {
  readonly slotOf: (name: AttributeName) => Slot
  /** The slots that attributes of this category and id can fill, whatever their data type and issuer. */
  readonly slotsOf: (category: string, attributeId: string) => readonly Slot[]
  /** Slots and keys numbered so far. Both only ever grow. */
  readonly slots: number
  readonly keys: number
  /** A number for a key, by which indexes look it up; undefined when there are no more to give. */
  readonly encode: (slot: Slot, folded: boolean, key: Key) => number | undefined
}

export type AttributeName = Pick<Designator, 'category' | 'attributeId' | 'dataType' | 'issuer'>

const maximumSlots = 2_048
const maximumKeys = 250_000
const none: readonly Slot[] = []

/** `slots` and `keys`: how many to number at most. */
export function createVocabulary({ slots = maximumSlots, keys = maximumKeys } = {}): Vocabulary {
  const categories = new Map<string, Map<string, Slot[]>>()
  const vocabulary = { slotOf, slotsOf, encode, slots: 0, keys: 0 }

  function slotsOf(category: string, attributeId: string): readonly Slot[] {
    return categories.get(category)?.get(attributeId) ?? none
  }

  function slotOf(name: AttributeName): Slot {
    const { category, attributeId, issuer } = name
    const type = dataTypes.get(name.dataType)
    const dataType = type?.id ?? ownText(name.dataType)
    const known = slotsOf(category, attributeId).find((slot) => slot.dataType === dataType && slot.issuer === issuer)
    if (known !== undefined) return known
    const numbered = vocabulary.slots < slots
    const slot: Slot = {
      index: numbered ? vocabulary.slots : -1,
      category: ownText(category),
      attributeId: ownText(attributeId),
      dataType,
      issuer: ownOptional(issuer),
      keyOf: type === undefined || ownKeys.has(type.name) ? undefined : type.key,
      codes: new Map(),
      foldedCodes: new Map(),
      clock: clockPartOf(name),
    }
    if (numbered) remember(slot)
    return slot
  }

  function remember(slot: Slot): void {
    vocabulary.slots += 1
    let ids = categories.get(slot.category)
    if (ids === undefined) {
      ids = new Map()
      categories.set(slot.category, ids)
    }
    const alike = ids.get(slot.attributeId)
    if (alike === undefined) ids.set(slot.attributeId, [slot])
    else alike.push(slot)
  }

  function encode(slot: Slot, folded: boolean, key: Key): number | undefined {
    const known = folded ? slot.foldedCodes : slot.codes
    const code = known.get(key)
    if (code !== undefined || vocabulary.keys >= keys) return code
    vocabulary.keys += 1
    known.set(key, known.size)
    return known.size - 1
  }

  return vocabulary
}

/** The vocabulary of everything that is compiled and prepared without naming one. It holds names only, and is bounded. */
export const sharedVocabulary: Vocabulary = createVocabulary()

/** Data types whose values are primitives that are equal exactly when they are the same. */
const ownKeys: ReadonlySet<string> = new Set(['string', 'anyURI', 'boolean', 'integer'])

function clockPartOf({ category, attributeId, dataType, issuer }: AttributeName): keyof ClockReading | undefined {
  if (category !== environmentCategory || issuer !== undefined) return undefined
  const supplied = clockAttributes.get(attributeId)
  return supplied?.dataType === dataType ? supplied.part : undefined
}
