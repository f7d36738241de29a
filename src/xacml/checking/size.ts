/** Bounds on what a document may contain; the parser holds its characters and the depth of its elements. */
import type { Expression, Policy } from '../model/policy.ts'
import { variablesOf } from '../model/variables.ts'
import type { Problem } from '../problems.ts'
import { type Check, error } from './check.ts'

export const size: Check = function* ({ root, policies, policySets, depth }, { limits }) {
  const elements = policies.length + policySets.length + policies.reduce((sum, { rules }) => sum + rules.length, 0)
  if (elements > limits.policyElements) {
    const message = `${elements} rules, policies and policy sets are more than the limit \`policyElements\` allows; split the document`
    yield error('XACML-TOO-MANY-ELEMENTS', root.at, message)
  }
  if (depth > limits.policyDepth) {
    yield error('XACML-TOO-DEEP', root.at, 'policy sets are nested deeper than the limit `policyDepth` allows')
  }
  for (const policy of policies) yield* checkExpressions(policy, limits.expressionDepth)
}

/** Variables count with the depth of what they stand for. */
function* checkExpressions(policy: Policy, deepest: number): Iterable<Problem> {
  const depths = new Map<string, number>()
  for (const expression of expressionsOf(policy)) {
    if (depthOf(expression, 0) <= deepest) continue
    const message = 'the expression is nested deeper than the limit `expressionDepth` allows, variables followed'
    yield error('XACML-TOO-DEEP', expression.at, message)
  }

  /** Ends where it is known to be too deep: a chain of variables may be as long as the document. */
  function depthOf(expression: Expression, above: number): number {
    if (above > deepest) return 1
    if (expression.kind === 'VariableReference') return depthOfVariable(expression.variableId, above)
    if (expression.kind !== 'Apply') return 0
    return 1 + expression.arguments.reduce((most, argument) => Math.max(most, depthOf(argument, above + 1)), 0)
  }

  function depthOfVariable(id: string, above: number): number {
    const known = depths.get(id)
    if (known !== undefined) return known
    const definition = variablesOf(policy).get(id)
    if (definition === undefined) return 0
    depths.set(id, 0)
    const depth = 1 + depthOf(definition.expression, above + 1)
    depths.set(id, depth)
    return depth
  }
}

function expressionsOf({ variables, rules, ...policy }: Policy): readonly Expression[] {
  return [
    ...variables.map(({ expression }) => expression),
    ...rules.flatMap(({ condition }) => (condition === undefined ? [] : [condition.expression])),
    ...[policy, ...rules]
      .flatMap(({ obligations, advice }) => [...obligations, ...advice])
      .flatMap(({ assignments }) => assignments.map(({ expression }) => expression)),
  ]
}
