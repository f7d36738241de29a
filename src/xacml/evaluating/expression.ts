/** Section 7.3: evaluates an expression of a checked policy to a value, a bag, or a failure. */
import { Failure } from '../model/failure.ts'
import type { Expression, VariableReference } from '../model/policy.ts'
import type { Bag, Value } from '../model/value.ts'
import { variablesOf } from '../model/variables.ts'
import { evaluateApply } from './apply.ts'
import type { Scope } from './context.ts'
import { evaluateDesignator } from './designator.ts'
import { evaluateLiteral } from './literal.ts'
import { evaluateSelector } from './selector.ts'

export function evaluateExpression(expression: Expression, scope: Scope): Value | Bag | Failure {
  switch (expression.kind) {
    case 'AttributeValue':
      return evaluateLiteral(expression, scope.context)
    case 'AttributeDesignator':
      return evaluateDesignator(expression, scope.context)
    case 'AttributeSelector':
      return evaluateSelector(expression, scope.context)
    case 'VariableReference':
      return evaluateVariable(expression, scope)
    case 'Apply':
      return evaluateApply(expression, scope)
    case 'Function':
      throw new Error(`the policy was not checked: function \`${expression.function}\` stands where a value is due`)
  }
}

/** Section 7.8: evaluated at first use, the same value for the rest of this evaluation of the policy. */
function evaluateVariable(reference: VariableReference, scope: Scope): Value | Bag | Failure {
  const known = scope.variables.get(reference.variableId)
  if (known !== undefined) return known
  const definition = scope.policy && variablesOf(scope.policy).get(reference.variableId)
  if (definition === undefined) {
    throw new Error(`the policy was not checked: variable \`${reference.variableId}\` is not defined`)
  }
  const value = evaluateExpression(definition.expression, scope)
  scope.variables.set(reference.variableId, value)
  return value
}

/** A condition, target or logical argument: checking has proved that it is one boolean. */
export function evaluateBoolean(expression: Expression, scope: Scope): boolean | Failure {
  const value = evaluateExpression(expression, scope)
  if (typeof value === 'boolean' || value instanceof Failure) return value
  throw new Error('the policy was not checked: a boolean is due here')
}
