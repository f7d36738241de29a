/** Two different questions never share a key. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cacheKey, type KeyParts } from '../../src/decide/cache-key.ts'
import { dataTypes } from '../../src/xacml/index.ts'

const text = fc.oneof(fc.string({ maxLength: 6 }), fc.constantFrom('', '1:', ':', '1:a', '#', '-', '+', 'a;b'))
const fact = fc.record({
  category: text,
  id: text,
  values: fc.array(fc.record({ dataType: text, value: text }), { maxLength: 3 }),
})
const parts: fc.Arbitrary<KeyParts> = fc
  .record({
    basis: text,
    resource: fc.option(text, { nil: undefined }),
    given: fc.array(fc.option(fact, { nil: undefined }), { maxLength: 3 }),
    lookUps: fc.array(fc.record({ by: fc.array(text, { maxLength: 3 }) }), { maxLength: 3 }),
    rests: fc.array(fc.tuple(text, fc.bigInt(0n, 20n)), { maxLength: 3 }),
  })
  .map(({ rests, ...rest }) => ({
    ...rest,
    restsOn: rests.map(([entity]) => entity),
    versions: rests.map(([, version]) => version),
  }))

const plain = (value: KeyParts): string =>
  JSON.stringify(value, (_, member) =>
    typeof member === 'bigint' ? `${member}n` : member === undefined ? 'absent' : member,
  )

test('keys are equal exactly when everything in them is', () => {
  fc.assert(
    fc.property(parts, parts, (a, b) => {
      expect(cacheKey(a) === cacheKey(b)).toBe(plain(a) === plain(b))
      expect(cacheKey(a)).toBe(cacheKey(structuredClone(a)))
    }),
    { numRuns: 3_000 },
  )
})

test('a string cannot pass for its neighbours', () => {
  const base: KeyParts = { basis: '', resource: undefined, given: [], restsOn: [], versions: [] }
  const keys = [
    { ...base, basis: 'ab', resource: 'c' },
    { ...base, basis: 'a', resource: 'bc' },
    { ...base, resource: 'ab' },
    { ...base, restsOn: ['a', 'b'], versions: [1n, 2n] },
    { ...base, restsOn: ['a;b'], versions: [12n] },
    { ...base, restsOn: ['a'], versions: [12n] },
  ].map(cacheKey)
  expect(new Set(keys).size).toBe(keys.length)
})

test('values that are objects, and attributes of different issuers, are told apart', () => {
  const base: KeyParts = { basis: '', resource: undefined, given: [], restsOn: [], versions: [] }
  const date = 'http://www.w3.org/2001/XMLSchema#date'
  const given = (issuer: string | undefined, text: string): KeyParts => {
    const values = [{ dataType: date, value: dataTypes.get(date)!.parse(text)! }]
    return { ...base, given: [{ category: 'c', id: 'i', values, ...(issuer === undefined ? {} : { issuer }) }] }
  }
  const keys = [
    given(undefined, '2026-01-01'),
    given(undefined, '2026-01-02'),
    given(undefined, '2026-01-02Z'),
    given('a', '2026-01-02'),
    given('b', '2026-01-02'),
  ].map(cacheKey)
  expect(new Set(keys).size).toBe(keys.length)
})

test('an attribute is told from others whether it stands with its place or with its name', () => {
  const base: KeyParts = { basis: '', resource: undefined, given: [], restsOn: [], versions: [] }
  const places = new Map([
    ['a', 0],
    ['b', 1],
    ['1', 10],
  ])
  const placeOf = (_: string, id: string): number | undefined => places.get(id)
  const given = (id: string, issuer: string | undefined, ...texts: string[]): KeyParts => {
    const values = texts.map((value) => ({ dataType: 'x', value }))
    return { ...base, placeOf, given: [{ category: 'c', id, values, ...(issuer === undefined ? {} : { issuer }) }] }
  }
  const keys = [
    given('a', undefined, '1'),
    given('b', undefined, '1'),
    given('1', undefined),
    given('0', undefined, '1'),
    given('#0', undefined, '1'),
    given('a', '', '1'),
    given('a', undefined, '1', '1'),
    { ...given('a', undefined, '1'), lasting: '' },
    { ...given('a', undefined, '1'), lasting: 'x' },
  ].map(cacheKey)
  expect(new Set(keys).size).toBe(keys.length)
})
