/** `<Attributes>` as it stands in requests and results: XACML 3.0 core, sections 5.44 to 5.46. */
import type { Attribute, AttributeCategory, Content } from '../model/request.ts'
import type { TypedValue } from '../model/value.ts'
import type { Problem } from '../problems.ts'
import { booleanOf, childOf, childrenOf, optionalString, uriOf } from './access.ts'
import { readValue } from './parse-value.ts'
import { type XmlElement, xmlNamespace } from './xml/element.ts'
import { printElement } from './xml/print-xml.ts'

export function readCategory(problems: Problem[], element: XmlElement): AttributeCategory {
  const id = element.attributes.find((attribute) => attribute.name === 'id' && attribute.namespace === xmlNamespace)
  const content = childOf(element, 'Content')
  const category = uriOf(element, 'Category')
  return {
    category,
    ...(id === undefined ? {} : { id: id.value }),
    ...(content === undefined ? {} : { content: contentOf(content) }),
    attributes: childrenOf(element, 'Attribute').map((attribute) => readAttribute(problems, attribute)),
  }
}

/** Section 7.3.7: the one element inside is the root that paths start from; it keeps the namespaces it inherits. */
function contentOf(element: XmlElement): Content {
  const [root] = element.children
  if (root === undefined) throw new Error('unchecked tree: Content without an element')
  return { xml: printElement(root), namespaces: root.scope }
}

function readAttribute(problems: Problem[], element: XmlElement): Attribute {
  return {
    id: uriOf(element, 'AttributeId'),
    ...optionalString(element, 'Issuer', 'issuer'),
    includeInResult: booleanOf(element, 'IncludeInResult'),
    values: readValues(problems, element),
  }
}

/** The `AttributeValue` children that are good; the others have been reported. */
export function readValues(problems: Problem[], element: XmlElement): readonly TypedValue[] {
  const values: TypedValue[] = []
  for (const child of childrenOf(element, 'AttributeValue')) {
    const value = readValue(problems, child)
    if (value !== undefined) values.push(value)
  }
  return values
}
