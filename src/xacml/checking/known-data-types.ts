/** Appendix A.2: every data type is known; the names of the 2002 draft are named with their successor. */
import type { Expression } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { canonicalType, dataTypes } from '../values/index.ts'
import { type Check, error, warning } from './check.ts'

export const knownDataTypes: Check = function* ({ expressions }) {
  for (const { expression } of expressions) yield* checkDataType(expression)
}

function* checkDataType(expression: Expression): Iterable<Problem> {
  if (!('dataType' in expression)) return
  const { dataType, at } = expression
  if (!dataTypes.has(dataType)) {
    yield error(
      'XACML-UNKNOWN-DATA-TYPE',
      at,
      `data type \`${dataType}\` is not known; use one of appendix A.2 of XACML 3.0`,
    )
  } else if (canonicalType(dataType) !== dataType) {
    yield warning(
      'XACML-DEPRECATED',
      at,
      `\`${dataType}\` is planned for deprecation; use \`${canonicalType(dataType)}\``,
    )
  }
}
