import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { blankCredentials } from '../../../src/server/observation/blank-credentials.ts'
import { createLineBudget } from '../../../src/server/observation/line-budget.ts'
import { createLog, describeError, type LogLevel } from '../../../src/server/observation/log.ts'

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyJ9.c2lnbmF0dXJl'

const create = (level: LogLevel = 'info') => {
  const lines: string[] = []
  return { lines, ...createLog({ level, version: '1', write: (line) => lines.push(line) }) }
}

describe('the log', () => {
  test('one JSON object per line', () => {
    const { lines, logger } = create()
    logger.info({ trace_id: 'abc' }, 'hello')
    expect(lines).toHaveLength(1)
    const line = JSON.parse(lines[0] ?? '') as Record<string, unknown>
    expect(line).toMatchObject({ level: 'info', service: 'portvakt', version: '1', trace_id: 'abc', message: 'hello' })
    expect(new Date(String(line.time)).getTime()).not.toBeNaN()
  })

  test.each(['a\nb', 'a\r\n{"level":"fatal"}', '\u2028', '"}\n{"x":"', '\u001b[31m', '\u009b31m\u202e'])(
    '%j begins no line and steers no terminal',
    (text) => {
      const { lines, logger } = create()
      logger.info({ path: text }, text)
      expect(lines).toHaveLength(1)
      expect(lines[0]?.trimEnd()).not.toMatch(/\p{Cc}|\p{Cf}|\u2028/u)
      expect(JSON.parse(lines[0] ?? '')).toMatchObject({ path: text, message: text })
    },
  )

  test.each<readonly [string, object]>([
    ['a field of that name', { authorization: 'Basic c2VjcmV0' }],
    ['headers', { headers: { authorization: 'opaque-secret', cookie: 'secret' } }],
    ['two levels down', { request: { headers: { authorization: 'opaque-secret' } } }],
    ['any level down', { a: [{ b: { c: { token: 'opaque-secret' } } }] }],
    ['a list', { headers: { 'set-cookie': ['a="secret"; x', 'b=secret\\'], other: 'x' } }],
    ['quotes in it', { password: 'secret"},{"x":"secret' }],
    ['a token elsewhere', { detail: `token ${jwt} is no good secret`.replace(' secret', '') }],
    ['an error', { error: new Error(`Bearer ${jwt}`) }],
    ['the cause of an error', { error: new Error('x', { cause: new Error(`got ${jwt}`) }) }],
    ['an address', { database: 'postgres://user:secret@host/db' }],
    ['a signed address', { url: 'https://host/blob?sv=1&sig=secret%3D' }],
    ['own properties of an error', { error: Object.assign(new Error('x'), { query: 'secret', parameters: [jwt] }) }],
  ])('gives no secret away: %s', (_, fields) => {
    const { lines, logger } = create()
    logger.error(fields, 'failed')
    expect(lines[0]).not.toContain('eyJ')
    expect(lines[0]).not.toMatch(/secret(?!\])/)
    expect(() => JSON.parse(lines[0] ?? '') as unknown).not.toThrow()
  })

  test('the level is respected', () => {
    const { lines, logger } = create('warn')
    logger.info('no')
    logger.warn('yes')
    expect(lines).toHaveLength(1)
  })

  test('errors are bounded, causes three deep', () => {
    let error = new Error('x'.repeat(10_000))
    for (let at = 0; at < 10; at++) error = new Error('y', { cause: error })
    expect(JSON.stringify(describeError(error)).length).toBeLessThan(20_000)
    expect(describeError('text')).toEqual({ type: 'string' })
  })
})

test.each<readonly [string, string]>([
  [`a ${jwt} b`, 'a [token] b'],
  [`a ${jwt.slice(0, 60)}`, 'a [token]'],
  ['Bearer abcdefghijklmnop', 'Bearer [token]'],
  ['redis://:pass@host:6379', 'redis://[secret]@host:6379'],
  ['https://host/path?x=1', 'https://host/path?x=1'],
  ['mail me@host.test', 'mail me@host.test'],
])('%s becomes %s', (line, expected) => {
  expect(blankCredentials(line)).toBe(expected)
})

test('JSON stays JSON, and what holds no secret stays as it is', () => {
  const text = fc.oneof(
    fc.string(),
    fc.constantFrom('"token":"x"', 'bearer "', 'Bearer abcdefghijklmnop\\', '//u:p@h"', 'eyJabcdefgh."', '"', '\\'),
    fc
      .array(fc.constantFrom('"', '\\', 'token', ':', ',', '[', ']', '{', '}', 'bearer ', '://', '@'), {
        maxLength: 12,
      })
      .map((parts) => parts.join('')),
  )
  const key = fc.oneof(fc.constantFrom('token', 'Authorization', 'body', 'x'), text)
  fc.assert(
    fc.property(fc.dictionary(key, fc.oneof(text, fc.array(text), fc.dictionary(key, text))), (value) => {
      const line = JSON.stringify(value)
      expect(() => JSON.parse(blankCredentials(line)) as unknown).not.toThrow()
    }),
    { numRuns: 2000 },
  )
  fc.assert(
    fc.property(
      fc.dictionary(fc.constantFrom('path', 'operation'), fc.stringMatching(/^[a-z0-9/ .-]{0,40}$/)),
      (value) => {
        const line = JSON.stringify(value)
        fc.pre(!/bearer|basic|dpop/.test(line))
        expect(blankCredentials(line)).toBe(line)
      },
    ),
  )
})

test('lines of one kind have a budget, and what was left out is told', () => {
  const budget = createLineBudget(2)
  expect([budget.spend('a', 0), budget.spend('a', 1), budget.spend('a', 2), budget.spend('a', 999)]).toEqual([
    0,
    0,
    undefined,
    undefined,
  ])
  expect(budget.spend('b', 3)).toBe(0)
  expect(budget.spend('a', 1001)).toBe(2)
  expect(budget.spend('a', 1002)).toBe(0)
})
