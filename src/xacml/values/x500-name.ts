import type { DataType } from './row.ts'
import { collapseWhiteSpace, trimWhiteSpace } from './white-space.ts'
import { attributeTypes } from './x500-attribute-types.ts'
import { type AttributeTypeAndValue, parseX500Text } from './x500-text.ts'

export interface X500Name {
  /** Relative names from the most specific on, in the normal form in which they are compared. */
  readonly normalised: readonly string[]
  /** As written, which is how string-from-x500Name gives it back (A.3.9). */
  readonly text: string
}

/** RFC 3280 section 4.1.2.4: neither case nor the amount of white space counts. */
const normalise = (pair: AttributeTypeAndValue): string => {
  const type = attributeTypes.get(pair.type) ?? pair.type
  const value = pair.hexadecimal ? pair.value : collapseWhiteSpace(pair.value).toLowerCase()
  return JSON.stringify([type, pair.hexadecimal, value])
}

/** A.3.1: the pairs of a multi-valued relative name have no order. */
const parse = (text: string): X500Name | undefined => {
  const names = parseX500Text(text)?.map((pairs) => pairs.map(normalise).sort().join('+'))
  return names && Object.freeze({ normalised: Object.freeze(names), text: written(text) })
}

/** Without white space around it, unless the last space may be an escaped one. */
const written = (text: string): string => {
  const trimmed = trimWhiteSpace(text)
  return trimmed.endsWith('\\') ? text : trimmed
}

const key = (name: X500Name): string => name.normalised.join(',')

/** A.3.14, x500Name-match: whether `name` ends with the relative names of `suffix`. The empty name ends every name. */
export const endsWithX500Name = (name: X500Name, suffix: X500Name): boolean => {
  const start = name.normalised.length - suffix.normalised.length
  return start >= 0 && suffix.normalised.every((part, index) => part === name.normalised[start + index])
}

export const x500Name: DataType = {
  id: 'urn:oasis:names:tc:xacml:1.0:data-type:x500Name',
  name: 'x500Name',
  parse,
  print: (value) => (value as X500Name).text,
  equal: (a, b) => key(a as X500Name) === key(b as X500Name),
  key: (value) => key(value as X500Name),
}
