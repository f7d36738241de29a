/** Values as text, for XML. */
import type { TypedValue } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import { type XPathExpression, xpathExpression } from '../values/xpath-expression.ts'
import type { PrintNode } from './print-node.ts'

/** The lexical form. A data type that is not in the table is a bug of the caller, who holds a value of it. */
export function printText({ dataType, value }: TypedValue): string {
  const row = dataTypes.get(dataType)
  if (row === undefined) throw new Error(`no data type ${dataType}`)
  return row.print(value)
}

export const isXPath = (typed: TypedValue): typed is { dataType: string; value: XPathExpression } =>
  typed.dataType === xpathExpression.id

/** An `AttributeValue`, or an `AttributeAssignment` with its further attributes. */
export function valueNode(
  typed: TypedValue,
  name = 'AttributeValue',
  attributes: PrintNode['attributes'] = [],
): PrintNode {
  const node = { name, attributes: [...attributes, ['DataType', typed.dataType] as const], text: printText(typed) }
  if (!isXPath(typed)) return node
  const { category, namespaces } = typed.value
  return { ...node, attributes: [...node.attributes, ['XPathCategory', category]], namespaces }
}
