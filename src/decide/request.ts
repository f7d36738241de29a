/** From attributes to a request context (XACML 3.0 core, section 5.42). */
import type { AttributeFact } from '../steps.ts'
import type { Attribute, AttributeCategory, Request } from '../xacml/index.ts'

/** The full URI of a category that may be given by its short name. */
export type FullCategory = (name: string) => string

export function buildRequest(facts: readonly AttributeFact[], fullCategory: FullCategory): Request {
  const categories = new Map<string, Attribute[]>()
  for (const { category, id, issuer, values } of facts) {
    if (values.length === 0) continue
    const attributes = categories.get(category)
    const attribute: Attribute = { id, includeInResult: false, values, ...(issuer === undefined ? {} : { issuer }) }
    if (attributes === undefined) categories.set(category, [attribute])
    else attributes.push(attribute)
  }
  return {
    returnPolicyIdList: false,
    combinedDecision: false,
    categories: [...categories].map(
      ([category, attributes]): AttributeCategory => ({ category: fullCategory(category), attributes }),
    ),
  }
}
