/** Section 7.3: compiled expressions to values, bags or failures. */
import { callFunction, refuseNOf } from '../evaluating/call.ts'
import { applyHigherOrder } from '../evaluating/higher-order.ts'
import { evaluateSelector } from '../evaluating/selector.ts'
import { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import { stepsOfCall, stepsOfSize, takeStep } from '../work.ts'
import { contextOf, type Evaluation, readBag } from './evaluation.ts'
import type {
  ComparisonExpression,
  Expression,
  LogicalExpression,
  OnlyValueExpression,
  VariableExpression,
} from './node.ts'

type Evaluated = Value | Bag | Failure

export function evaluateExpression(expression: Expression, evaluation: Evaluation): Evaluated {
  switch (expression.kind) {
    case 'Literal':
      return expression.value
    case 'OnlyValue':
      return onlyValue(expression, evaluation)
    case 'Comparison':
      return comparison(expression, evaluation)
    case 'Designator':
      return readBag(evaluation, expression.slot, expression.missing)
    case 'Call': {
      const args = evaluateAll(expression.arguments, evaluation)
      if (args instanceof Failure) return args
      return takeStep(evaluation.work, stepsOfCall(args)) ?? expression.call(args, evaluation.limits, evaluation.work)
    }
    case 'Logical':
      return takeStep(evaluation.work) ?? logical(expression, evaluation)
    case 'Variable':
      return variable(expression, evaluation)
    case 'Selector':
      return evaluateSelector(expression.selector, contextOf(evaluation))
    case 'Named': {
      const args = evaluateAll(expression.arguments, evaluation)
      return args instanceof Failure ? args : callFunction(expression.row, args, contextOf(evaluation))
    }
    case 'HigherOrder': {
      const args = evaluateAll(expression.arguments, evaluation)
      if (args instanceof Failure) return args
      return applyHigherOrder(expression.order, expression.function, args, contextOf(evaluation))
    }
  }
}

/** The first argument in error is the result. */
function evaluateAll(expressions: readonly Expression[], evaluation: Evaluation): (Value | Bag)[] | Failure {
  if (expressions.length === 2) return evaluateBoth(expressions[0]!, expressions[1]!, evaluation)
  const values: (Value | Bag)[] = []
  for (let i = 0; i < expressions.length; i++) {
    const value = evaluateExpression(expressions[i]!, evaluation)
    if (value instanceof Failure) return value
    values.push(value)
  }
  return values
}

/** The most frequent number of arguments. */
function evaluateBoth(first: Expression, second: Expression, evaluation: Evaluation): (Value | Bag)[] | Failure {
  const a = evaluateExpression(first, evaluation)
  if (a instanceof Failure) return a
  const b = evaluateExpression(second, evaluation)
  return b instanceof Failure ? b : [a, b]
}

function onlyValue({ slot, missing, call }: OnlyValueExpression, evaluation: Evaluation): Evaluated {
  const { index } = slot
  const { singles } = evaluation.prepared
  const single = index >= 0 && index < singles.length ? singles[index] : undefined
  if (single !== undefined) return single
  const values = readBag(evaluation, slot, missing)
  if (values instanceof Failure) return values
  return takeStep(evaluation.work) ?? call([values], evaluation.limits, evaluation.work)
}

/** All four kinds of values that get here compare by the operator; the cast is for the ones with an order. */
function comparison({ operator, left, right }: ComparisonExpression, evaluation: Evaluation): boolean | Failure {
  const a = evaluateExpression(left, evaluation)
  if (a instanceof Failure) return a
  const b = evaluateExpression(right, evaluation)
  if (b instanceof Failure) return b
  const exhausted = takeStep(evaluation.work, typeof a === 'string' ? 1 + stepsOfSize(a.length) : 1)
  if (exhausted !== undefined) return exhausted
  switch (operator) {
    case '=':
      return a === b
    case '>':
      return (a as bigint) > (b as bigint)
    case '>=':
      return (a as bigint) >= (b as bigint)
    case '<':
      return (a as bigint) < (b as bigint)
    case '<=':
      return (a as bigint) <= (b as bigint)
  }
}

/** Section A.3.5: from the first argument to the last, and none after the one that decides. */
function logical(expression: LogicalExpression, evaluation: Evaluation): boolean | Failure {
  const { logic, arguments: args } = expression
  if (logic === 'n-of') return nOf(args, evaluation)
  const deciding = logic === 'or'
  for (let i = 0; i < args.length; i++) {
    const value = evaluateBoolean(args[i]!, evaluation)
    if (value instanceof Failure || value === deciding) return value
  }
  return !deciding
}

function nOf(args: readonly Expression[], evaluation: Evaluation): boolean | Failure {
  const needed = evaluateExpression(args[0]!, evaluation)
  if (needed instanceof Failure) return needed
  if (typeof needed !== 'bigint') throw new Error('the policy was not checked: `n-of` takes an integer first')
  const rest = args.length - 1
  const impossible = refuseNOf(needed, rest)
  if (impossible !== undefined) return impossible
  let left = Number(needed)
  for (let i = 1; left > 0 && left <= args.length - i; i++) {
    const value = evaluateBoolean(args[i]!, evaluation)
    if (value instanceof Failure) return value
    if (value) left -= 1
  }
  return left === 0
}

/** Section 7.8: evaluated at first use; a request does not change during a decision, so the value is good for all of it. */
function variable(expression: VariableExpression, evaluation: Evaluation): Evaluated {
  evaluation.variables ??= new Map()
  const known = evaluation.variables.get(expression)
  if (known !== undefined) return known
  const value = evaluateExpression(expression.definition, evaluation)
  evaluation.variables.set(expression, value)
  return value
}

/** A condition or a logical argument: checking has proved that it is one boolean. */
export function evaluateBoolean(expression: Expression, evaluation: Evaluation): boolean | Failure {
  const value = evaluateExpression(expression, evaluation)
  if (typeof value === 'boolean' || value instanceof Failure) return value
  throw new Error('the policy was not checked: a boolean is due here')
}
