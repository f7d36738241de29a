/** Bounds on what a document may contain; the parser holds its characters and the depth of its elements. */
import type { Expression, Policy } from '../model/policy.ts'
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
  const depthOf = (expression: Expression): number => {
    if (expression.kind === 'Apply') return 1 + Math.max(0, ...expression.arguments.map(depthOf))
    return expression.kind === 'VariableReference' ? depthOfVariable(expression.variableId) : 0
  }
  const depthOfVariable = (id: string): number => {
    const known = depths.get(id)
    if (known !== undefined) return known
    depths.set(id, 0)
    const definition = policy.variables.find(({ variableId }) => variableId === id)
    const depth = definition === undefined ? 0 : 1 + depthOf(definition.expression)
    depths.set(id, depth)
    return depth
  }
  const written = [
    ...policy.variables.map(({ expression }) => expression),
    ...policy.rules.flatMap(({ condition }) => (condition === undefined ? [] : [condition.expression])),
    ...[policy, ...policy.rules]
      .flatMap(({ obligations, advice }) => [...obligations, ...advice])
      .flatMap(({ assignments }) => assignments.map(({ expression }) => expression)),
  ]
  for (const expression of written) {
    if (depthOf(expression) <= deepest) continue
    yield error(
      'XACML-TOO-DEEP',
      expression.at,
      'the expression is nested deeper than the limit `expressionDepth` allows',
    )
  }
}
