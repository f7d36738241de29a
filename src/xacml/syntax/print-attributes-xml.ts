/** `<Attributes>` of requests and results: XACML 3.0 core, sections 5.44 to 5.46. */
import type { Attribute, AttributeCategory, Content } from '../model/request.ts'
import { defaultScope, type PrintNode } from './print-node.ts'
import { valueNode } from './print-value.ts'
import { printElement } from './xml/print-xml.ts'
import { readXml } from './xml/read-xml.ts'

export function categoryNode({ category, id, content, attributes }: AttributeCategory): PrintNode {
  return {
    name: 'Attributes',
    attributes: [
      ['Category', category],
      ['xml:id', id],
    ],
    children: [...(content === undefined ? [] : [contentNode(content)]), ...attributes.map(attributeNode)],
  }
}

/** It has been read before, within the limits. */
const unbounded = Number.POSITIVE_INFINITY

/** Printed anew, for a root in no namespace must not slip into XACML's, which is the default one around it. */
function contentNode({ xml }: Content): PrintNode {
  const document = readXml(xml, { characters: unbounded, depth: unbounded, namespaces: unbounded })
  if (!document.ok) throw new Error(`Content that is not XML: ${document.problems[0].message}`)
  return { name: 'Content', attributes: [], raw: printElement(document.value, defaultScope) }
}

function attributeNode({ id, issuer, includeInResult, values }: Attribute): PrintNode {
  return {
    name: 'Attribute',
    attributes: [
      ['AttributeId', id],
      ['Issuer', issuer],
      ['IncludeInResult', String(includeInResult)],
    ],
    children: values.map((value) => valueNode(value)),
  }
}
