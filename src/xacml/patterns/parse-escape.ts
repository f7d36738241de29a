import { blocks } from './blocks.ts'
import { categories } from './categories.ts'
import { type CharacterSet, complement } from './character-set.ts'
import { accept, type Cursor, peek, refuse } from './cursor.ts'
import { multiCharacterEscapes, singleCharacterEscapes } from './escapes.ts'

/** What JavaScript and others know and the grammar does not. */
const foreignEscapes: ReadonlyMap<string, string> = new Map([
  ['b', 'word boundary'],
  ['B', 'word boundary'],
  ['A', 'anchor'],
  ['Z', 'anchor'],
  ['z', 'anchor'],
  ['G', 'anchor'],
  ['x', 'hexadecimal escape'],
  ['u', 'hexadecimal escape'],
  ['0', 'octal escape'],
  ['k', 'named back-reference'],
  ['Q', 'quotation'],
])

/** After `\p` or `\P`: `{Lu}` or `{IsGreek}`. */
const parseProperty = (cursor: Cursor, negated: boolean): CharacterSet | undefined => {
  const start = cursor.at - 2
  if (!accept(cursor, '{')) return refuse(cursor, 'expected `{` after `\\p`')
  const end = cursor.characters.indexOf('}', cursor.at)
  if (end < 0) return refuse(cursor, 'unclosed `\\p{`', start)
  const name = cursor.characters.slice(cursor.at, end).join('')
  cursor.at = end + 1
  // Cs is no category of XML Schema: there are no surrogates in XML.
  const set = name.startsWith('Is') ? blocks.get(name.slice(2)) : name === 'Cs' ? undefined : categories.get(name)
  if (set === undefined) return refuse(cursor, `unknown category or block \`${name}\``, start)
  return negated ? complement(set) : set
}

/** At a backslash: the characters it stands for; a single one is a set of one. Back-references are the caller's. */
export const parseEscape = (cursor: Cursor): CharacterSet | undefined => {
  const start = cursor.at
  const letter = peek(cursor, 1)
  if (letter === undefined) return refuse(cursor, 'nothing after `\\`')
  cursor.at += 2
  if (letter === 'p' || letter === 'P') return parseProperty(cursor, letter === 'P')
  const single = singleCharacterEscapes.get(letter)
  if (single !== undefined) return [single, single]
  const set = multiCharacterEscapes.get(letter)
  if (set !== undefined) return set
  const foreign = foreignEscapes.get(letter)
  return refuse(cursor, `${foreign ?? 'escape'} \`\\${letter}\` is not in the grammar of XML Schema`, start)
}
