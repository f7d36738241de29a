/** Requests from their XML form: XACML 3.0 core, sections 5.42 to 5.46. */
import { defaultLimits, type Limits } from '../limits.ts'
import type { Request } from '../model/request.ts'
import type { Outcome, Problem } from '../problems.ts'
import { booleanOf, childOf, childrenOf, uriOf } from './access.ts'
import { checkShape } from './check-shape.ts'
import { outcome } from './outcome.ts'
import { readCategory } from './parse-attributes-xml.ts'
import { requestBounds } from './request-bounds.ts'
import { withXPathVersion } from './request-xpath.ts'
import { collapse } from './xml/characters.ts'
import type { XmlElement } from './xml/element.ts'
import { readXml } from './xml/read-xml.ts'

/**
 * Reads one request document. Refused with every finding: what the schema refuses, unknown data types, and values outside
 * the lexical space of their type. References of `MultiRequests` that name nothing are kept: the multiple decision profile
 * answers each of them on its own.
 */
export function parseRequestXml(text: string, limits: Limits = defaultLimits): Outcome<Request> {
  const document = readXml(text, requestBounds(limits))
  if (!document.ok) return document
  const root = document.value
  const problems: Problem[] = [...checkShape(root, ['Request'])]
  return problems.length > 0 ? outcome(undefined as never, problems) : outcome(readRequest(problems, root), problems)
}

function readRequest(problems: Problem[], root: XmlElement): Request {
  const version = root.children.find((child) => child.name === 'RequestDefaults')?.children[0]
  const multiple = childOf(root, 'MultiRequests')
  return withXPathVersion({
    returnPolicyIdList: booleanOf(root, 'ReturnPolicyIdList'),
    combinedDecision: booleanOf(root, 'CombinedDecision'),
    ...(version === undefined ? {} : { xpathVersion: collapse(version.text) }),
    categories: childrenOf(root, 'Attributes').map((element) => readCategory(problems, element)),
    ...(multiple === undefined ? {} : { references: multiple.children.map(readReference) }),
  })
}

function readReference(element: XmlElement): readonly string[] {
  return element.children.map((child) => uriOf(child, 'ReferenceId'))
}
