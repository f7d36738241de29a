/** The text of a distinguished name, RFC 2253 sections 3 and 4: split into relative names, types and unescaped values. */
import { trimWhiteSpace } from './white-space.ts'

export interface AttributeTypeAndValue {
  /** A keyword or an object identifier, as written but for case and the prefix `OID.`. */
  readonly type: string
  /** Unescaped; for the `#…` form the hexadecimal digits. */
  readonly value: string
  readonly hexadecimal: boolean
}

interface Read<T> {
  readonly value: T
  readonly next: number
}

const typePattern = /[ \t\r\n]*(?:(?:OID\.)?([0-9]+(?:\.[0-9]+)*)|([A-Z][A-Z0-9-]*))[ \t\r\n]*=[ \t\r\n]*/iy
const hexadecimalPattern = /#((?:[0-9a-f]{2})+)[ \t\r\n]*(?=[,;+]|$)/iy
const octetsPattern = /(?:\\[0-9a-f]{2})+/iy
const spacePattern = /[ \t\r\n]*/y
/** Runs that need no look: everything but separators, quotes, escapes and white space. */
const plainPattern = /[^,;+"\\<> \t\r\n]+/y

const readAt = (pattern: RegExp, text: string, at: number): RegExpExecArray | null => {
  pattern.lastIndex = at
  return pattern.exec(text)
}

/** `\C4\8D` is the UTF-8 of one character; undefined when the octets are not UTF-8. */
const decodeOctets = (octets: string): string | undefined => {
  try {
    return decodeURIComponent(octets.replaceAll('\\', '%'))
  } catch {
    return undefined
  }
}

/** One escape, starting at the backslash. */
const readEscape = (text: string, at: number): Read<string> | undefined => {
  const octets = readAt(octetsPattern, text, at)?.[0]
  if (octets !== undefined) {
    const value = decodeOctets(octets)
    return value === undefined ? undefined : { value, next: at + octets.length }
  }
  const escaped = text[at + 1]
  return escaped !== undefined && ',=+<>#;\\" '.includes(escaped) ? { value: escaped, next: at + 2 } : undefined
}

/** After the opening quote. Section 4: other forms of older versions are accepted. */
const readQuoted = (text: string, start: number): Read<string> | undefined => {
  let value = ''
  let at = start
  while (at < text.length) {
    const character = text[at] ?? ''
    if (character === '"') return { value, next: at + 1 + (readAt(spacePattern, text, at + 1)?.[0].length ?? 0) }
    if (character === '\\') {
      const escaped = readEscape(text, at)
      if (escaped === undefined) return undefined
      value += escaped.value
      at = escaped.next
    } else {
      value += character
      at++
    }
  }
  return undefined
}

/** Up to the next separator; unescaped white space around the value does not belong to it. */
const readPlain = (text: string, start: number): Read<string> | undefined => {
  let value = ''
  let at = start
  while (at < text.length && !',;+'.includes(text[at] ?? '')) {
    const plain = readAt(plainPattern, text, at)?.[0]
    if (plain !== undefined) {
      value += plain
      at += plain.length
      continue
    }
    const space = readAt(spacePattern, text, at)?.[0] ?? ''
    if (space !== '') {
      at += space.length
      if (at < text.length && !',;+'.includes(text[at] ?? '')) value += space
      continue
    }
    const escaped = text[at] === '\\' ? readEscape(text, at) : undefined
    if (escaped === undefined) return undefined
    value += escaped.value
    at = escaped.next
  }
  return { value, next: at }
}

const readPair = (text: string, at: number): Read<AttributeTypeAndValue> | undefined => {
  const name = readAt(typePattern, text, at)
  if (name === null) return undefined
  const type = (name[1] ?? name[2] ?? '').toUpperCase()
  const start = at + name[0].length
  if (text[start] === '#') {
    const digits = readAt(hexadecimalPattern, text, start)
    if (digits === null) return undefined
    const value = (digits[1] ?? '').toLowerCase()
    return { value: { type, value, hexadecimal: true }, next: start + digits[0].length }
  }
  const read = text[start] === '"' ? readQuoted(text, start + 1) : readPlain(text, start)
  return read && { value: { type, value: read.value, hexadecimal: false }, next: read.next }
}

/**
 * The relative names from the most specific on, each a list of type and value; blank text is the empty name.
 * Undefined when the text is not a distinguished name.
 */
export const parseX500Text = (text: string): readonly (readonly AttributeTypeAndValue[])[] | undefined => {
  if (trimWhiteSpace(text) === '') return []
  const names: AttributeTypeAndValue[][] = []
  let pairs: AttributeTypeAndValue[] = []
  for (let at = 0; ; at++) {
    const pair = readPair(text, at)
    if (pair === undefined) return undefined
    pairs.push(pair.value)
    at = pair.next
    if (at < text.length && text[at] === '+') continue
    names.push(pairs)
    pairs = []
    if (at === text.length) return names
    if (text[at] !== ',' && text[at] !== ';') return undefined
  }
}
