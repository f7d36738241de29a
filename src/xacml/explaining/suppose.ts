/** A policy in which some facts are taken for settled: what it would say if they were so. For the plain evaluator only. */
import type { AllOf, AnyOf, Condition, Expression, Literal, Policy, PolicySet, Rule, Target } from '../model/policy.ts'
import { callKey, matchKey, oneOfKey, oneOfMatches } from './facts.ts'

export type Supposed = (policy: Policy | PolicySet) => Policy | PolicySet

/** By key of the fact. The same policy gives the same supposed policy. */
export function suppose(facts: ReadonlyMap<string, boolean>): Supposed {
  const known = new Map<Policy | PolicySet, Policy | PolicySet>()
  const of: Supposed = (policy) => {
    const before = known.get(policy)
    if (before !== undefined) return before
    const supposed = policy.kind === 'Policy' ? inPolicy(policy) : inPolicySet(policy)
    known.set(policy, supposed)
    return supposed
  }
  return of

  function inPolicySet(policySet: PolicySet): PolicySet {
    const children = policySet.children.map((child) =>
      child.kind === 'Policy' || child.kind === 'PolicySet' ? of(child) : child,
    )
    return { ...policySet, target: inTarget(policySet.target), children }
  }

  function inPolicy(policy: Policy): Policy {
    const variables = policy.variables.map((one) => ({ ...one, expression: inExpression(one.expression, policy) }))
    const rules = policy.rules.map((rule) => inRule(rule, policy))
    return { ...policy, target: inTarget(policy.target), variables, rules }
  }

  function inRule(rule: Rule, policy: Policy): Rule {
    const { target, condition, ...rest } = rule
    return {
      ...rest,
      ...(target === undefined ? {} : { target: inTarget(target) }),
      ...(condition === undefined ? {} : { condition: inCondition(condition, policy) }),
    }
  }

  function inCondition({ at, expression }: Condition, policy: Policy): Condition {
    return { at, expression: inExpression(expression, policy) }
  }

  function inTarget({ at, anyOf }: Target): Target {
    return { at, anyOf: anyOf.map(inAnyOf) }
  }

  /** An AllOf without matches always matches; an AnyOf without any AllOf never does. */
  function inAnyOf(anyOf: AnyOf): AnyOf {
    const { at } = anyOf
    const oneOf = oneOfMatches(anyOf)
    if (oneOf !== undefined && facts.get(oneOfKey(oneOf)) === true) return { at, allOf: [{ at, matches: [] }] }
    return { at, allOf: anyOf.allOf.flatMap(inAllOf) }
  }

  function inAllOf({ at, matches }: AllOf): readonly AllOf[] {
    const settled = matches.map((match) => facts.get(matchKey(match)))
    if (settled.includes(false)) return []
    return [{ at, matches: matches.filter((_, index) => settled[index] !== true) }]
  }

  function inExpression(expression: Expression, policy: Policy): Expression {
    if (expression.kind !== 'Apply') return expression
    const settled = facts.get(callKey(expression, policy))
    if (settled !== undefined) return truth(settled, expression)
    return { ...expression, arguments: expression.arguments.map((one) => inExpression(one, policy)) }
  }
}

const truth = (value: boolean, { at }: Expression): Literal => ({
  kind: 'AttributeValue',
  at,
  dataType: 'http://www.w3.org/2001/XMLSchema#boolean',
  text: String(value),
})
