/** Responses as XML: XACML 3.0 core, sections 5.47 to 5.57. */
import type { MissingAttribute, Obligation, PolicyIdentifiers, Response, Result, Status } from '../model/response.ts'
import { categoryNode } from './print-attributes-xml.ts'
import { type PrintNode, printDocument } from './print-node.ts'
import { valueNode } from './print-value.ts'

/** Indeterminate is printed without its extension (section 7.10). */
export function printResponseXml(response: Response): string {
  return printDocument({ name: 'Response', attributes: [], children: response.results.map(resultNode) })
}

function resultNode(result: Result): PrintNode {
  const { obligations, advice, policies } = result
  return {
    name: 'Result',
    attributes: [],
    children: [
      { name: 'Decision', attributes: [], text: result.decision },
      statusNode(result.status),
      ...listNode('Obligations', 'Obligation', 'ObligationId', obligations),
      ...listNode('AssociatedAdvice', 'Advice', 'AdviceId', advice),
      ...result.attributes.map(categoryNode),
      ...(policies === undefined ? [] : [policiesNode(policies)]),
    ],
  }
}

function statusNode({ codes, message, missingAttributes }: Status): PrintNode {
  return {
    name: 'Status',
    attributes: [],
    children: [
      codeNode(codes),
      ...(message === undefined ? [] : [{ name: 'StatusMessage', attributes: [], text: message }]),
      ...(missingAttributes === undefined || missingAttributes.length === 0 ? [] : [detailNode(missingAttributes)]),
    ],
  }
}

function codeNode([value, ...inner]: readonly string[]): PrintNode {
  return { name: 'StatusCode', attributes: [['Value', value]], children: inner.length === 0 ? [] : [codeNode(inner)] }
}

function detailNode(missing: readonly MissingAttribute[]): PrintNode {
  const children = missing.map(({ category, attributeId, dataType, issuer, values }) => ({
    name: 'MissingAttributeDetail',
    attributes: [
      ['Category', category],
      ['AttributeId', attributeId],
      ['DataType', dataType],
      ['Issuer', issuer],
    ] as const,
    children: (values ?? []).map((value) => valueNode(value)),
  }))
  return { name: 'StatusDetail', attributes: [], children }
}

function listNode(list: string, item: string, idName: string, all: readonly Obligation[]): readonly PrintNode[] {
  if (all.length === 0) return []
  const children = all.map(({ id, assignments }) => ({
    name: item,
    attributes: [[idName, id] as const],
    children: assignments.map((assignment) =>
      valueNode(assignment, 'AttributeAssignment', [
        ['AttributeId', assignment.attributeId],
        ['Category', assignment.category],
        ['Issuer', assignment.issuer],
      ]),
    ),
  }))
  return [{ name: list, attributes: [], children }]
}

function policiesNode({ policies, policySets }: PolicyIdentifiers): PrintNode {
  const node = (name: string) => (identifier: { readonly id: string; readonly version: string }) => ({
    name,
    attributes: [['Version', identifier.version] as const],
    text: identifier.id,
  })
  return {
    name: 'PolicyIdentifierList',
    attributes: [],
    children: [...policies.map(node('PolicyIdReference')), ...policySets.map(node('PolicySetIdReference'))],
  }
}
