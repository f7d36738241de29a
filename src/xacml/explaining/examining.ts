/**
 * Looking again at parts of a policy that has been evaluated: the plain evaluator's own functions, on work of their own, so
 * that explaining a decision cannot change it. Bounded: a policy that is expensive to decide is not explained in full.
 */
import { shapeOf } from '../checking/shape-of.ts'
import { readClock } from '../evaluating/clock.ts'
import type { DecisionContext, Scope } from '../evaluating/context.ts'
import { explainPlain, type PlainOptions } from '../evaluating/evaluate-plain.ts'
import { evaluateExpression } from '../evaluating/expression.ts'
import { type Matched, matchTarget } from '../evaluating/match.ts'
import { Failure } from '../model/failure.ts'
import type { Designator, Expression, Match, Policy, PolicySet, Selector } from '../model/policy.ts'
import type { Request } from '../model/request.ts'
import type { Bag, Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import { newWork } from '../work.ts'

export interface Examining {
  readonly context: DecisionContext
  /** Counts down the parts that may still be looked at. */
  readonly budget: { left: number }
  /** Values of variables, for each policy. */
  readonly scopes: Map<Policy, Scope>
}

const partsPerExplanation = 20_000
/** What access-permitted costs: it asks the whole policy. */
const partsPerNestedRequest = 1_000
const valuesShown = 20

export function beginExamining(root: Policy | PolicySet, request: Request, options: PlainOptions): Examining {
  const { now, limits, resolve, findAttribute } = options
  const budget = { left: partsPerExplanation }
  const context: DecisionContext = {
    clock: readClock(now),
    limits,
    resolve: resolve ?? (() => undefined),
    ...(findAttribute !== undefined && { findAttribute }),
    request,
    categories: new Map(request.categories.map((category) => [category.category, category])),
    work: newWork(limits.steps),
    askAgain: (again) => {
      budget.left -= partsPerNestedRequest
      return explainPlain(root, again, options).outcome
    },
  }
  return { context, budget, scopes: new Map() }
}

/** Whether one more part may be looked at. */
export function mayExamine({ budget, context }: Examining): boolean {
  if (budget.left <= 0 || context.work.exhausted !== undefined) return false
  budget.left -= 1
  return true
}

export function scopeIn({ scopes, context }: Examining, policy: Policy | undefined): Scope {
  if (policy === undefined) return { context, variables: new Map() }
  const known = scopes.get(policy) ?? { context, policy, variables: new Map() }
  scopes.set(policy, known)
  return known
}

/** One match by itself, as a target of its own. */
export const examineMatch = (match: Match, { context }: Examining): Matched =>
  matchTarget({ at: match.at, anyOf: [{ at: match.at, allOf: [{ at: match.at, matches: [match] }] }] }, context)

export const examine = (
  expression: Expression,
  policy: Policy | undefined,
  examining: Examining,
): Value | Bag | Failure => evaluateExpression(expression, scopeIn(examining, policy))

/** Lexical forms of what a designator or selector finds; none when it is in error. */
export function valuesSeen(attribute: Designator | Selector, examining: Examining): readonly string[] {
  const bag = examine(attribute, undefined, examining)
  return bag instanceof Failure ? [] : textsOf(bag, attribute, undefined)
}

/** A long bag is cut, and says so. */
export function textsOf(value: Value | Bag, expression: Expression, policy: Policy | undefined): readonly string[] {
  const values: readonly Value[] = Array.isArray(value) ? value : [value]
  const type = dataTypes.get(shapeOf(expression, policy)?.dataType ?? '')
  const shown = values.slice(0, valuesShown).map((one) => type?.print(one) ?? String(one))
  return values.length > valuesShown ? [...shown, `and ${values.length - valuesShown} more`] : shown
}
