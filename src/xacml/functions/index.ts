/** The functions of section 10.2.8, found by identifier: one family, one file, one row per function. */
import { arithmeticFunctions } from './arithmetic.ts'
import { bagFunctions } from './bag.ts'
import { comparisonFunctions } from './comparison.ts'
import { conversionFunctions } from './conversion.ts'
import { dateArithmeticFunctions } from './date-arithmetic.ts'
import { deprecatedFunctions } from './deprecated.ts'
import { equalityFunctions } from './equality.ts'
import { higherOrderFunctions } from './higher-order.ts'
import { logicalFunctions } from './logical.ts'
import { patternFunctions } from './pattern.ts'
import type { FunctionRow, StrictFunction } from './row.ts'
import { setFunctions } from './set.ts'
import { specialMatchFunctions } from './special-match.ts'
import { stringFunctions } from './string.ts'
import { xpathFunctions } from './xpath.ts'

const strictFunctions: readonly StrictFunction[] = [
  ...equalityFunctions, // A.3.1
  ...arithmeticFunctions, // A.3.2, A.3.3
  ...stringFunctions, // A.3.4, A.3.9
  ...comparisonFunctions, // A.3.6, A.3.8
  ...dateArithmeticFunctions, // A.3.7
  ...conversionFunctions, // A.3.9
  ...bagFunctions, // A.3.10
  ...setFunctions, // A.3.11
  ...patternFunctions, // A.3.13
  ...specialMatchFunctions, // A.3.14
]

const rows: readonly FunctionRow[] = [
  ...strictFunctions,
  ...deprecatedFunctions(strictFunctions), // A.4
  ...logicalFunctions, // A.3.5
  ...higherOrderFunctions, // A.3.12
  ...xpathFunctions, // A.3.15
]

/** By identifier, the deprecated ones included. */
export const functions: ReadonlyMap<string, FunctionRow> = new Map(rows.map((row) => [row.id, row]))
