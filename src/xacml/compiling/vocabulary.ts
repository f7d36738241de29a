/**
 * Numbers for designators, shared by every policy compiled with one vocabulary: a prepared request is then an array that
 * each of these policies reads by index. Bounded: designators met after the last number still work, only slower.
 */
import { type ClockReading, clockAttributes, environmentCategory } from '../evaluating/clock.ts'
import type { Designator } from '../model/policy.ts'
import { dataTypes } from '../values/index.ts'
import type { DataType } from '../values/row.ts'

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
  /** The part of the clock reading that stands in when the request is silent (section 10.2.5), if this is one. */
  readonly clock: keyof ClockReading | undefined
}

export interface Vocabulary {
  readonly slotOf: (name: AttributeName) => Slot
  /** The slots that attributes of this category and id can fill, whatever their data type and issuer. */
  readonly slotsOf: (category: string, attributeId: string) => readonly Slot[]
  /** Numbers given out so far. */
  readonly size: () => number
}

export type AttributeName = Pick<Designator, 'category' | 'attributeId' | 'dataType' | 'issuer'>

const maximumSlots = 2_048
const none: readonly Slot[] = []

export function createVocabulary(maximum = maximumSlots): Vocabulary {
  const categories = new Map<string, Map<string, Slot[]>>()
  let size = 0

  const slotsOf = (category: string, attributeId: string): readonly Slot[] =>
    categories.get(category)?.get(attributeId) ?? none

  function slotOf(name: AttributeName): Slot {
    const { category, attributeId, issuer } = name
    const type = dataTypes.get(name.dataType)
    const dataType = type?.id ?? name.dataType
    const known = slotsOf(category, attributeId).find((slot) => slot.dataType === dataType && slot.issuer === issuer)
    if (known !== undefined) return known
    const numbered = size < maximum
    const slot: Slot = {
      index: numbered ? size : -1,
      category,
      attributeId,
      dataType,
      issuer,
      keyOf: type === undefined || ownKeys.has(type.name) ? undefined : type.key,
      clock: clockPartOf(name),
    }
    if (numbered) remember(slot)
    return slot
  }

  function remember(slot: Slot): void {
    size += 1
    let ids = categories.get(slot.category)
    if (ids === undefined) categories.set(slot.category, (ids = new Map()))
    const slots = ids.get(slot.attributeId)
    if (slots === undefined) ids.set(slot.attributeId, [slot])
    else slots.push(slot)
  }

  return { slotOf, slotsOf, size: () => size }
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
