/** Obligations and advice of one element, sorted by effect; finished ones where nothing depends on the request. */
import { shapeOf } from '../checking/shape-of.ts'
import { Failure } from '../model/failure.ts'
import type * as model from '../model/policy.ts'
import type { Obligation } from '../model/response.ts'
import type { Value } from '../model/value.ts'
import { stepsOfAssignments } from '../work.ts'
import { type Compilation, compileExpression, type Variables } from './compile-expression.ts'
import { assign } from './issue-notices.ts'
import type { AssignmentTemplate, Issued, Notices, NoticesOf, NoticeTemplate } from './node.ts'
import { ownOptional, ownText } from './own-text.ts'

interface Source {
  readonly obligations: readonly model.ObligationExpression[]
  readonly advice: readonly model.AdviceExpression[]
}

export function compileNotices(
  { obligations, advice }: Source,
  policy: model.Policy | undefined,
  variables: Variables,
  compilation: Compilation,
): Notices | undefined {
  if (obligations.length === 0 && advice.length === 0) return undefined
  const compile = (source: model.ObligationExpression | model.AdviceExpression): NoticeTemplate => ({
    id: ownText(source.id),
    assignments: source.assignments.map((one) => compileAssignment(one, policy, variables, compilation)),
  })
  const on = (effect: model.Effect) =>
    noticesOf(
      obligations.filter(({ fulfillOn }) => fulfillOn === effect).map(compile),
      advice.filter(({ appliesTo }) => appliesTo === effect).map(compile),
    )
  return { onPermit: on('Permit'), onDeny: on('Deny') }
}

function noticesOf(obligations: readonly NoticeTemplate[], advice: readonly NoticeTemplate[]): NoticesOf | undefined {
  if (obligations.length === 0 && advice.length === 0) return undefined
  const constant = constantOf(obligations, advice)
  if (constant === undefined) return { obligations, advice, constant, cost: 0 }
  return { obligations: none, advice: none, constant, cost: stepsOf([...constant.obligations, ...constant.advice]) }
}

function stepsOf(obligations: readonly Obligation[]): number {
  const values = obligations.flatMap(({ assignments }) => assignments.map(({ value }) => value))
  return obligations.length + stepsOfAssignments(values)
}

const none: readonly NoticeTemplate[] = []

function compileAssignment(
  { attributeId, category, issuer, expression }: model.AssignmentExpression,
  policy: model.Policy | undefined,
  variables: Variables,
  compilation: Compilation,
): AssignmentTemplate {
  const shape = shapeOf(expression, policy)
  if (shape === undefined) throw new Error(`the policy was not checked: \`${attributeId}\` is assigned no known type`)
  const compiled = compileExpression(expression, variables, compilation)
  return {
    attributeId: ownText(attributeId),
    category: ownOptional(category),
    issuer: ownOptional(issuer),
    dataType: ownText(shape.dataType),
    expression: compiled,
  }
}

function constantOf(obligations: readonly NoticeTemplate[], advice: readonly NoticeTemplate[]): Issued | undefined {
  const finishedObligations = obligations.map(finish)
  const finishedAdvice = advice.map(finish)
  if (!finishedObligations.every(isFinished) || !finishedAdvice.every(isFinished)) return undefined
  return { obligations: finishedObligations, advice: finishedAdvice }
}

const isFinished = (obligation: Obligation | undefined): obligation is Obligation => obligation !== undefined

function finish({ id, assignments }: NoticeTemplate): Obligation | undefined {
  const finished: Obligation['assignments'][number][] = []
  for (const template of assignments) {
    const { expression } = template
    if (expression.kind !== 'Literal' || expression.value instanceof Failure) return undefined
    const values = Array.isArray(expression.value) ? (expression.value as readonly Value[]) : [expression.value]
    for (const value of values) finished.push(assign(template, value as Value))
  }
  return { id, assignments: finished }
}
