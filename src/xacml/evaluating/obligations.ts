/** Section 7.18: the obligations and advice of one element, for the decision it came to. */
import { shapeOf } from '../checking/shape-of.ts'
import { Failure } from '../model/failure.ts'
import type { AdviceExpression, AssignmentExpression, Effect, ObligationExpression } from '../model/policy.ts'
import type { AttributeAssignment, Obligation } from '../model/response.ts'
import type { Value } from '../model/value.ts'
import { stepsOfAssignments, takeStep } from '../work.ts'
import type { Scope } from './context.ts'
import { evaluateExpression } from './expression.ts'

interface Asking {
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly AdviceExpression[]
}

export interface Asked {
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Obligation[]
}

/** A failure in any assignment makes the whole element Indeterminate. */
export function evaluateObligations(asking: Asking, decision: Effect, scope: Scope): Asked | Failure {
  const obligations = fill(
    asking.obligations.filter((obligation) => obligation.fulfillOn === decision),
    scope,
  )
  if (obligations instanceof Failure) return obligations
  const advice = fill(
    asking.advice.filter((item) => item.appliesTo === decision),
    scope,
  )
  return advice instanceof Failure ? advice : { obligations, advice }
}

function fill(
  expressions: readonly (ObligationExpression | AdviceExpression)[],
  scope: Scope,
): readonly Obligation[] | Failure {
  const filled: Obligation[] = []
  for (const { id, assignments } of expressions) {
    const values: AttributeAssignment[] = []
    for (const assignment of assignments) {
      const assigned = assign(assignment, scope)
      if (assigned instanceof Failure) return assigned
      for (const one of assigned) values.push(one)
    }
    filled.push({ id, assignments: values })
  }
  return filled
}

/** Section 5.41: a bag gives one assignment per value, and none when it is empty. */
function assign(assignment: AssignmentExpression, scope: Scope): readonly AttributeAssignment[] | Failure {
  const { attributeId, category, issuer, expression } = assignment
  const result = evaluateExpression(expression, scope)
  if (result instanceof Failure) return result
  const shape = shapeOf(expression, scope.policy)
  if (shape === undefined) throw new Error(`the policy was not checked: \`${attributeId}\` is assigned no known type`)
  const values: readonly Value[] = Array.isArray(result) ? result : [result]
  const exhausted = takeStep(scope.context.work, stepsOfAssignments(values))
  if (exhausted !== undefined) return exhausted
  return values.map((value) => ({
    attributeId,
    ...(category !== undefined && { category }),
    ...(issuer !== undefined && { issuer }),
    dataType: shape.dataType,
    value,
  }))
}
