/** Section 7.11, table 4: target, then condition, then the effect. An error leaves what the rule might have said. */
import { Failure } from '../model/failure.ts'
import type { Rule } from '../model/policy.ts'
import { takeStep } from '../work.ts'
import type { Scope } from './context.ts'
import { type Evaluation, indeterminate, notApplicable } from './evaluation.ts'
import { evaluateBoolean } from './expression.ts'
import { matchTarget } from './match.ts'
import { evaluateObligations } from './obligations.ts'

export function evaluateRule(rule: Rule, scope: Scope): Evaluation {
  const inError = rule.effect === 'Permit' ? 'Indeterminate{P}' : 'Indeterminate{D}'
  const exhausted = takeStep(scope.context.work)
  if (exhausted !== undefined) return indeterminate(rule, inError, exhausted)

  const matched = matchTarget(rule.target, scope.context)
  if (matched instanceof Failure) return indeterminate(rule, inError, matched)
  if (!matched) return notApplicable(rule)

  const holds = rule.condition === undefined || evaluateBoolean(rule.condition.expression, scope)
  if (holds instanceof Failure) return indeterminate(rule, inError, holds)
  if (!holds) return { ...notApplicable(rule), targetMatched: true }

  const asked = evaluateObligations(rule, rule.effect, scope)
  if (asked instanceof Failure) return indeterminate(rule, inError, asked)
  return { of: rule, outcome: rule.effect, targetMatched: true, ...asked, children: [] }
}
