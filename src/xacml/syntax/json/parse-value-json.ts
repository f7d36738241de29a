/** Values in the JSON profile 1.1, section 3.3: JSON types where they fit, XACML text in strings for the rest. */
import type { Namespaces } from '../../model/policy.ts'
import type { TypedValue } from '../../model/value.ts'
import { boolean } from '../../values/boolean.ts'
import { double } from '../../values/double.ts'
import { dataTypeByName, dataTypes } from '../../values/index.ts'
import { integer } from '../../values/integer.ts'
import type { DataType } from '../../values/row.ts'
import { string } from '../../values/string.ts'
import { xpathExpression, xpathExpressionOf } from '../../values/xpath-expression.ts'
import { categoryOf } from './categories.ts'
import {
  described,
  isAbsent,
  itemsOf,
  type JsonReading,
  memberNames,
  membersOf,
  report,
  requiredIn,
  stringIn,
} from './members.ts'
import type { JsonArray, JsonValue } from './read-json.ts'

/** The values of one `Value` member. `written` is the `DataType` beside it: a URI, a short name, or nothing. */
export function readJsonValues(
  reading: JsonReading,
  value: JsonValue,
  written: JsonValue | undefined,
): readonly TypedValue[] {
  const items = value.kind === 'array' ? value.items : [value]
  const dataType = isBlank(written) ? infer(reading, value, items) : namedType(reading, written)
  if (dataType === undefined) return []
  const values: TypedValue[] = []
  for (const item of items) {
    const typed = readItem(reading, item, dataType)
    if (typed !== undefined) values.push(typed)
  }
  return values
}

/** Clients that print objects whole send `"DataType": null` and `"DataType": ""` for none. */
function isBlank(written: JsonValue | undefined): written is undefined {
  return isAbsent(written) || (written.kind === 'string' && written.text === '')
}

function namedType(reading: JsonReading, written: JsonValue): DataType | undefined {
  const name = stringIn(reading, written, 'DataType')
  if (name === undefined) return undefined
  const dataType = dataTypes.get(name) ?? dataTypeByName.get(name)
  if (dataType === undefined) {
    report(reading, written, 'XACML-UNKNOWN-DATA-TYPE', `data type \`${name.slice(0, 80)}\` is not known`)
  }
  return dataType
}

/** Section 3.3.2. One type for all values: guessing at a mixture would decide about access by accident. */
function infer(reading: JsonReading, value: JsonValue, items: readonly JsonValue[]): DataType | undefined {
  let inferred: DataType | undefined
  for (const item of items) {
    const type = naturalType(item)
    if (type === undefined) return cannotInfer(reading, item)
    if (inferred === undefined || inferred === type) inferred = type
    else if (isNumeric(inferred) && isNumeric(type)) inferred = double
    else return mixed(reading, value as JsonArray)
  }
  return inferred
}

const isNumeric = (type: DataType): boolean => type === integer || type === double

function naturalType(value: JsonValue): DataType | undefined {
  switch (value.kind) {
    case 'string':
      return string
    case 'boolean':
      return boolean
    case 'number':
      return /^-?[0-9]+$/.test(value.text) ? integer : double
    case 'object':
      return value.names.some((name) => name.toLowerCase() === 'xpath') ? xpathExpression : undefined
    default:
      return undefined
  }
}

function cannotInfer(reading: JsonReading, value: JsonValue): undefined {
  report(
    reading,
    value,
    'XACML-JSON-TYPE',
    `the data type of ${described(value)} cannot be inferred: give \`DataType\``,
  )
  return undefined
}

function mixed(reading: JsonReading, value: JsonArray): undefined {
  const message = 'values of different types stand in one array: give `DataType` or write one attribute for each type'
  report(reading, value, 'XACML-JSON-MIXED-VALUES', message)
  return undefined
}

function readItem(reading: JsonReading, item: JsonValue, dataType: DataType): TypedValue | undefined {
  if (dataType === xpathExpression) return readXPath(reading, item)
  const text = textFor(item, dataType)
  const value = text === undefined ? undefined : dataType.parse(text)
  if (value !== undefined) return { dataType: dataType.id, value }
  const found = item.kind === 'string' ? `\`${item.text.slice(0, 80)}\`` : described(item)
  report(reading, item, 'XACML-BAD-VALUE', `${found} is not a value of type ${dataType.name}`)
  return undefined
}

/** A number may be written as one only where it is one: as a string, `1.0` and `1` would differ by chance of spelling. */
function textFor(item: JsonValue, dataType: DataType): string | undefined {
  if (item.kind === 'string') return item.text
  if (item.kind === 'number' && isNumeric(dataType)) return item.text
  if (item.kind === 'boolean' && dataType === boolean) return String(item.value)
  return undefined
}

const xpathNames = memberNames('xpathExpression', ['XPathCategory', 'Namespaces', 'XPath'])
const namespaceNames = memberNames('Namespaces', ['Prefix', 'Namespace'])

/** Section 4.2.3.2. */
function readXPath(reading: JsonReading, item: JsonValue): TypedValue | undefined {
  const members = membersOf(reading, item, xpathNames)
  if (members === undefined) return undefined
  const [category, namespaces, path] = members
  const written = categoryOf(requiredIn(reading, item, category, 'XPathCategory'))
  const value = xpathExpressionOf(
    requiredIn(reading, item, path, 'XPath'),
    written,
    readNamespaces(reading, namespaces),
  )
  if (value !== undefined) return { dataType: xpathExpression.id, value }
  report(reading, item, 'XACML-BAD-VALUE', 'an empty `XPath` is not a value of type xpathExpression')
  return undefined
}

function readNamespaces(reading: JsonReading, value: JsonValue | undefined): Namespaces {
  const namespaces: Record<string, string> = Object.create(null)
  for (const item of itemsOf(value)) {
    const members = membersOf(reading, item, namespaceNames)
    if (members === undefined) continue
    const prefix = stringIn(reading, members[0], 'Prefix') ?? ''
    if (prefix in namespaces) report(reading, item, 'JSON-DUPLICATE-MEMBER', `prefix \`${prefix}\` is declared twice`)
    namespaces[prefix] = requiredIn(reading, item, members[1], 'Namespace')
  }
  return namespaces
}
