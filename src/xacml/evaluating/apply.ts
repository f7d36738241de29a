/** Section 7.5: applies a function to its arguments. */
import { functions } from '../functions/index.ts'
import type { LogicalFunction } from '../functions/row.ts'
import { Failure } from '../model/failure.ts'
import type { Apply, Expression } from '../model/policy.ts'
import type { Bag, Value } from '../model/value.ts'
import { takeStep } from '../work.ts'
import { callFunction, namedFunction, refuseNOf } from './call.ts'
import type { Scope } from './context.ts'
import { evaluateBoolean, evaluateExpression } from './expression.ts'
import { applyHigherOrder } from './higher-order.ts'

export function evaluateApply(apply: Apply, scope: Scope): Value | Bag | Failure {
  const row = functions.get(apply.function)
  if (row === undefined) throw new Error(`the policy was not checked: function \`${apply.function}\` is not known`)
  if (row.form === 'logical') return evaluateLogical(row, apply.arguments, scope)
  if (row.form === 'higher-order') {
    const [first, ...rest] = apply.arguments
    if (first?.kind !== 'Function') throw new Error(`the policy was not checked: \`${row.id}\` takes a function first`)
    const args = evaluateAll(rest, scope)
    return args instanceof Failure
      ? args
      : applyHigherOrder(row.order, namedFunction(first.function), args, scope.context)
  }
  const args = evaluateAll(apply.arguments, scope)
  return args instanceof Failure ? args : callFunction(row, args, scope.context)
}

/** The first argument in error is the result. */
function evaluateAll(expressions: readonly Expression[], scope: Scope): (Value | Bag)[] | Failure {
  const values: (Value | Bag)[] = []
  for (const expression of expressions) {
    const value = evaluateExpression(expression, scope)
    if (value instanceof Failure) return value
    values.push(value)
  }
  return values
}

/** Section A.3.5: from the first argument to the last, and none after the one that decides. */
function evaluateLogical(row: LogicalFunction, args: readonly Expression[], scope: Scope): boolean | Failure {
  const exhausted = takeStep(scope.context.work)
  if (exhausted !== undefined) return exhausted
  if (row.logic === 'n-of') return evaluateNOf(args, scope)
  const deciding = row.logic === 'or'
  for (const arg of args) {
    const value = evaluateBoolean(arg, scope)
    if (value instanceof Failure || value === deciding) return value
  }
  return !deciding
}

/** Stops as soon as enough are true, or too few are left for that. */
function evaluateNOf([first, ...rest]: readonly Expression[], scope: Scope): boolean | Failure {
  const needed = first && evaluateExpression(first, scope)
  if (needed instanceof Failure) return needed
  if (typeof needed !== 'bigint') throw new Error('the policy was not checked: `n-of` takes an integer first')
  const impossible = refuseNOf(needed, rest.length)
  if (impossible !== undefined) return impossible
  let left = Number(needed)
  for (const [i, arg] of rest.entries()) {
    if (left === 0 || left > rest.length - i) break
    const value = evaluateBoolean(arg, scope)
    if (value instanceof Failure) return value
    if (value) left -= 1
  }
  return left === 0
}
