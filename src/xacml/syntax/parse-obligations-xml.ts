/** Obligation and advice expressions: XACML 3.0 core, sections 5.37 to 5.41. */
import type { AdviceExpression, AssignmentExpression, Effect, ObligationExpression } from '../model/policy.ts'
import { childOf, childrenOf, optionalString, optionalUri, stringOf, uriOf } from './access.ts'
import { type Building, readOnlyExpression } from './parse-expression-xml.ts'
import type { XmlElement } from './xml/element.ts'

/** Of a policy set, a policy or a rule. */
export function readObligations(building: Building, owner: XmlElement): readonly ObligationExpression[] {
  const all = childOf(owner, 'ObligationExpressions')
  if (all === undefined) return []
  return childrenOf(all, 'ObligationExpression').map((element) => ({
    kind: 'Obligation',
    id: uriOf(element, 'ObligationId'),
    fulfillOn: stringOf(element, 'FulfillOn') as Effect,
    assignments: readAssignments(building, element),
    at: element.at,
  }))
}

export function readAdvice(building: Building, owner: XmlElement): readonly AdviceExpression[] {
  const all = childOf(owner, 'AdviceExpressions')
  if (all === undefined) return []
  return childrenOf(all, 'AdviceExpression').map((element) => ({
    kind: 'Advice',
    id: uriOf(element, 'AdviceId'),
    appliesTo: stringOf(element, 'AppliesTo') as Effect,
    assignments: readAssignments(building, element),
    at: element.at,
  }))
}

function readAssignments(building: Building, owner: XmlElement): readonly AssignmentExpression[] {
  return childrenOf(owner, 'AttributeAssignmentExpression').map((element) => ({
    attributeId: uriOf(element, 'AttributeId'),
    ...optionalUri(element, 'Category', 'category'),
    ...optionalString(element, 'Issuer', 'issuer'),
    expression: readOnlyExpression(building, element),
    at: element.at,
  }))
}
