/** Sections 7.6 and 7.7: a target matches, does not, or fails. A "no" outweighs an error in what must all match. */
import { Failure } from '../model/failure.ts'
import type { AllOf, AnyOf, Match, Target } from '../model/policy.ts'
import { takeStep } from '../work.ts'
import { callFunction, namedFunction, withFirst } from './call.ts'
import { type DecisionContext, scopeWithoutVariables } from './context.ts'
import { evaluateExpression } from './expression.ts'
import { evaluateLiteral } from './literal.ts'

export type Matched = boolean | Failure

/** An empty target, or none, matches everything. */
export function matchTarget(target: Target | undefined, context: DecisionContext): Matched {
  return all(target?.anyOf ?? [], (anyOf) => matchAnyOf(anyOf, context))
}

function matchAnyOf(anyOf: AnyOf, context: DecisionContext): Matched {
  return any(anyOf.allOf, (allOf) => matchAllOf(allOf, context))
}

function matchAllOf(allOf: AllOf, context: DecisionContext): Matched {
  return all(allOf.matches, (match) => evaluateMatch(match, context))
}

/** True when the function holds of the literal and any value of the bag; an error counts only where none does. */
function evaluateMatch(match: Match, context: DecisionContext): Matched {
  const literal = evaluateLiteral(match.literal, context)
  if (literal instanceof Failure) return literal
  const bag = evaluateExpression(match.attribute, scopeWithoutVariables(context))
  if (bag instanceof Failure) return bag
  if (!Array.isArray(bag)) throw new Error('a designator or selector did not give a bag')
  const { limits, work } = context
  const exhausted = takeStep(work)
  if (exhausted !== undefined) return exhausted
  const row =
    bag.length > 1 ? withFirst(namedFunction(match.function), literal, limits, work) : namedFunction(match.function)
  return any(bag, (value) => {
    const result = callFunction(row, [literal, value], context)
    if (typeof result === 'boolean' || result instanceof Failure) return result
    throw new Error(`the policy was not checked: \`${match.function}\` does not return a boolean`)
  })
}

function any<T>(items: readonly T[], test: (item: T) => Matched): Matched {
  let failure: Failure | undefined
  for (const item of items) {
    const matched = test(item)
    if (matched === true) return true
    if (matched instanceof Failure) failure ??= matched
  }
  return failure ?? false
}

function all<T>(items: readonly T[], test: (item: T) => Matched): Matched {
  let failure: Failure | undefined
  for (const item of items) {
    const matched = test(item)
    if (matched === false) return false
    if (matched instanceof Failure) failure ??= matched
  }
  return failure ?? true
}
