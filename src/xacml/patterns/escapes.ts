/** The multi-character escapes of XML Schema part 2, appendix F.1.1, and the single-character ones. */
import { categories } from './categories.ts'
import { type CharacterSet, complement, union } from './character-set.ts'

const category = (name: string): CharacterSet => {
  const set = categories.get(name)
  if (set === undefined) throw new Error(`no category ${name}`)
  return set
}

/** Pairs of first and last, as the productions list them. */
const nameStart: CharacterSet = union(
  [0x3a, 0x3a, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a, 0xc0, 0xd6, 0xd8, 0xf6, 0xf8, 0x2ff, 0x370, 0x37d, 0x37f, 0x1fff],
  [0x200c, 0x200d, 0x2070, 0x218f, 0x2c00, 0x2fef, 0x3001, 0xd7ff, 0xf900, 0xfdcf, 0xfdf0, 0xfffd, 0x10000, 0xeffff],
)

/** XML 1.0, productions 4 and 4a. */
const name = union(nameStart, [0x2d, 0x2e, 0x30, 0x39, 0xb7, 0xb7, 0x300, 0x36f, 0x203f, 0x2040])

const space: CharacterSet = [0x09, 0x0a, 0x0d, 0x0d, 0x20, 0x20]
const digit = category('Nd')
const notWord = union(category('P'), category('Z'), category('C'))

/** `.` outside classes: everything but line feed and carriage return. */
export const anyCharacter: CharacterSet = complement([0x0a, 0x0a, 0x0d, 0x0d])

export const multiCharacterEscapes: ReadonlyMap<string, CharacterSet> = new Map([
  ['s', space],
  ['S', complement(space)],
  ['i', nameStart],
  ['I', complement(nameStart)],
  ['c', name],
  ['C', complement(name)],
  ['d', digit],
  ['D', complement(digit)],
  ['w', complement(notWord)],
  ['W', notWord],
])

/** `\$` is the addition of XPath 2.0. */
export const singleCharacterEscapes: ReadonlyMap<string, number> = new Map([
  ['n', 0x0a],
  ['r', 0x0d],
  ['t', 0x09],
  ...[...'\\|.?*+(){}-[]^$'].map((character) => [character, character.charCodeAt(0)] as const),
])
