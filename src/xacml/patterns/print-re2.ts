/** The tree in the syntax of RE2, for a yes or no: groups do not capture, reluctance makes no difference. */
import { type CharacterSet, complement } from './character-set.ts'
import type { Pattern } from './pattern.ts'

const character = (code: number): string => `\\x{${code.toString(16)}}`

const printRanges = (set: CharacterSet): string => {
  let text = ''
  for (let index = 0; index < set.length; index += 2) {
    const first = set[index] ?? 0
    const last = set[index + 1] ?? 0
    text += first === last ? character(first) : `${character(first)}-${character(last)}`
  }
  return text
}

/** Ranges only, never RE2's own classes, which mean something else; whichever of the set and its complement is shorter. */
const printSet = (set: CharacterSet): string => {
  if (set.length === 2 && set[0] === set[1]) return character(set[0] ?? 0)
  const rest = complement(set)
  if (rest.length === 0) return `[${printRanges(set)}]`
  return set.length === 0 || rest.length < set.length ? `[^${printRanges(rest)}]` : `[${printRanges(set)}]`
}

const printCounts = (minimum: number, maximum: number): string => {
  if (maximum === Number.POSITIVE_INFINITY) return minimum === 0 ? '*' : minimum === 1 ? '+' : `{${minimum},}`
  return minimum === 0 && maximum === 1 ? '?' : `{${minimum},${maximum}}`
}

/** References have no RE2 form: the caller has seen to it that there are none. */
export const printRE2 = (pattern: Pattern): string => {
  switch (pattern.kind) {
    case 'set':
      return printSet(pattern.set)
    case 'sequence':
      return pattern.parts.map((part) => (part.kind === 'choice' ? `(?:${printRE2(part)})` : printRE2(part))).join('')
    case 'choice':
      return pattern.branches.map(printRE2).join('|')
    case 'group':
      return `(?:${printRE2(pattern.part)})`
    case 'repeat':
      return `(?:${printRE2(pattern.part)})${printCounts(pattern.minimum, pattern.maximum)}`
    case 'start':
      return '\\A'
    case 'end':
      return '\\z'
    case 'reference':
      throw new Error(`back-reference \\${pattern.group} has no RE2 form`)
  }
}
