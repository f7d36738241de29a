/** Short words for building policies and requests of the model in code. */
import type * as model from '../../../src/xacml/model/policy.ts'
import type { AttributeCategory, Request } from '../../../src/xacml/model/request.ts'
import type { TypedValue, Value } from '../../../src/xacml/model/value.ts'

const at = { line: 1, column: 1 }
export const xsd = 'http://www.w3.org/2001/XMLSchema#'
export const f = (version: string, name: string) => `urn:oasis:names:tc:xacml:${version}:function:${name}`
export const stringEqual = f('1.0', 'string-equal')
export const ignoringCase = f('3.0', 'string-equal-ignore-case')
export const ruleCombining = (name: string, version = '3.0') =>
  `urn:oasis:names:tc:xacml:${version}:rule-combining-algorithm:${name}`
export const policyCombining = (name: string, version = '3.0') =>
  `urn:oasis:names:tc:xacml:${version}:policy-combining-algorithm:${name}`

export const subject = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
export const resource = 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource'
export const action = 'urn:oasis:names:tc:xacml:3.0:attribute-category:action'
export const actionId = 'urn:oasis:names:tc:xacml:1.0:action:action-id'

export const literal = (text: string, type = 'string'): model.Literal => ({
  kind: 'AttributeValue',
  at,
  dataType: xsd + type,
  text,
})

export const designator = (
  category: string,
  attributeId: string,
  type = 'string',
  mustBePresent = false,
): model.Designator => ({
  kind: 'AttributeDesignator',
  at,
  category,
  attributeId,
  dataType: xsd + type,
  mustBePresent,
})

export const apply = (id: string, ...args: model.Expression[]): model.Apply => ({
  kind: 'Apply',
  at,
  function: id,
  arguments: args,
})

export const match = (attribute: model.Designator, text: string, id = stringEqual): model.Match => ({
  at,
  function: id,
  literal: { ...literal(text), dataType: attribute.dataType },
  attribute,
})

/** Any one of the matches. */
export const anyOf = (...matches: model.Match[]): model.AnyOf => ({
  at,
  allOf: matches.map((one) => ({ at, matches: [one] })),
})

export const target = (...all: model.AnyOf[]): model.Target => ({ at, anyOf: all })

export const rule = (id: string, effect: model.Effect, parts: Partial<model.Rule> = {}): model.Rule => ({
  kind: 'Rule',
  at,
  id,
  effect,
  obligations: [],
  advice: [],
  ...parts,
})

export const condition = (expression: model.Expression): model.Condition => ({ at, expression })

export const policy = (id: string, parts: Partial<model.Policy>): model.Policy => ({
  kind: 'Policy',
  at,
  id,
  version: '1.0',
  combiningAlgorithm: ruleCombining('deny-overrides'),
  target: target(),
  variables: [],
  rules: [],
  combinerParameters: [],
  obligations: [],
  advice: [],
  ...parts,
})

export const policySet = (id: string, parts: Partial<model.PolicySet>): model.PolicySet => ({
  kind: 'PolicySet',
  at,
  id,
  version: '1.0',
  combiningAlgorithm: policyCombining('deny-overrides'),
  target: target(),
  children: [],
  combinerParameters: [],
  obligations: [],
  advice: [],
  ...parts,
})

export const obligation = (
  id: string,
  fulfillOn: model.Effect,
  assignments: readonly Omit<model.AssignmentExpression, 'at'>[],
): model.ObligationExpression => ({
  kind: 'Obligation',
  at,
  id,
  fulfillOn,
  assignments: assignments.map((one) => ({ at, ...one })),
})

/** Values of one attribute: strings, and bigints as integers. */
export const attribute = (id: string, ...values: Value[]) => ({
  id,
  includeInResult: false,
  values: values.map(
    (value): TypedValue => ({ dataType: xsd + (typeof value === 'bigint' ? 'integer' : 'string'), value }),
  ),
})

export const request = (...categories: AttributeCategory[]): Request => ({
  returnPolicyIdList: false,
  combinedDecision: false,
  categories,
})
