/** The attributes and values that random policies and random requests have in common. */

import type { Value } from '../../../src/xacml/model/value.ts'
import { dataTypes } from '../../../src/xacml/values/index.ts'

export interface AttributeName {
  readonly category: string
  readonly attributeId: string
  readonly dataType: string
}

const xsd = 'http://www.w3.org/2001/XMLSchema#'
const category = (name: string) => `urn:oasis:names:tc:xacml:${name}`
const subject = category('1.0:subject-category:access-subject')
const resource = category('3.0:attribute-category:resource')
const action = category('3.0:attribute-category:action')

const named = (category: string, attributeId: string, type: string): AttributeName => ({
  category,
  attributeId,
  dataType: xsd + type,
})

export const attributeNames: readonly AttributeName[] = [
  named(subject, 'role', 'string'),
  named(subject, 'role', 'string'),
  named(subject, 'department', 'string'),
  named(subject, 'clearance', 'integer'),
  named(resource, 'type', 'string'),
  named(resource, 'owner', 'anyURI'),
  named(resource, 'level', 'integer'),
  named(resource, 'weight', 'double'),
  named(resource, 'closed', 'boolean'),
  named(resource, 'day', 'date'),
  named(action, 'action-id', 'string'),
]

const texts: Readonly<Record<string, readonly string[]>> = {
  string: ['a', 'A', 'b', 'c'],
  integer: ['0', '1', '2', '9007199254740993'],
  anyURI: ['urn:a', 'urn:b'],
  boolean: ['true', 'false'],
  double: ['0', '-0', '1.5', 'NaN'],
  date: ['2024-01-01Z', '2024-01-01+00:00', '2024-01-02Z'],
}

export const textsOf = (dataType: string): readonly string[] => texts[dataType.slice(xsd.length)]!

export function readValue(dataType: string, text: string): Value {
  const value = dataTypes.get(dataType)?.parse(text)
  if (value === undefined) throw new Error(`\`${text}\` is not of type \`${dataType}\``)
  return value
}
