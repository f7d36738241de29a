/**
 * The key of a cached decision: everything that was given and that a policy looks at, and the version of everything it
 * rests on. Every string carries its length and every list its count, so two different questions never share a key.
 */
import type { AttributeFact, LookUp } from '../steps.ts'
import { dataTypes, type TypedValue } from '../xacml/index.ts'

export interface KeyParts {
  /** What is fixed: root, installation, engine, and the texts of all policies, as a restored database may give a version to another. */
  readonly basis: string
  readonly resource: string | undefined
  /** Attributes that are given for many decisions, encoded once with `encodeFacts`. */
  readonly lasting?: string
  /** Short names of attributes, which the basis fixes; what has none stands with its own. */
  readonly placeOf?: PlaceOf
  /** The given attributes that a policy looks at. */
  readonly given: readonly (AttributeFact | undefined)[]
  readonly restsOn: readonly string[]
  readonly versions: readonly bigint[]
  readonly lookUps?: readonly Pick<LookUp, 'by'>[]
}

export type PlaceOf = (category: string, id: string) => number | undefined

export function cacheKey(parts: KeyParts): string {
  let text = sized(parts.basis) + optional(parts.resource) + optional(parts.lasting)
  text += encodeFacts(parts.given, parts.placeOf)
  text += `${parts.restsOn.length}#`
  parts.restsOn.forEach((entity, index) => {
    text += `${sized(entity)}${parts.versions[index]};`
  })
  if (parts.lookUps === undefined) return text
  for (const { by } of parts.lookUps) if (by !== undefined) text += `${by.length}#${by.map(sized).join('')}`
  return text
}

export function encodeFacts(facts: readonly (AttributeFact | undefined)[], placeOf?: PlaceOf): string {
  let text = ''
  for (const fact of facts) text += fact === undefined ? '-' : encodeFact(fact, placeOf)
  return text
}

function encodeFact(fact: AttributeFact, placeOf: PlaceOf | undefined): string {
  const place = placeOf?.(fact.category, fact.id)
  const [only] = fact.values
  if (place !== undefined && only !== undefined && isUsual(fact)) return usualHead(place) + sized(String(only.value))
  const name = place === undefined ? sized(fact.category) + sized(fact.id) : `#${place}`
  let text = `+${name}${optional(fact.issuer)}${fact.values.length}:`
  for (const typed of fact.values) text += typeOf(typed) + sized(textOf(typed))
  return text
}

/** One string from nobody in particular: what goes before it is joined once for each place, and comes out as below. */
const isUsual = ({ issuer, values }: AttributeFact): boolean =>
  issuer === undefined && values.length === 1 && values[0]!.dataType === stringType

const usualHeads: string[] = []
function usualHead(place: number): string {
  usualHeads[place] ??= `+#${place}-1:~`
  return usualHeads[place]
}

/** Nearly all are strings; no length begins with this sign. */
const typeOf = ({ dataType }: TypedValue): string => (dataType === stringType ? '~' : sized(dataType))
const stringType = 'http://www.w3.org/2001/XMLSchema#string'

/** Dates, names and addresses are objects, which `String` would make all the same. */
function textOf({ dataType, value }: TypedValue): string {
  if (typeof value !== 'object') return String(value)
  const type = dataTypes.get(dataType)
  if (type === undefined) throw new Error(`a value of unknown data type \`${dataType}\``)
  return type.print(value)
}

const sized = (text: string): string => `${text.length}:${text}`
const optional = (text: string | undefined): string => (text === undefined ? '-' : `+${sized(text)}`)
