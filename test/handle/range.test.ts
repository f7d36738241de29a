import { expect, test } from 'vitest'
import { isSameFile, parseRange } from '../../src/handle/transfer/range.ts'

const huge = '9'.repeat(30)

/** Header, size of the file, what is answered (broker API 1.10). */
const cases: readonly (readonly [header: string | undefined, size: number, expected: string])[] = [
  [undefined, 41, 'whole'],
  ['', 41, 'whole'],
  ['bytes=0-9', 41, '0-9'],
  ['bytes=0-0', 41, '0-0'],
  ['bytes=40-40', 41, '40-40'],
  ['Bytes=5-8', 41, '5-8'],
  [' bytes = 5 - 8 ', 41, '5-8'],
  ['bytes=5-', 41, '5-40'],
  ['bytes=0-', 41, '0-40'],
  ['bytes=30-99', 41, '30-40'],
  [`bytes=30-${huge}`, 41, '30-40'],
  ['bytes=-1', 41, '40-40'],
  ['bytes=-41', 41, '0-40'],
  ['bytes=-42', 41, '0-40'],
  [`bytes=-${huge}`, 41, '0-40'],
  ['bytes=41-', 41, 'unsatisfiable'],
  ['bytes=41-50', 41, 'unsatisfiable'],
  [`bytes=${huge}-`, 41, 'unsatisfiable'],
  ['bytes=-0', 41, 'unsatisfiable'],
  ['bytes=0-', 0, 'unsatisfiable'],
  ['bytes=0-0', 0, 'unsatisfiable'],
  ['bytes=-1', 0, 'unsatisfiable'],
  ['bytes=', 41, 'whole'],
  ['bytes=-', 41, 'whole'],
  ['bytes=abc', 41, 'whole'],
  ['bytes=9-2', 41, 'whole'],
  ['bytes=99-50', 41, 'whole'],
  ['bytes=+1-2', 41, 'whole'],
  ['bytes=1-2x', 41, 'whole'],
  ['bytes 0-9', 41, 'whole'],
  ['items=0-9', 41, 'whole'],
  ['bytes=0-1,3-4', 41, 'whole'],
  ['bytes=0-1,', 41, 'whole'],
  [`bytes=0-${'9'.repeat(500)}`, 41, 'whole'],
  ['bytes=1099511627776-1099511627777', 1_677_721_600_000, '1099511627776-1099511627777'],
]

test.each(cases)('%j of %i bytes is %s', (header, size, expected) => {
  const range = parseRange(header, size)
  expect(range.kind === 'part' ? `${range.first}-${range.last}` : range.kind).toBe(expected)
})

test.each([
  [undefined, true],
  ['"abc"', true],
  [' "abc" ', true],
  ['W/"abc"', false],
  ['abc', false],
  ['"other"', false],
  ['Sat, 10 Jan 2026 08:00:00 GMT', false],
])('If-Range %j is the same file: %s', (header, expected) => {
  expect(isSameFile(header, '"abc"')).toBe(expected)
})
