/** Requests as XML: XACML 3.0 core, sections 5.42 to 5.46. */
import type { Request } from '../model/request.ts'
import { categoryNode } from './print-attributes-xml.ts'
import { type PrintNode, printDocument } from './print-node.ts'

/**
 * What `parseRequestXml` reads back as the same request. Attributes without values, which only JSON can express and which
 * mean the same as none, are left out.
 */
export function printRequestXml(request: Request): string {
  const { xpathVersion, references } = request
  const categories = request.categories.map((category) => ({
    ...category,
    attributes: category.attributes.filter((attribute) => attribute.values.length > 0),
  }))
  return printDocument({
    name: 'Request',
    attributes: [
      ['ReturnPolicyIdList', String(request.returnPolicyIdList)],
      ['CombinedDecision', String(request.combinedDecision)],
    ],
    children: [
      ...(xpathVersion === undefined ? [] : [defaultsNode(xpathVersion)]),
      ...categories.map(categoryNode),
      ...(references === undefined ? [] : [multipleNode(references)]),
    ],
  })
}

function defaultsNode(xpathVersion: string): PrintNode {
  const version = { name: 'XPathVersion', attributes: [], text: xpathVersion }
  return { name: 'RequestDefaults', attributes: [], children: [version] }
}

function multipleNode(references: readonly (readonly string[])[]): PrintNode {
  const children = references.map((ids) => ({
    name: 'RequestReference',
    attributes: [],
    children: ids.map((id) => ({ name: 'AttributesReference', attributes: [['ReferenceId', id] as const] })),
  }))
  return { name: 'MultiRequests', attributes: [], children }
}
