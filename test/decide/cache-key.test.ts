/** Two different questions never share a key. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { cacheKey, type KeyParts } from '../../src/decide/cache-key.ts'

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
    { ...base, restsOn: ['a', 'b'], versions: [1n, 2n] },
    { ...base, restsOn: ['a;b'], versions: [12n] },
    { ...base, restsOn: ['a'], versions: [12n] },
  ].map(cacheKey)
  expect(new Set(keys).size).toBe(keys.length)
})
