/** Values of requests and responses, from XML elements or from texts. */
import type { Position } from '../model/policy.ts'
import type { TypedValue } from '../model/value.ts'
import type { Problem } from '../problems.ts'
import { dataTypes } from '../values/index.ts'
import type { DataType } from '../values/row.ts'
import { xpathExpression, xpathExpressionOf } from '../values/xpath-expression.ts'
import { uriOf } from './access.ts'
import { problem } from './outcome.ts'
import { refuseElements } from './parse-expression-xml.ts'
import { collapse } from './xml/characters.ts'
import { attributeOf, type XmlElement } from './xml/element.ts'

/** The value of an `AttributeValue` or `AttributeAssignment`; undefined after reporting what is wrong with it. */
export function readValue(problems: Problem[], element: XmlElement): TypedValue | undefined {
  refuseElements(problems, element)
  const written = uriOf(element, 'DataType')
  const dataType = dataTypes.get(written)
  if (dataType === undefined) return unknownDataType(problems, written, element.at)
  return dataType === xpathExpression
    ? readXPath(problems, element)
    : parseText(problems, dataType, element.text, element.at)
}

export function unknownDataType(problems: Problem[], written: string, at: Position | undefined): undefined {
  problems.push(problem('XACML-UNKNOWN-DATA-TYPE', `data type \`${shown(written)}\` is not known`, at))
  return undefined
}

/** `parseText` for one value. */
export function parseText(
  problems: Problem[],
  dataType: DataType,
  text: string,
  at: Position | undefined,
): TypedValue | undefined {
  const value = dataType.parse(text)
  if (value !== undefined) return { dataType: dataType.id, value }
  problems.push(problem('XACML-BAD-VALUE', `\`${shown(text)}\` is not a value of type ${dataType.name}`, at))
  return undefined
}

/** Section A.2: prefixes of the path resolve where it is written. */
function readXPath(problems: Problem[], element: XmlElement): TypedValue | undefined {
  const category = attributeOf(element, 'XPathCategory')
  if (category === undefined) {
    const message = `\`${element.name}\` of type xpathExpression needs the attribute \`XPathCategory\``
    problems.push(problem('XACML-MISSING-ATTRIBUTE', message, element.at))
    return undefined
  }
  const value = xpathExpressionOf(element.text, collapse(category), element.scope)
  if (value !== undefined) return { dataType: xpathExpression.id, value }
  problems.push(problem('XACML-BAD-VALUE', 'an empty text is not a value of type xpathExpression', element.at))
  return undefined
}

function shown(text: string): string {
  return text.length > 80 ? `${text.slice(0, 80)}…` : text
}
