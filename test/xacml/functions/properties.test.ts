import fc from 'fast-check'
import { expect, test } from 'vitest'
import { compareCodePoints, countCodePoints, sliceCodePoints } from '../../../src/xacml/functions/code-points.ts'
import { lowerCase } from '../../../src/xacml/functions/lower-case.ts'
import { call } from './call.ts'

const id = (name: string): string => `1.0:function:${name}`

/** Few distinct values, so that bags overlap; bags on both sides of the bound at which hashing begins. */
const bag = fc.oneof(
  fc.array(fc.constantFrom('1', '+1', '2', '03', '4'), { maxLength: 4 }),
  fc.array(fc.nat(12).map(String), { maxLength: 20 }),
)
const asSet = (members: readonly string[]): ReadonlySet<number> => new Set(members.map(Number))
const sorted = (members: Iterable<number>): readonly number[] => [...members].sort((a, b) => a - b)
const numbers = (result: unknown): readonly number[] => sorted((result as readonly string[]).map(Number))

test('set functions agree with sets', () => {
  fc.assert(
    fc.property(bag, bag, (a, b) => {
      const [left, right] = [asSet(a), asSet(b)]
      const common = [...left].filter((value) => right.has(value))
      expect(numbers(call(id('integer-union'), [a, b]))).toEqual(sorted(new Set([...left, ...right])))
      expect(numbers(call(id('integer-intersection'), [a, b]))).toEqual(sorted(common))
      expect(call(id('integer-at-least-one-member-of'), [a, b])).toBe(String(common.length > 0))
      expect(call(id('integer-subset'), [a, b])).toBe(String(common.length === left.size))
      expect(call(id('integer-set-equals'), [a, b])).toBe(
        String(common.length === left.size && common.length === right.size),
      )
    }),
  )
})

test('strings are ordered, counted and cut by code points', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'é', '\ud7ff', '\ue000', '\uffee', '😀', '\u{10ffff}') })
  const compareArrays = (a: readonly number[], b: readonly number[]): number => {
    const at = a.findIndex((value, index) => value !== b[index])
    return at < 0 ? a.length - b.length : (a[at] ?? 0) - (b[at] ?? -1)
  }
  const points = (value: string): number[] => Array.from(value, (character) => character.codePointAt(0) ?? 0)
  fc.assert(
    fc.property(text, text, fc.nat(8), fc.nat(8), (a, b, begin, length) => {
      expect(Math.sign(compareCodePoints(a, b))).toBe(Math.sign(compareArrays(points(a), points(b))))
      expect(countCodePoints(a)).toBe(points(a).length)
      const end = Math.min(begin + length, points(a).length)
      if (begin <= end) expect(sliceCodePoints(a, begin, end)).toBe([...a].slice(begin, end).join(''))
    }),
  )
})

test('lower case goes code point by code point', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(lowerCase(text)).toBe(Array.from(text, (character) => character.toLowerCase()).join(''))
    }),
  )
})

test('division and remainder give the dividend back', () => {
  fc.assert(
    fc.property(fc.bigInt(), fc.bigInt(), (a, b) => {
      fc.pre(b !== 0n)
      const quotient = BigInt(call(id('integer-divide'), [String(a), String(b)]) as string)
      const rest = BigInt(call(id('integer-mod'), [String(a), String(b)]) as string)
      expect(quotient * b + rest).toBe(a)
      expect(rest === 0n || rest < 0n === a < 0n).toBe(true)
    }),
  )
})

test('adding a duration and taking it away again gives the same moment', () => {
  const moment = fc
    .date({ min: new Date('0001-01-02T00:00:00Z'), max: new Date('9999-01-01T00:00:00Z'), noInvalidDate: true })
    .map((value) => value.toISOString())
  const duration = fc
    .tuple(fc.constantFrom('', '-'), fc.nat(10_000_000), fc.nat(999_999))
    .map(([sign, seconds, fraction]) => `${sign}PT${seconds}.${fraction}S`)
  fc.assert(
    fc.property(moment, duration, (start, length) => {
      const later = call('3.0:function:dateTime-add-dayTimeDuration', [start, length]) as string
      const back = call('3.0:function:dateTime-subtract-dayTimeDuration', [later, length]) as string
      expect(call(id('dateTime-equal'), [back, start])).toBe('true')
    }),
  )
})
