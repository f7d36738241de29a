import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  newSpanId,
  newTraceId,
  parseTraceparent,
  parseTracestate,
  printTraceparent,
} from '../../../src/server/observation/trace-context.ts'

const traceId = '0af7651916cd43dd8448eb211c80319c'
const spanId = 'b7ad6b7169203331'

describe('traceparent', () => {
  test.each<readonly [string, boolean]>([
    [`00-${traceId}-${spanId}-01`, true],
    [`00-${traceId}-${spanId}-00`, false],
    [`00-${traceId}-${spanId}-fe`, false],
    [`00-${traceId}-${spanId}-ff`, true],
    [`01-${traceId}-${spanId}-01`, true],
    [`cc-${traceId}-${spanId}-01-what-comes-later`, true],
  ])('%s', (header, sampled) => {
    expect(parseTraceparent(header)).toEqual({ traceId, spanId, sampled })
  })

  test.each([
    undefined,
    '',
    `00-${traceId}-${spanId}`,
    `00-${traceId}-${spanId}-01-more`,
    `00-${traceId}-${spanId}-01\r\nevil: 1`,
    ` 00-${traceId}-${spanId}-01`,
    `ff-${traceId}-${spanId}-01`,
    `00-${traceId.toUpperCase()}-${spanId}-01`,
    `00-${'0'.repeat(32)}-${spanId}-01`,
    `00-${traceId}-${'0'.repeat(16)}-01`,
    `00-${traceId.slice(1)}-${spanId}-01`,
    `00-${traceId}-${spanId}-1`,
    `cc-${traceId}-${spanId}-01-${'x'.repeat(300)}`,
    `00-${traceId}-${spanId}-01,00-${traceId}-${spanId}-01`,
  ])('%j is refused', (header) => {
    expect(parseTraceparent(header)).toBeUndefined()
  })

  test('parse after print gives the same', () => {
    fc.assert(
      fc.property(fc.boolean(), (sampled) => {
        const parent = { traceId: newTraceId(), spanId: newSpanId(), sampled }
        expect(parseTraceparent(printTraceparent(parent))).toEqual(parent)
      }),
      { numRuns: 500 },
    )
  })

  test('ids do not repeat', () => {
    const ids = Array.from({ length: 2000 }, newTraceId)
    expect(new Set(ids).size).toBe(2000)
    expect(ids.every((id) => /^[0-9a-f]{32}$/.test(id))).toBe(true)
  })
})

describe('tracestate', () => {
  test.each<readonly [string, string]>([
    ['congo=t61rcWkgMzE', 'congo=t61rcWkgMzE'],
    ['rojo=00f067aa0ba902b7, congo=t61 x', 'rojo=00f067aa0ba902b7,congo=t61 x'],
    ['fw529a3039@dt=FfAAAA,,', 'fw529a3039@dt=FfAAAA'],
  ])('%s', (header, expected) => {
    expect(parseTracestate(header)).toBe(expected)
  })

  test.each([
    undefined,
    '',
    ',',
    'Congo=1',
    'congo',
    'congo=',
    'congo=a=b',
    'congo=1,congo=2',
    'congo=a\r\nevil: 1',
    'congo=\u00e5',
    `congo=${'x'.repeat(257)}`,
    Array.from({ length: 33 }, (_, at) => `k${at}=1`).join(','),
    Array.from({ length: 30 }, (_, at) => `k${at}=${'x'.repeat(20)}`).join(','),
  ])('%j is not passed on', (header) => {
    expect(parseTracestate(header)).toBeUndefined()
  })
})
