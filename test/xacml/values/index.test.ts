import { expect, test } from 'vitest'
import { date } from '../../../src/xacml/values/date.ts'
import { dateOfDateTime, dateTime, dateTimeAt, timeOfDateTime } from '../../../src/xacml/values/date-time.ts'
import { canonicalType, dataTypeByName, dataTypes } from '../../../src/xacml/values/index.ts'
import { time } from '../../../src/xacml/values/time.ts'
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

test.each([
  [0, 0, '1970-01-01T00:00:00Z', '1970-01-01Z', '00:00:00Z'],
  [-1, 0, '1969-12-31T23:59:59.999Z', '1969-12-31Z', '23:59:59.999Z'],
  [1_709_251_200_250, 60, '2024-03-01T01:00:00.25+01:00', '2024-03-01+01:00', '01:00:00.25+01:00'],
  [1_709_251_199_000, -300, '2024-02-29T18:59:59-05:00', '2024-02-29-05:00', '18:59:59-05:00'],
])('%d ms at zone %d read as %s', (milliseconds, zone, printed, day, clock) => {
  const value = dateTimeAt(milliseconds, zone)
  expect(dateTime.print(value)).toBe(printed)
  expect(date.print(dateOfDateTime(value))).toBe(day)
  expect(time.print(timeOfDateTime(value))).toBe(clock)
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
