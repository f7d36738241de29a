import { expect, test } from 'vitest'
import { canonicalType, dataTypeByName, dataTypes } from '../../../src/xacml/values/index.ts'
import { xpathExpression, xpathExpressionOf } from '../../../src/xacml/values/xpath-expression.ts'

test('seventeen types, each under its URI and its short name', () => {
  expect(dataTypeByName.size).toBe(17)
  for (const [name, row] of dataTypeByName) {
    expect(row.name).toBe(name)
    expect(dataTypes.get(row.id)).toBe(row)
    expect(row.id.endsWith(name)).toBe(true)
  }
})

test('the duration types of the 2002 draft are aliases', () => {
  for (const name of ['dayTimeDuration', 'yearMonthDuration'])
    expect(canonicalType(`http://www.w3.org/TR/2002/WD-xquery-operators-20020816#${name}`)).toBe(
      `http://www.w3.org/2001/XMLSchema#${name}`,
    )
  expect(canonicalType('urn:example:unknown')).toBe('urn:example:unknown')
})

test('an XPath is a value only with its category and namespaces', () => {
  expect(xpathExpression.parse('/a')).toBeUndefined()
  expect(xpathExpressionOf(' ', 'urn:c', {})).toBeUndefined()
  const one = xpathExpressionOf('/p:a', 'urn:c', { p: 'urn:p', q: 'urn:q' })!
  const same = xpathExpressionOf(' /p:a ', 'urn:c', { q: 'urn:q', p: 'urn:p' })!
  const other = xpathExpressionOf('/p:a', 'urn:c', { p: 'urn:other' })!
  expect(xpathExpression.equal(one, same)).toBe(true)
  expect(xpathExpression.equal(one, other)).toBe(false)
  expect(xpathExpression.print(one)).toBe('/p:a')
})
