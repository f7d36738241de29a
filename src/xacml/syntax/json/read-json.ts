/**
 * A JSON reader for values that decide about access. `JSON.parse` cannot be used: it turns 1.0 into 1, loses digits above
 * 2^53, takes the last of two members of one name, and knows no positions. RFC 8259, with these refusals on top: a name
 * twice in one object, and characters that XML does not allow, for the strings become XACML values.
 */
import type { Outcome } from '../../problems.ts'
import { problem } from '../outcome.ts'
import { positionOf } from '../position.ts'
import { forbiddenCharacter } from '../xml/characters.ts'

/** `at` is the offset in the text, for `positionOf`. */
export type JsonValue = JsonString | JsonNumber | JsonBoolean | JsonNull | JsonArray | JsonObject

export interface JsonString {
  readonly kind: 'string'
  readonly text: string
  readonly at: number
}

export interface JsonNumber {
  readonly kind: 'number'
  /** As it stands in the source. */
  readonly text: string
  readonly at: number
}

export interface JsonBoolean {
  readonly kind: 'boolean'
  readonly value: boolean
  readonly at: number
}

export interface JsonNull {
  readonly kind: 'null'
  readonly at: number
}

export interface JsonArray {
  readonly kind: 'array'
  readonly items: readonly JsonValue[]
  readonly at: number
}

/** Names and values side by side, in source order: no name can meet the prototype of an object. */
export interface JsonObject {
  readonly kind: 'object'
  readonly names: readonly string[]
  readonly values: readonly JsonValue[]
  readonly at: number
}

export interface JsonLimits {
  /** UTF-16 units of the text. */
  readonly characters: number
  /** Arrays and objects inside each other. Never more than 1,000, whatever is asked. */
  readonly depth: number
  /** The setting that `characters` comes from. */
  readonly setting?: 'policyCharacters' | 'requestCharacters'
}

interface Reader {
  readonly text: string
  /** Offset of the next character. */
  at: number
  /** How many more arrays and objects may be opened inside each other. */
  depth: number
  fault: { readonly code: string; readonly message: string; readonly offset: number } | undefined
}

/** Reads one text, of which nothing but white space may be left over. Never throws on any text. */
export function readJson(text: string, limits: JsonLimits): Outcome<JsonValue> {
  const reader: Reader = {
    text,
    at: text.charCodeAt(0) === 0xfeff ? 1 : 0,
    depth: Math.min(limits.depth, 1_000),
    fault: undefined,
  }
  const value = text.length > limits.characters ? tooLarge(reader, limits) : readValue(reader)
  if (value !== undefined && skipSpace(reader) < text.length) unexpected(reader, 'the end')
  if (value !== undefined && reader.fault === undefined) return { ok: true, value, warnings: [] }
  const { code, message, offset } = reader.fault ?? { code: 'JSON-NOT-WELL-FORMED', message: 'no value', offset: 0 }
  return { ok: false, problems: [problem(code, message, positionOf(text, offset))] }
}

function tooLarge(reader: Reader, { characters, setting }: JsonLimits): undefined {
  const by = setting === undefined ? '' : ` by the limit \`${setting}\``
  const message = `the document has ${reader.text.length} characters, ${characters} are allowed${by}`
  return fail(reader, 0, message, 'JSON-TOO-LARGE')
}

function fail(reader: Reader, offset: number, message: string, code = 'JSON-NOT-WELL-FORMED'): undefined {
  reader.fault ??= { code, message, offset }
  return undefined
}

function unexpected(reader: Reader, wanted: string): undefined {
  const { text, at } = reader
  const found = at < text.length ? `\`${String.fromCodePoint(text.codePointAt(at) ?? 0)}\`` : 'the end'
  return fail(reader, at, `${found} stands where ${wanted} is expected`)
}

function skipSpace(reader: Reader): number {
  const { text } = reader
  let { at } = reader
  for (;;) {
    const code = text.charCodeAt(at)
    if (code !== 0x20 && code !== 0xa && code !== 0xd && code !== 0x9) break
    at++
  }
  reader.at = at
  return at
}

function readValue(reader: Reader): JsonValue | undefined {
  const at = skipSpace(reader)
  switch (reader.text.charCodeAt(at)) {
    case 0x22: {
      const text = readString(reader)
      return text === undefined ? undefined : { kind: 'string', text, at }
    }
    case 0x7b:
      return readNested(reader, readObject)
    case 0x5b:
      return readNested(reader, readArray)
    case 0x74:
      return readWord(reader, 'true', { kind: 'boolean', value: true, at })
    case 0x66:
      return readWord(reader, 'false', { kind: 'boolean', value: false, at })
    case 0x6e:
      return readWord(reader, 'null', { kind: 'null', at })
    default:
      return readNumber(reader)
  }
}

function readWord(reader: Reader, word: string, value: JsonValue): JsonValue | undefined {
  if (!reader.text.startsWith(word, reader.at)) return unexpected(reader, 'a value')
  reader.at += word.length
  return value
}

const number = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y

function readNumber(reader: Reader): JsonValue | undefined {
  const { at } = reader
  number.lastIndex = at
  const text = number.exec(reader.text)?.[0]
  if (text === undefined) return unexpected(reader, 'a value')
  reader.at = at + text.length
  return { kind: 'number', text, at }
}

const tooDeep = 'arrays and objects are nested deeper than the limit `documentDepth` allows'

function readNested<T>(reader: Reader, read: (reader: Reader) => T | undefined): T | undefined {
  if (reader.depth === 0) return fail(reader, reader.at, tooDeep, 'JSON-TOO-DEEP')
  reader.depth -= 1
  const value = read(reader)
  reader.depth += 1
  return value
}

function readArray(reader: Reader): JsonArray | undefined {
  const { at, text } = reader
  const items: JsonValue[] = []
  reader.at = at + 1
  if (text.charCodeAt(skipSpace(reader)) === 0x5d) {
    reader.at += 1
    return { kind: 'array', items, at }
  }
  for (;;) {
    const item = readValue(reader)
    if (item === undefined) return undefined
    items.push(item)
    const code = text.charCodeAt(skipSpace(reader))
    if (code !== 0x2c && code !== 0x5d) return unexpected(reader, '`,` or `]`')
    reader.at += 1
    if (code === 0x5d) return { kind: 'array', items, at }
  }
}

function readObject(reader: Reader): JsonObject | undefined {
  const { at, text } = reader
  const names: string[] = []
  const values: JsonValue[] = []
  let seen: Set<string> | undefined
  reader.at = at + 1
  if (text.charCodeAt(skipSpace(reader)) === 0x7d) {
    reader.at += 1
    return { kind: 'object', names, values, at }
  }
  for (;;) {
    const start = skipSpace(reader)
    const name = readName(reader)
    if (name === undefined) return undefined
    if (names.length === 16) seen = new Set(names)
    if (seen === undefined ? names.includes(name) : seen.has(name)) {
      return fail(reader, start, `member \`${name.slice(0, 80)}\` stands twice in one object`, 'JSON-DUPLICATE-MEMBER')
    }
    seen?.add(name)
    const value = readValue(reader)
    if (value === undefined) return undefined
    names.push(name)
    values.push(value)
    const code = text.charCodeAt(skipSpace(reader))
    if (code !== 0x2c && code !== 0x7d) return unexpected(reader, '`,` or `}`')
    reader.at += 1
    if (code === 0x7d) return { kind: 'object', names, values, at }
  }
}

/** A name and the colon behind it. */
function readName(reader: Reader): string | undefined {
  if (reader.text.charCodeAt(reader.at) !== 0x22) return unexpected(reader, 'a member name in double quotes')
  const name = readString(reader)
  if (name === undefined) return undefined
  if (reader.text.charCodeAt(skipSpace(reader)) !== 0x3a) return unexpected(reader, '`:`')
  reader.at += 1
  return name
}

/** At the opening quote. Strings without escapes, which is nearly all, are cut out of the text in one piece. */
function readString(reader: Reader): string | undefined {
  const { text } = reader
  const start = reader.at + 1
  let highest = 0
  for (let at = start; ; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      reader.at = at + 1
      const value = text.slice(start, at)
      return highest < 0xd800 ? value : withoutForbidden(reader, value, start)
    }
    if (code === 0x5c) return readEscaped(reader, start, at)
    // The end of the text is NaN, which is not at least anything.
    if (!(code >= 0x20)) return failInString(reader, start, at)
    if (code > highest) highest = code
  }
}

function failInString(reader: Reader, start: number, at: number): undefined {
  if (at >= reader.text.length) return fail(reader, start - 1, 'the string has no end')
  return fail(reader, at, 'a control character in a string: write it as an escape')
}

const escapes: ReadonlyMap<string, string> = new Map([
  ['"', '"'],
  ['\\', '\\'],
  ['/', '/'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
])

/** `from` is the offset of the first backslash of a string that starts at `start`. */
function readEscaped(reader: Reader, start: number, from: number): string | undefined {
  const { text } = reader
  let value = ''
  let kept = start
  for (let at = from; ; at++) {
    const code = text.charCodeAt(at)
    if (code === 0x22) {
      reader.at = at + 1
      return withoutForbidden(reader, value + text.slice(kept, at), start)
    }
    if (code === 0x5c) {
      const character = unescaped(text, at)
      if (character === undefined) return fail(reader, at, `\`${text.slice(at, at + 2)}\` is not an escape of JSON`)
      value += text.slice(kept, at) + character
      at += text.charCodeAt(at + 1) === 0x75 ? 5 : 1
      kept = at + 1
    } else if (!(code >= 0x20)) return failInString(reader, start, at)
  }
}

function unescaped(text: string, at: number): string | undefined {
  if (text.charCodeAt(at + 1) !== 0x75) return escapes.get(text.charAt(at + 1))
  const digits = text.slice(at + 2, at + 6)
  return /^[0-9A-Fa-f]{4}$/.test(digits) ? String.fromCharCode(Number.parseInt(digits, 16)) : undefined
}

function withoutForbidden(reader: Reader, value: string, start: number): string | undefined {
  const index = value.search(forbiddenCharacter)
  if (index < 0) return value
  const code = (value.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, '0')
  return fail(reader, start, `the string holds the character U+${code}, which no XACML value can hold`)
}
