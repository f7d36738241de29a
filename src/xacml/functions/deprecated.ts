/** Section A.4: identifiers of 1.0 whose 3.0 successor does exactly the same. */
import type { StrictFunction } from './row.ts'
import { functionId } from './signature.ts'

const durationFunctions = [
  'equal',
  'one-and-only',
  'bag-size',
  'is-in',
  'bag',
  'intersection',
  'at-least-one-member-of',
  'union',
  'subset',
  'set-equals',
]

const renamed: ReadonlySet<string> = new Set([
  ...durationFunctions.map((name) => functionId('3.0', `dayTimeDuration-${name}`)),
  ...durationFunctions.map((name) => functionId('3.0', `yearMonthDuration-${name}`)),
  functionId('3.0', 'dateTime-add-dayTimeDuration'),
  functionId('3.0', 'dateTime-subtract-dayTimeDuration'),
  functionId('3.0', 'dateTime-add-yearMonthDuration'),
  functionId('3.0', 'dateTime-subtract-yearMonthDuration'),
  functionId('3.0', 'date-add-yearMonthDuration'),
  functionId('3.0', 'date-subtract-yearMonthDuration'),
])

/** The deprecated twins of those among `rows` that have one. */
export const deprecatedFunctions = (rows: readonly StrictFunction[]): readonly StrictFunction[] =>
  rows
    .filter((row) => renamed.has(row.id))
    .map((row) => ({ ...row, id: row.id.replace(':3.0:', ':1.0:'), successor: row.id }))
