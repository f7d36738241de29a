/** Results of many decisions repeat attributes, obligations and ids: what they hold together is paid for like work. */
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { AttributeCategory } from '../model/request.ts'
import type { Obligation, Result } from '../model/response.ts'
import type { TypedValue } from '../model/value.ts'
import { type Budget, sizeOfValue, stepsOfSize } from '../work.ts'

/** A failure when a request has nothing left to pay for one more result with. */
export function payForResult(result: Result, budget: Budget): Failure | undefined {
  const steps = 1 + stepsOfSize(sizeOf(result))
  if (budget.stepsLeft >= steps) {
    budget.stepsLeft -= steps
    return undefined
  }
  budget.stepsLeft = 0
  return new Failure('processing-error', `the results are longer than the limit \`${limitName}\` allows`)
}

const limitName: keyof Limits = 'stepsPerRequest'

function sizeOf({ status, obligations, advice, attributes, policies }: Result): number {
  let size = status.message?.length ?? 0
  for (const { category, attributeId } of status.missingAttributes ?? []) size += category.length + attributeId.length
  for (const obligation of obligations) size += sizeOfObligation(obligation)
  for (const one of advice) size += sizeOfObligation(one)
  for (const category of attributes) size += sizeOfCategory(category)
  if (policies === undefined) return size
  for (const { id } of policies.policies) size += id.length
  for (const { id } of policies.policySets) size += id.length
  return size
}

/** Characters of markup around a thing. */
const around = 64

function sizeOfObligation({ id, assignments }: Obligation): number {
  let size = around + id.length
  for (const assignment of assignments) {
    size += around + assignment.attributeId.length + (assignment.category?.length ?? 0) + sizeOfValue(assignment.value)
  }
  return size
}

function sizeOfCategory({ category, attributes }: AttributeCategory): number {
  let size = around + category.length
  for (const { id, issuer, values } of attributes)
    size += around + id.length + (issuer?.length ?? 0) + sizeOfValues(values)
  return size
}

function sizeOfValues(values: readonly TypedValue[]): number {
  let size = 0
  for (const { value } of values) size += around + sizeOfValue(value)
  return size
}
