/**
 * The grammar of fn:matches (XPath 2.0 functions and operators, section 7.6.1): XML Schema part 2, appendix F, plus
 * `^`, `$`, reluctant quantifiers and back-references. Everything else that engines know is refused by name.
 */

import { accept, type Cursor, cursorOver, peek, refuse } from './cursor.ts'
import { anyCharacter } from './escapes.ts'
import { parseClass } from './parse-class.ts'
import { parseEscape } from './parse-escape.ts'
import type { Pattern } from './pattern.ts'

/** The most that a quantifier may count to. */
const maximumCount = 1_000

const foreignGroups: readonly (readonly [string, string])[] = [
  ['(?:', 'non-capturing group'],
  ['(?=', 'look-ahead'],
  ['(?!', 'look-ahead'],
  ['(?<=', 'look-behind'],
  ['(?<!', 'look-behind'],
  ['(?<', 'named group'],
  ['(?P', 'named group'],
  ['(?>', 'atomic group'],
  ['(?', 'inline flag'],
]

const parseGroup = (cursor: Cursor): Pattern | undefined => {
  const start = cursor.at
  const foreign = foreignGroups.find(([opening]) => accept(cursor, opening))
  if (foreign !== undefined)
    return refuse(cursor, `${foreign[1]} \`${foreign[0]}\` is not in the grammar of XPath 2.0`, start)
  cursor.at++
  const index = ++cursor.groups
  const part = parseChoice(cursor)
  if (part === undefined) return undefined
  if (!accept(cursor, ')')) return refuse(cursor, 'unclosed `(`', start)
  cursor.closed.add(index)
  return { kind: 'group', part, index }
}

/** At `\1` to `\9`: as many digits as still name a group that has been opened. */
const parseReference = (cursor: Cursor): Pattern | undefined => {
  const start = cursor.at
  let group = Number(peek(cursor, 1))
  cursor.at += 2
  while (/^[0-9]$/.test(peek(cursor) ?? '') && group * 10 + Number(peek(cursor)) <= cursor.groups) {
    group = group * 10 + Number(peek(cursor))
    cursor.at++
  }
  if (!cursor.closed.has(group)) return refuse(cursor, `back-reference to group ${group}, which is not complete`, start)
  return { kind: 'reference', group }
}

const setOf = (set: readonly number[] | undefined): Pattern | undefined => set && { kind: 'set', set }

const parseAtom = (cursor: Cursor): Pattern | undefined => {
  const character = peek(cursor) ?? ''
  switch (character) {
    case '(':
      return parseGroup(cursor)
    case '[':
      return setOf(parseClass(cursor))
    case '\\':
      return /^[1-9]$/.test(peek(cursor, 1) ?? '') ? parseReference(cursor) : setOf(parseEscape(cursor))
    case '?':
    case '*':
    case '+':
      return refuse(cursor, `nothing to repeat before \`${character}\``)
    case '{':
    case '}':
    case ']':
      return refuse(cursor, `\`${character}\` must be escaped`)
  }
  cursor.at++
  if (character === '^') return { kind: 'start' }
  if (character === '$') return { kind: 'end' }
  if (character === '.') return { kind: 'set', set: anyCharacter }
  const code = character.codePointAt(0) ?? 0
  return { kind: 'set', set: [code, code] }
}

interface Counts {
  readonly minimum: number
  readonly maximum: number
}

const many = Number.POSITIVE_INFINITY

/** After `{`: `n}`, `n,}` or `n,m}`. */
const parseCounts = (cursor: Cursor): Counts | undefined => {
  const start = cursor.at - 1
  const end = cursor.characters.indexOf('}', cursor.at)
  const text = end < 0 ? '' : cursor.characters.slice(cursor.at, end).join('')
  const [match, least = '', comma, most = ''] = /^([0-9]+)(,)?([0-9]+)?$/.exec(text) ?? []
  if (match === undefined || (comma === undefined && most !== '')) return refuse(cursor, 'malformed quantifier', start)
  const minimum = Number(least)
  const maximum = comma === undefined ? minimum : most === '' ? many : Number(most)
  if (minimum > maximum) return refuse(cursor, `quantifier \`{${text}}\` is out of order`, start)
  if (minimum > maximumCount || (maximum !== many && maximum > maximumCount))
    return refuse(cursor, `quantifier \`{${text}}\` counts beyond ${maximumCount}`, start)
  cursor.at = end + 1
  return { minimum, maximum }
}

const parseQuantifier = (cursor: Cursor): Counts | undefined => {
  if (accept(cursor, '?')) return { minimum: 0, maximum: 1 }
  if (accept(cursor, '*')) return { minimum: 0, maximum: many }
  if (accept(cursor, '+')) return { minimum: 1, maximum: many }
  return accept(cursor, '{') ? parseCounts(cursor) : undefined
}

const parsePiece = (cursor: Cursor): Pattern | undefined => {
  const part = parseAtom(cursor)
  const start = cursor.at
  const counts = part && parseQuantifier(cursor)
  if (part === undefined || counts === undefined) return cursor.problem === undefined ? part : undefined
  if (part.kind === 'start' || part.kind === 'end') return refuse(cursor, 'an anchor cannot be repeated', start)
  const reluctant = accept(cursor, '?')
  const next = peek(cursor)
  if (next === '+' && !reluctant)
    return refuse(cursor, 'possessive quantifier is not in the grammar of XPath 2.0', start)
  if (next !== undefined && '?*+{'.includes(next)) return refuse(cursor, 'a quantifier after a quantifier')
  return { kind: 'repeat', part, ...counts, reluctant }
}

const parseBranch = (cursor: Cursor): Pattern | undefined => {
  const parts: Pattern[] = []
  for (let next = peek(cursor); next !== undefined && next !== '|' && next !== ')'; next = peek(cursor)) {
    const piece = parsePiece(cursor)
    if (piece === undefined) return undefined
    parts.push(piece)
  }
  const [only] = parts
  return parts.length === 1 && only !== undefined ? only : { kind: 'sequence', parts }
}

function parseChoice(cursor: Cursor): Pattern | undefined {
  const branches: Pattern[] = []
  do {
    const branch = parseBranch(cursor)
    if (branch === undefined) return undefined
    branches.push(branch)
  } while (accept(cursor, '|'))
  const [only] = branches
  return branches.length === 1 && only !== undefined ? only : { kind: 'choice', branches }
}

type ParsedPattern =
  | { readonly ok: true; readonly pattern: Pattern; readonly references: boolean; readonly groups: number }
  | { readonly ok: false; readonly problem: string }

/** The caller bounds the length of `text`: the nesting of the result is bounded by it. */
export const parsePattern = (text: string): ParsedPattern => {
  const cursor = cursorOver(text)
  const pattern = parseChoice(cursor)
  if (pattern !== undefined && peek(cursor) !== undefined) refuse(cursor, '`)` without `(`')
  if (pattern === undefined || cursor.problem !== undefined)
    return { ok: false, problem: cursor.problem ?? 'malformed pattern' }
  return { ok: true, pattern, references: hasReference(pattern), groups: cursor.groups }
}

const hasReference = (pattern: Pattern): boolean => {
  switch (pattern.kind) {
    case 'reference':
      return true
    case 'sequence':
      return pattern.parts.some(hasReference)
    case 'choice':
      return pattern.branches.some(hasReference)
    case 'repeat':
    case 'group':
      return hasReference(pattern.part)
    default:
      return false
  }
}
