import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { decodeBase64Text } from '../../../../src/xacml/syntax/json/base64-text.ts'
import { type JsonValue, readJson } from '../../../../src/xacml/syntax/json/read-json.ts'

const limits = { characters: 10_000_000, depth: 100 }

/** As `JSON.parse` would give it, apart from numbers, which stay as they are written. */
function plain(value: JsonValue): unknown {
  switch (value.kind) {
    case 'string':
      return value.text
    case 'number':
      return { number: value.text }
    case 'boolean':
      return value.value
    case 'null':
      return null
    case 'array':
      return value.items.map(plain)
    case 'object':
      return Object.fromEntries(value.names.map((name, index) => [name, plain(value.values[index] as JsonValue)]))
  }
}

function read(text: string): unknown {
  const document = readJson(text, limits)
  return document.ok ? plain(document.value) : document.problems[0].code
}

describe('JSON', () => {
  test.each([
    ['1.0', { number: '1.0' }],
    ['-0', { number: '-0' }],
    ['123456789012345678901234567890', { number: '123456789012345678901234567890' }],
    ['1E+2', { number: '1E+2' }],
    [' [ 1 , "a" ] ', [{ number: '1' }, 'a']],
    ['{}', {}],
    ['"\\u00e6\\n\\/\\ud83d\\ude00"', 'æ\n/😀'],
    ['\uFEFF"a"', 'a'],
    ['{"__proto__":{"admin":true}}', Object.fromEntries([['__proto__', { admin: true }]])],
  ])('%s', (text, value) => {
    expect(read(text)).toEqual(value)
  })

  test('a member called __proto__ changes no object', () => {
    readJson('{"__proto__":{"admin":true},"constructor":{"prototype":{"admin":true}}}', limits)
    expect(Object.hasOwn(Object.prototype, 'admin')).toBe(false)
  })

  test.each([
    ['nothing', ''],
    ['white space', ' '],
    ['two values', '1 2'],
    ['a leading zero', '01'],
    ['a plus', '+1'],
    ['a point without digits', '1.'],
    ['a hexadecimal number', '0x1'],
    ['NaN', 'NaN'],
    ['a comma too many', '[1,]'],
    ['a comma too many in an object', '{"a":1,}'],
    ['a missing comma', '[1 2]'],
    ['a missing colon', '{"a" 1}'],
    ['a name without quotes', '{a:1}'],
    ['single quotes', "'a'"],
    ['a comment', '/* a */ 1'],
    ['a control character', '"\u0001"'],
    ['a line end in a string', '"a\nb"'],
    ['an unknown escape', '"\\x41"'],
    ['half an escape', '"\\u00"'],
    ['a string without an end', '"a'],
    ['an escaped string without an end', '"\\n'],
    ['an array without an end', '[1'],
    ['white space that JSON does not know', '\u00a01'],
    ['half a word', 'tru'],
    ['U+0000', '"\\u0000"'],
    ['a lone surrogate', '"\\ud800"'],
  ])('%s is refused', (_what, text) => {
    expect(read(text)).toBe('JSON-NOT-WELL-FORMED')
  })

  test.each([
    ['{"a":1,"a":1}', 'JSON-DUPLICATE-MEMBER'],
    ['{"a":1,"\\u0061":2}', 'JSON-DUPLICATE-MEMBER'],
    [`{${Array.from({ length: 40 }, (_, index) => `"a${index % 39}":1`).join(',')}}`, 'JSON-DUPLICATE-MEMBER'],
    ['['.repeat(100_000), 'JSON-TOO-DEEP'],
    [`${'{"a":'.repeat(100_000)}`, 'JSON-TOO-DEEP'],
  ])('%.40s is refused', (text, code) => {
    expect(read(text)).toBe(code)
  })

  test('a problem says where it is', () => {
    expect(readJson('{\n  "a": 1,\n  "b": tru }', limits)).toMatchObject({ problems: [{ at: { line: 3, column: 8 } }] })
  })

  test('what JSON.parse reads is read alike', () => {
    const same = (value: unknown): unknown => {
      if (typeof value === 'number') return { number: JSON.stringify(value) }
      if (Array.isArray(value)) return value.map(same)
      if (typeof value !== 'object' || value === null) return value
      return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, same(inner)]))
    }
    const string = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\t', 'é', '😀', ' ', '__proto__') })
    fc.assert(
      fc.property(
        fc.jsonValue({ stringUnit: fc.constantFrom('a', 'é', '\\', '"', '\n') as never }),
        string,
        (value, key) => {
          const whole = { [key]: value }
          for (const indent of [0, 2]) {
            const text = JSON.stringify(whole, undefined, indent)
            expect(read(text)).toEqual(same(JSON.parse(text)))
          }
        },
      ),
      { numRuns: 300 },
    )
  })

  test('texts put together from pieces are refused or accepted as JSON.parse does', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '[',
      ']',
      ',',
      ':',
      '"a"',
      '"b"',
      '"',
      '\\',
      '\\n',
      '1',
      '-',
      '.5',
      'e3',
      'true',
      'null',
      ' ',
      '\n',
      'x',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 9 }), (pieces) => {
        const text = pieces.join('')
        const result = read(text)
        if (result === 'JSON-DUPLICATE-MEMBER') return
        expect(result !== 'JSON-NOT-WELL-FORMED').toBe(parses(text))
      }),
      { numRuns: 3_000 },
    )
  })

  function parses(text: string): boolean {
    try {
      JSON.parse(text)
      return true
    } catch {
      return false
    }
  }
})

describe('Base64 of UTF-8', () => {
  test('is read as the platform reads it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(decodeBase64Text(Buffer.from(text).toString('base64'))).toBe(text)
      }),
    )
  })

  test('octets that are not UTF-8 are refused as the platform does', () => {
    const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })
    const decoded = (octets: Uint8Array): string | undefined => {
      try {
        return strict.decode(octets)
      } catch {
        return undefined
      }
    }
    const octet = fc.constantFrom(
      0x41,
      0x7f,
      0x80,
      0xbf,
      0xc0,
      0xc1,
      0xc2,
      0xdf,
      0xe0,
      0xed,
      0xef,
      0xa0,
      0xf0,
      0xf4,
      0xf5,
      0x8f,
      0x90,
      0xff,
    )
    fc.assert(
      fc.property(fc.array(octet, { maxLength: 6 }), (octets) => {
        expect(decodeBase64Text(Buffer.from(octets).toString('base64'))).toBe(decoded(Uint8Array.from(octets)))
      }),
      { numRuns: 2_000 },
    )
  })

  test.each(['A', 'AA', 'AAA', '=', '====', 'A===', 'AA=A', 'AA!A', 'AAAA='])('%s is refused', (text) => {
    expect(decodeBase64Text(text)).toBeUndefined()
  })
})
