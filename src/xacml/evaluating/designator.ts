/** Section 7.3.5: the bag of the request's values with the same category, id, data type and, when asked for, issuer. */
import { Failure } from '../model/failure.ts'
import type { Designator } from '../model/policy.ts'
import type { Attribute } from '../model/request.ts'
import type { Bag, Value } from '../model/value.ts'
import { canonicalType } from '../values/index.ts'
import { exhaust, stepsOfSize, takeStep } from '../work.ts'
import { clockAttributes, environmentCategory } from './clock.ts'
import type { DecisionContext } from './context.ts'

export function evaluateDesignator(designator: Designator, context: DecisionContext): Bag | Failure {
  const exhausted = takeStep(context.work, stepsToFind(designator, context))
  if (exhausted !== undefined) return exhausted
  const bag = findValues(designator, context)
  if (bag.length > context.limits.bagSize) {
    return exhaust(context.work, `\`${designator.attributeId}\` has more values than the limit \`bagSize\``)
  }
  if (bag.length === 0 && designator.mustBePresent) return missing(designator)
  return bag
}

/** Every attribute of the category is looked at, and every value of the one that is wanted. */
function stepsToFind({ category, attributeId }: Designator, { categories }: DecisionContext): number {
  const attributes = categories.get(category)?.attributes ?? []
  let values = 0
  for (const attribute of attributes) if (attribute.id === attributeId) values += attribute.values.length
  return stepsOfSize(attributes.length + 4 * values)
}

function findValues(wanted: Designator, context: DecisionContext): Bag {
  const inRequest = valuesOf(context.categories.get(wanted.category)?.attributes ?? [], wanted)
  if (inRequest.length > 0) return inRequest
  const fromClock = clockValue(wanted, context)
  if (fromClock !== undefined) return [fromClock]
  return context.findAttribute?.(wanted) ?? []
}

function valuesOf(attributes: readonly Attribute[], wanted: Designator): Bag {
  const dataType = canonicalType(wanted.dataType)
  return attributes
    .filter((attribute) => attribute.id === wanted.attributeId)
    .filter((attribute) => wanted.issuer === undefined || attribute.issuer === wanted.issuer)
    .flatMap((attribute) => attribute.values)
    .filter((value) => canonicalType(value.dataType) === dataType)
    .map((value) => value.value)
}

/** Section 10.2.5: supplied by the decision point only where the request is silent. */
function clockValue(wanted: Designator, context: DecisionContext): Value | undefined {
  if (wanted.category !== environmentCategory || wanted.issuer !== undefined) return undefined
  const supplied = clockAttributes.get(wanted.attributeId)
  return supplied?.dataType === wanted.dataType ? context.clock[supplied.part] : undefined
}

function missing(designator: Designator): Failure {
  const { category, attributeId, dataType, issuer } = designator
  return new Failure('missing-attribute', `the request has no \`${attributeId}\` of type \`${dataType}\``, [
    { category, attributeId, dataType, ...(issuer !== undefined && { issuer }) },
  ])
}
