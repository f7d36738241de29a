/** How the JSON profile's objects are taken apart: member names in any case, `null` as absence, one value for a list of one. */
import type { Problem } from '../../problems.ts'
import { problem } from '../outcome.ts'
import { positionOf } from '../position.ts'
import type { JsonObject, JsonValue } from './read-json.ts'

/** What readers of one document share. */
export interface JsonReading {
  readonly text: string
  readonly problems: Problem[]
}

/** More findings than this say nothing new about one document. */
const mostProblems = 100

export function report(reading: JsonReading, value: JsonValue, code: string, message: string): void {
  if (reading.problems.length >= mostProblems) return
  reading.problems.push(problem(code, message, positionOf(reading.text, value.at)))
}

/** The members that one kind of object may have. */
export interface MemberNames {
  readonly owner: string
  readonly places: ReadonlyMap<string, number>
  readonly count: number
}

/** `aliases` are further names, in the order of `names`, empty where there is none. */
export function memberNames(owner: string, names: readonly string[], aliases: readonly string[] = []): MemberNames {
  const places = new Map<string, number>()
  for (const [place, name] of [...names.entries(), ...aliases.entries()]) {
    if (name === '') continue
    places.set(name, place)
    places.set(name.toLowerCase(), place)
  }
  return { owner, places, count: names.length }
}

/**
 * The values in the order of `names.names`, undefined where absent. Clients of Altinn write names in any case, so two
 * spellings of one name are a duplicate; unknown names are refused, for a misspelt member must not go unnoticed.
 */
export function membersOf(
  reading: JsonReading,
  value: JsonValue | undefined,
  names: MemberNames,
): readonly (JsonValue | undefined)[] | undefined {
  if (value === undefined) return undefined
  if (value.kind !== 'object') {
    report(reading, value, 'XACML-JSON-TYPE', `\`${names.owner}\` must be an object, not ${described(value)}`)
    return undefined
  }
  const found: (JsonValue | undefined)[] = new Array(names.count).fill(undefined)
  for (let index = 0; index < value.names.length; index++) place(reading, value, index, names, found)
  return found
}

function place(
  reading: JsonReading,
  object: JsonObject,
  index: number,
  names: MemberNames,
  found: (JsonValue | undefined)[],
): void {
  const name = object.names[index] ?? ''
  const value = object.values[index]
  if (value === undefined) return
  const slot = names.places.get(name) ?? names.places.get(name.toLowerCase())
  if (slot === undefined) {
    report(reading, value, 'XACML-JSON-UNKNOWN-MEMBER', `\`${names.owner}\` has no member \`${name.slice(0, 80)}\``)
  } else if (found[slot] !== undefined) {
    report(reading, value, 'JSON-DUPLICATE-MEMBER', `\`${name}\` stands twice in \`${names.owner}\`, in two spellings`)
  } else found[slot] = value
}

export const isAbsent = (value: JsonValue | undefined): value is undefined =>
  value === undefined || value.kind === 'null'

/** The items of an array, or the value itself: version 1.0 of the profile wrote a bare object where there is one. */
export function itemsOf(value: JsonValue | undefined): readonly JsonValue[] {
  if (isAbsent(value)) return []
  return value.kind === 'array' ? value.items : [value]
}

export function stringIn(reading: JsonReading, value: JsonValue | undefined, name: string): string | undefined {
  if (isAbsent(value)) return undefined
  if (value.kind === 'string') return value.text
  report(reading, value, 'XACML-JSON-TYPE', `\`${name}\` must be a string, not ${described(value)}`)
  return undefined
}

export function booleanIn(reading: JsonReading, value: JsonValue | undefined, name: string): boolean {
  if (isAbsent(value)) return false
  if (value.kind === 'boolean') return value.value
  report(reading, value, 'XACML-JSON-TYPE', `\`${name}\` must be true or false, not ${described(value)}`)
  return false
}

/** A string that has to be there; the empty string after reporting. */
export function requiredIn(reading: JsonReading, owner: JsonValue, value: JsonValue | undefined, name: string): string {
  if (isAbsent(value)) report(reading, owner, 'XACML-JSON-MISSING-MEMBER', `\`${name}\` is missing`)
  return stringIn(reading, value, name) ?? ''
}

export function described(value: JsonValue): string {
  switch (value.kind) {
    case 'string':
      return 'a string'
    case 'number':
      return 'a number'
    case 'boolean':
      return 'true or false'
    case 'null':
      return 'null'
    case 'array':
      return 'an array'
    case 'object':
      return 'an object'
  }
}
