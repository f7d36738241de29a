import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compareDates, type ZonedDate } from '../../../src/xacml/values/date.ts'
import { compareDateTimes, type DateTime, dateTime } from '../../../src/xacml/values/date-time.ts'
import { dataTypeByName } from '../../../src/xacml/values/index.ts'
import type { DataType } from '../../../src/xacml/values/row.ts'
import { compareTimes, type Time } from '../../../src/xacml/values/time.ts'
import { lexicalForms } from './arbitraries.ts'

const values = (name: string) => {
  const type = dataTypeByName.get(name)!
  return lexicalForms[name]!.map((text) => {
    const value = type.parse(text)
    if (value === undefined) throw new Error(`not of type ${name}: ${JSON.stringify(text)}`)
    return value
  })
}

describe.each(Object.keys(lexicalForms))('%s', (name) => {
  const type: DataType = dataTypeByName.get(name)!

  test('what is printed reads back as an equal value, and prints the same', () => {
    fc.assert(
      fc.property(values(name), (value) => {
        const printed = type.print(value)
        const again = type.parse(printed)
        expect(again, printed).toBeDefined()
        expect(type.equal(value, again!), printed).toBe(true)
        expect(type.print(again!)).toBe(printed)
      }),
    )
  })

  test('keys are equal exactly when values are', () => {
    fc.assert(
      fc.property(values(name), values(name), (a, b) => {
        expect(type.key(a) === type.key(b)).toBe(type.equal(a, b))
        expect(type.equal(a, a)).toBe(true)
        expect(type.equal(a, b)).toBe(type.equal(b, a))
      }),
    )
  })

  test('no text makes parsing throw', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void type.parse(text)))
  })
})

const orders: readonly (readonly [string, (a: never, b: never) => number])[] = [
  ['time', compareTimes as (a: Time, b: Time) => number],
  ['date', compareDates as (a: ZonedDate, b: ZonedDate) => number],
  ['dateTime', compareDateTimes as (a: DateTime, b: DateTime) => number],
]

describe.each(orders)('the order of %s', (name, order) => {
  const type = dataTypeByName.get(name)!
  const compare = order as (a: unknown, b: unknown) => number

  test('is total, and its zero is equality', () => {
    fc.assert(
      fc.property(values(name), values(name), values(name), (a, b, c) => {
        expect(Math.sign(compare(a, b))).toBe(-Math.sign(compare(b, a)) + 0)
        expect(compare(a, b) === 0).toBe(type.equal(a, b))
        if (compare(a, b) <= 0 && compare(b, c) <= 0) expect(compare(a, c)).toBeLessThanOrEqual(0)
      }),
    )
  })
})

test('within the reach of JavaScript dates, instants agree with them', () => {
  const moments = fc.date({
    min: new Date('0001-01-01T00:00:00Z'),
    max: new Date('9999-12-31T23:59:59Z'),
    noInvalidDate: true,
  })
  fc.assert(
    fc.property(moments, (moment) => {
      const value = dateTime.parse(moment.toISOString()) as DateTime
      expect(value.instant).toBe(Math.floor(moment.getTime() / 60_000))
      expect(new Date(dateTime.print(value)).getTime()).toBe(moment.getTime())
    }),
  )
})
