/** Section 5.31: the value of a literal. Checking has refused literals outside their lexical space. */
import type { Literal } from '../model/policy.ts'
import type { Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import { xpathExpression, xpathExpressionOf } from '../values/xpath-expression.ts'

/** Undefined when the text is not in the lexical space, or the data type is not known. */
export function readLiteral({ dataType, text, xpathCategory, namespaces }: Literal): Value | undefined {
  if (dataType !== xpathExpression.id) return dataTypes.get(dataType)?.parse(text)
  return xpathCategory === undefined ? undefined : xpathExpressionOf(text, xpathCategory, namespaces ?? {})
}

export function evaluateLiteral(literal: Literal): Value {
  const value = readLiteral(literal)
  if (value === undefined) {
    throw new Error(`the policy was not checked: \`${literal.text}\` is not of type \`${literal.dataType}\``)
  }
  return value
}
