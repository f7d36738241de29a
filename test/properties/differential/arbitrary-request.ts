/** Requests drawn over the vocabulary of the random policies: absent, single and multi-valued attributes, with issuers. */
import fc from 'fast-check'
import type { Attribute, AttributeCategory, Request } from '../../../src/xacml/model/request.ts'
import { type AttributeName, attributeNames, readValue, textsOf } from './vocabulary.ts'

const values = (name: AttributeName) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(fc.constantFrom(...textsOf(name.dataType)), { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(fc.constantFrom(...textsOf(name.dataType)), { minLength: 2, maxLength: 3 }) },
  )

const attributeOf = (name: AttributeName): fc.Arbitrary<Attribute | undefined> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constant(undefined) },
    {
      weight: 4,
      arbitrary: fc
        .record({ texts: values(name), issued: fc.boolean(), includeInResult: fc.boolean() })
        .map(({ texts, issued, includeInResult }) => ({
          id: name.attributeId,
          includeInResult,
          ...(issued && { issuer: 'urn:issuer' }),
          values: texts.map((text) => ({ dataType: name.dataType, value: readValue(name.dataType, text) })),
        })),
    },
  )

export const arbitraryRequest: fc.Arbitrary<Request> = fc
  .tuple(fc.tuple(...attributeNames.map(attributeOf)), fc.boolean())
  .map(([attributes, returnPolicyIdList]) => ({
    returnPolicyIdList,
    combinedDecision: false,
    categories: byCategory(attributes),
  }))

function byCategory(attributes: readonly (Attribute | undefined)[]): readonly AttributeCategory[] {
  const categories = new Map<string, Attribute[]>()
  attributes.forEach((attribute, i) => {
    if (attribute === undefined) return
    const { category } = attributeNames[i]!
    const list = categories.get(category)
    if (list === undefined) categories.set(category, [attribute])
    else list.push(attribute)
  })
  return [...categories].map(([category, list]) => ({ category, attributes: list }))
}
