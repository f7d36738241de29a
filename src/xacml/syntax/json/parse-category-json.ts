/** Category objects of requests and results: JSON profile 1.1, section 4.2. */
import type { Limits } from '../../limits.ts'
import type { Attribute, AttributeCategory, Content } from '../../model/request.ts'
import { requestBounds } from '../request-bounds.ts'
import { printElement } from '../xml/print-xml.ts'
import { readXml } from '../xml/read-xml.ts'
import { decodeBase64Text } from './base64-text.ts'
import { categoryOf } from './categories.ts'
import {
  booleanIn,
  isAbsent,
  itemsOf,
  type JsonReading,
  memberNames,
  membersOf,
  report,
  requiredIn,
  stringIn,
} from './members.ts'
import { readJsonValues } from './parse-value-json.ts'
import type { JsonValue } from './read-json.ts'

const categoryNames = memberNames('Category', ['CategoryId', 'Id', 'Content', 'Attribute'])
const attributeNames = memberNames('Attribute', ['AttributeId', 'Value', 'Issuer', 'DataType', 'IncludeInResult'])

/** `shorthand` is the category that the member's name stands for; a `CategoryId` inside, perhaps a short name too, wins over it. */
export function readJsonCategory(
  reading: JsonReading,
  value: JsonValue,
  limits: Limits,
  shorthand?: string,
): AttributeCategory | undefined {
  const members = membersOf(reading, value, categoryNames)
  if (members === undefined) return undefined
  const [categoryId, id, content, attribute] = members
  const category =
    shorthand !== undefined && isAbsent(categoryId)
      ? shorthand
      : categoryOf(requiredIn(reading, value, categoryId, 'CategoryId'))
  const readId = stringIn(reading, id, 'Id')
  const readContent = isAbsent(content) ? undefined : contentOf(reading, content, limits)
  return {
    category,
    ...(readId === undefined ? {} : { id: readId }),
    ...(readContent === undefined ? {} : { content: readContent }),
    attributes: readAttributes(reading, attribute),
  }
}

function readAttributes(reading: JsonReading, value: JsonValue | undefined): readonly Attribute[] {
  const attributes: Attribute[] = []
  for (const item of itemsOf(value)) {
    const attribute = readAttribute(reading, item)
    if (attribute !== undefined) attributes.push(attribute)
  }
  return attributes
}

function readAttribute(reading: JsonReading, object: JsonValue): Attribute | undefined {
  const members = membersOf(reading, object, attributeNames)
  if (members === undefined) return undefined
  const [attributeId, value, issuer, dataType, includeInResult] = members
  if (value === undefined) report(reading, object, 'XACML-JSON-MISSING-MEMBER', '`Value` is missing')
  const id = requiredIn(reading, object, attributeId, 'AttributeId')
  const include = booleanIn(reading, includeInResult, 'IncludeInResult')
  const values = value === undefined ? [] : readJsonValues(reading, value, dataType)
  const readIssuer = stringIn(reading, issuer, 'Issuer')
  if (readIssuer === undefined) return { id, includeInResult: include, values }
  return { id, issuer: readIssuer, includeInResult: include, values }
}

/** Section 4.2.4: XML text, or Base64 of it. No Base64 starts with `<`. */
function contentOf(reading: JsonReading, value: JsonValue, limits: Limits): Content | undefined {
  const text = stringIn(reading, value, 'Content')
  if (text === undefined) return undefined
  const xml = /^\uFEFF?[\t\n\r ]*</.test(text) ? text : decodeBase64Text(text)
  if (xml === undefined) {
    report(reading, value, 'XACML-JSON-CONTENT', '`Content` is neither XML nor Base64 of XML in UTF-8')
    return undefined
  }
  const document = readXml(xml, requestBounds(limits))
  if (document.ok) return { xml: printElement(document.value), namespaces: document.value.scope }
  const [{ message, at }] = document.problems
  const place = at === undefined ? '' : ` in line ${at.line}, column ${at.column} of it`
  report(reading, value, 'XACML-JSON-CONTENT', `\`Content\` is not well-formed XML: ${message}${place}`)
  return undefined
}
