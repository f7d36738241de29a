/** Section 7.5: an expression with the value of each of its parts; arguments that were never asked for have none. */
import { functions } from '../functions/index.ts'
import { Failure } from '../model/failure.ts'
import type { Apply, Expression, Policy } from '../model/policy.ts'
import type { Bag, Value } from '../model/value.ts'
import { type Examining, examine, mayExamine, textsOf } from './examining.ts'
import type { ExplainedExpression } from './explanation.ts'

export function explainExpression(
  expression: Expression,
  policy: Policy | undefined,
  examining: Examining,
): ExplainedExpression {
  const named = describe(expression)
  if (expression.kind === 'Function') return { ...named, arguments: [] }
  if (!mayExamine(examining)) return { ...named, failure: 'not looked at: too many parts', arguments: [] }
  const value = examine(expression, policy, examining)
  const parts = partsOf(expression, policy, examining)
  if (value instanceof Failure) return { ...named, failure: value.message, arguments: parts }
  return { ...named, values: textsOf(value, expression, policy), isBag: Array.isArray(value), arguments: parts }
}

function describe(expression: Expression): Pick<ExplainedExpression, 'kind' | 'at' | 'name' | 'category'> {
  const { kind, at } = expression
  switch (expression.kind) {
    case 'AttributeValue':
      return { kind, at, name: expression.text }
    case 'AttributeDesignator':
      return { kind, at, name: expression.attributeId, category: expression.category }
    case 'AttributeSelector':
      return { kind, at, name: expression.path, category: expression.category }
    case 'VariableReference':
      return { kind, at, name: expression.variableId }
    case 'Apply':
    case 'Function':
      return { kind, at, name: expression.function }
  }
}

function partsOf(
  expression: Expression,
  policy: Policy | undefined,
  examining: Examining,
): readonly ExplainedExpression[] {
  if (expression.kind === 'VariableReference') {
    const definition = policy?.variables.find(({ variableId }) => variableId === expression.variableId)
    return definition === undefined ? [] : [explainExpression(definition.expression, policy, examining)]
  }
  if (expression.kind !== 'Apply') return []
  const reached = reachedArguments(expression, policy, examining)
  return expression.arguments.map((argument, index) =>
    index < reached ? explainExpression(argument, policy, examining) : { ...describe(argument), arguments: [] },
  )
}

/** How many arguments are evaluated: `and` and `or` stop at the one that decides, everything stops at an error. */
function reachedArguments(apply: Apply, policy: Policy | undefined, examining: Examining): number {
  const row = functions.get(apply.function)
  const deciding =
    row?.form === 'logical' ? (row.logic === 'or' ? true : row.logic === 'and' ? false : undefined) : undefined
  for (const [index, argument] of apply.arguments.entries()) {
    if (argument.kind === 'Function') continue
    const value: Value | Bag | Failure = examine(argument, policy, examining)
    if (value instanceof Failure || (deciding !== undefined && value === deciding)) return index + 1
  }
  return apply.arguments.length
}
