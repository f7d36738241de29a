/** Rules that can never decide anything: the policy probably does not say what its author meant. */

import { firstApplicable } from '../combining/first-applicable.ts'
import { combiningAlgorithms } from '../combining/index.ts'
import { readLiteral } from '../evaluating/literal.ts'
import type { Policy, Rule } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { type Check, warning } from './check.ts'

export const unreachableRules: Check = function* ({ policies }) {
  for (const policy of policies) {
    for (const rule of policy.rules) {
      if (!isNever(rule)) continue
      yield warning(
        'XACML-RULE-NEVER-APPLIES',
        rule.at,
        `rule \`${rule.id}\` can never apply: its condition is always false`,
      )
    }
    yield* findShadowed(policy)
  }
}

const isNever = ({ condition }: Rule) => literalCondition(condition) === false

const isAlways = ({ target, condition }: Rule) =>
  (target === undefined || target.anyOf.length === 0) &&
  (condition === undefined || literalCondition(condition) === true)

const literalCondition = (condition: Rule['condition']) =>
  condition?.expression.kind === 'AttributeValue' ? readLiteral(condition.expression) : undefined

/** Under first-applicable nothing after a rule that always applies is ever reached; under the overrides, after its effect. */
function* findShadowed({ rules, combiningAlgorithm }: Policy): Iterable<Problem> {
  const logic = combiningAlgorithms.get(combiningAlgorithm)?.logic
  if (logic?.form !== 'fold') return
  const deciding = rules.findIndex((rule) => isAlways(rule) && logic.decided.includes(rule.effect))
  const decider = rules[deciding]
  if (decider === undefined) return
  const reason = logic === firstApplicable ? 'applies to everything' : `always gives ${decider.effect}, which decides`
  // said of every rule after it, so that a long id would make of one document many
  const shown = decider.id.slice(0, 200)
  for (const { id, at } of rules.slice(deciding + 1)) {
    const message = `rule \`${id}\` is never reached: rule \`${shown}\` before it ${reason}; move it up or remove it`
    yield warning('XACML-RULE-SHADOWED', at, message)
  }
}
