import fc from 'fast-check'
import { expect, test } from 'vitest'
import { parseDuration, printDuration } from '../../src/registry/duration.ts'

test.each([
  ['P30D', 2_592_000],
  ['PT2H', 7_200],
  ['P1Y2M3DT4H5M6S', (365 + 60 + 3) * 86_400 + 4 * 3_600 + 5 * 60 + 6],
  ['PT1.9S', 1],
  ['-P1D', -86_400],
  ['PT0S', 0],
  ['P', undefined],
  ['PT', undefined],
  ['P1DT', undefined],
  ['1D', undefined],
  ['P1W', undefined],
  ['30.00:00:00', undefined],
  ['P1D ', 86_400],
  ['PD', undefined],
])('%s', (text, seconds) => {
  expect(parseDuration(text)).toBe(seconds)
})

test('what is printed reads back', () => {
  fc.assert(
    fc.property(fc.integer({ min: -1e9, max: 1e9 }), (seconds) => parseDuration(printDuration(seconds)) === seconds),
  )
})
