/** Section 7.18: the obligations and advice of one element, for the outcome that it came to. */
import { Failure } from '../model/failure.ts'
import type { AttributeAssignment, Obligation } from '../model/response.ts'
import type { Value } from '../model/value.ts'
import { stepsOfAssignments, takeStep } from '../work.ts'
import { evaluateExpression } from './evaluate-expression.ts'
import type { Evaluation } from './evaluation.ts'
import type { AssignmentTemplate, Issued, NoticesOf, NoticeTemplate } from './node.ts'

/** An assignment in error makes the element Indeterminate. */
export function issueNotices(notices: NoticesOf, evaluation: Evaluation): Issued | Failure {
  if (notices.constant !== undefined) return notices.constant
  const obligations = issueAll(notices.obligations, evaluation)
  if (obligations instanceof Failure) return obligations
  const advice = issueAll(notices.advice, evaluation)
  return advice instanceof Failure ? advice : { obligations, advice }
}

function issueAll(templates: readonly NoticeTemplate[], evaluation: Evaluation): readonly Obligation[] | Failure {
  const issued: Obligation[] = []
  for (const { id, assignments } of templates) {
    const assigned: AttributeAssignment[] = []
    for (const template of assignments) {
      const value = evaluateExpression(template.expression, evaluation)
      if (value instanceof Failure) return value
      const values = Array.isArray(value) ? (value as readonly Value[]) : [value as Value]
      const exhausted = takeStep(evaluation.work, stepsOfAssignments(values))
      if (exhausted !== undefined) return exhausted
      for (const one of values) assigned.push(assign(template, one))
    }
    issued.push({ id, assignments: assigned })
  }
  return issued
}

/** Category and issuer are those that the expression was written with, absent where they were. */
export function assign({ attributeId, category, issuer, dataType }: AssignmentTemplate, value: Value) {
  return {
    attributeId,
    ...(category !== undefined && { category }),
    ...(issuer !== undefined && { issuer }),
    dataType,
    value,
  }
}
