/** Section 5.31: the value of a literal. Checking has refused literals outside their lexical space. */
import type { Failure } from '../model/failure.ts'
import type { Literal } from '../model/policy.ts'
import type { Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import { xpathExpression, xpathExpressionOf } from '../values/xpath-expression.ts'
import { stepsOfSize, takeStep } from '../work.ts'
import type { DecisionContext } from './context.ts'

/** Undefined when the text is not in the lexical space, or the data type is not known. */
export function readLiteral({ dataType, text, xpathCategory, namespaces, xpathVersion }: Literal): Value | undefined {
  if (dataType !== xpathExpression.id) return dataTypes.get(dataType)?.parse(text)
  return xpathCategory === undefined
    ? undefined
    : xpathExpressionOf(text, xpathCategory, namespaces ?? {}, xpathVersion)
}

/** Read anew every time, and paid for. */
export function evaluateLiteral(literal: Literal, { work }: DecisionContext): Value | Failure {
  const exhausted = takeStep(work, stepsOfSize(literal.text.length))
  if (exhausted !== undefined) return exhausted
  const value = readLiteral(literal)
  if (value === undefined) {
    throw new Error(`the policy was not checked: \`${literal.text}\` is not of type \`${literal.dataType}\``)
  }
  return value
}
