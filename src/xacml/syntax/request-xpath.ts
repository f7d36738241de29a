/** RequestDefaults (section 5.43): the version of XPath that the paths in a request are written in. */
import type { XPathVersion } from '../model/policy.ts'
import type { Attribute, AttributeCategory, Request } from '../model/request.ts'
import type { TypedValue } from '../model/value.ts'
import { type XPathExpression, xpathExpression } from '../values/xpath-expression.ts'
import { versionOf } from './xpath-version.ts'

/** The request with its version on every path. Paths of 1.0 carry none. */
export function withXPathVersion(request: Request): Request {
  const version = versionOf(request.xpathVersion)
  if (version === undefined) return request
  return { ...request, categories: request.categories.map((category) => inCategory(category, version)) }
}

const inCategory = (category: AttributeCategory, version: XPathVersion): AttributeCategory => ({
  ...category,
  attributes: category.attributes.map((attribute) => inAttribute(attribute, version)),
})

const inAttribute = (attribute: Attribute, version: XPathVersion): Attribute => ({
  ...attribute,
  values: attribute.values.map((value) => inValue(value, version)),
})

function inValue(typed: TypedValue, version: XPathVersion): TypedValue {
  if (typed.dataType !== xpathExpression.id) return typed
  return { ...typed, value: Object.freeze({ ...(typed.value as XPathExpression), version }) }
}
