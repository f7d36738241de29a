/** A regular expression of XPath 2.0 functions and operators, section 7.6.1, as a tree. */
import type { CharacterSet } from './character-set.ts'

export type Pattern =
  | { readonly kind: 'set'; readonly set: CharacterSet }
  | { readonly kind: 'sequence'; readonly parts: readonly Pattern[] }
  | { readonly kind: 'choice'; readonly branches: readonly Pattern[] }
  | {
      readonly kind: 'repeat'
      readonly part: Pattern
      readonly minimum: number
      /** Infinity when there is no upper bound. */
      readonly maximum: number
      readonly reluctant: boolean
    }
  /** Groups count from 1, by their opening parenthesis. */
  | { readonly kind: 'group'; readonly part: Pattern; readonly index: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'end' }
  | { readonly kind: 'reference'; readonly group: number }

/** How many instructions a machine for it has, within a small factor; a repetition counts as often as it is written out. */
export const sizeOf = (pattern: Pattern): number => {
  switch (pattern.kind) {
    case 'set':
    case 'start':
    case 'end':
    case 'reference':
      return 1
    case 'sequence':
      return pattern.parts.reduce((sum, part) => sum + sizeOf(part), 0)
    case 'choice':
      return pattern.branches.reduce((sum, branch) => sum + sizeOf(branch) + 1, 0)
    case 'group':
      return sizeOf(pattern.part) + 2
    case 'repeat': {
      const copies = pattern.maximum === Number.POSITIVE_INFINITY ? pattern.minimum + 1 : pattern.maximum
      return (sizeOf(pattern.part) + 1) * copies + 1
    }
  }
}
