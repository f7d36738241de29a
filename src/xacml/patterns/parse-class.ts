/** Character class expressions: XML Schema part 2, appendix F.1. */
import { type CharacterSet, complement, subtract, union } from './character-set.ts'
import { accept, type Cursor, peek, refuse } from './cursor.ts'
import { parseEscape } from './parse-escape.ts'

/** One character or escape of a range or group; `-` is the caller's. */
const parseMember = (cursor: Cursor): CharacterSet | undefined => {
  const character = peek(cursor)
  if (character === undefined) return refuse(cursor, 'unclosed `[`')
  if (character === '\\') return parseEscape(cursor)
  if (character === '[') return refuse(cursor, '`[` in a class must be escaped')
  cursor.at++
  const code = character.codePointAt(0) ?? 0
  return [code, code]
}

const isSingle = (set: CharacterSet): boolean => set.length === 2 && set[0] === set[1]

/** After `x-`: the other end of the range. */
const parseRangeEnd = (cursor: Cursor, from: CharacterSet, start: number): CharacterSet | undefined => {
  const to = parseMember(cursor)
  if (to === undefined) return undefined
  if (!isSingle(from) || !isSingle(to)) return refuse(cursor, 'a range needs single characters at its ends', start)
  const [first = 0] = from
  const [last = 0] = to
  return first <= last ? [first, last] : refuse(cursor, 'the ends of the range are out of order', start)
}

/** `-` stands for itself only at the ends of a group; before `[` it subtracts. */
const parseHyphen = (cursor: Cursor, first: boolean): CharacterSet | undefined => {
  const next = peek(cursor, 1)
  if (!first && next !== ']' && !(next === '-' && peek(cursor, 2) === '['))
    return refuse(cursor, '`-` inside a class must be escaped')
  if (next === '-' && peek(cursor, 2) !== '[' && peek(cursor, 2) !== ']')
    return refuse(cursor, '`-` as the end of a range must be escaped')
  cursor.at++
  return [0x2d, 0x2d]
}

/** One item of a group: a character, an escape or a range. */
const parseItem = (cursor: Cursor, first: boolean): CharacterSet | undefined => {
  if (peek(cursor) === '-') return parseHyphen(cursor, first)
  const start = cursor.at
  const member = parseMember(cursor)
  const next = peek(cursor, 1)
  const isRange = peek(cursor) === '-' && next !== ']' && next !== '[' && !(next === '-' && peek(cursor, 2) === '[')
  if (member === undefined || !isRange) return member
  cursor.at++
  return peek(cursor) === '-'
    ? refuse(cursor, '`-` as the end of a range must be escaped')
    : parseRangeEnd(cursor, member, start)
}

/** At `[`; `[a-z-[aeiou]]` takes the second class out of the first, and `[^a-[b]]` out of the complement of `a`. */
export const parseClass = (cursor: Cursor): CharacterSet | undefined => {
  const start = cursor.at
  cursor.at++
  const negated = accept(cursor, '^')
  const items: CharacterSet[] = []
  while (peek(cursor) !== ']') {
    if (peek(cursor) === undefined) return refuse(cursor, 'unclosed `[`', start)
    if (items.length > 0 && peek(cursor) === '-' && peek(cursor, 1) === '[') break
    const item = parseItem(cursor, items.length === 0)
    if (item === undefined) return undefined
    items.push(item)
  }
  if (items.length === 0) return refuse(cursor, 'empty class', start)
  const group = negated ? complement(union(...items)) : union(...items)
  if (accept(cursor, ']')) return group
  cursor.at++
  const taken = parseClass(cursor)
  if (taken === undefined) return undefined
  return accept(cursor, ']') ? subtract(group, taken) : refuse(cursor, 'expected `]` after the subtracted class')
}
