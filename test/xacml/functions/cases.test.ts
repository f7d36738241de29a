/** One line, one call: function, arguments, result; `! code` is an error. */
import { describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import { type Argument, call } from './call.ts'

type Case = readonly [id: string, args: readonly Argument[], result: Argument]

const equality: readonly Case[] = [
  ['1.0:function:string-equal', ['a', 'a'], 'true'],
  ['1.0:function:string-equal', ['\u00e9', 'e\u0301'], 'false'],
  ['3.0:function:string-equal-ignore-case', ['STRASSE \u0394', 'strasse \u03b4'], 'true'],
  ['3.0:function:string-equal-ignore-case', ['\u03a3\u0391\u03a3', '\u03c3\u03b1\u03c3'], 'true'],
  ['3.0:function:string-equal-ignore-case', ['ß', 'SS'], 'false'],
  ['1.0:function:boolean-equal', ['1', 'true'], 'true'],
  ['1.0:function:double-equal', ['NaN', 'NaN'], 'true'],
  ['1.0:function:double-equal', ['-0', '0'], 'true'],
  ['1.0:function:anyURI-equal', ['http://a', 'http://a/'], 'false'],
  ['1.0:function:date-equal', ['2024-01-01+05:00', '2024-01-01Z'], 'false'],
  ['3.0:function:dayTimeDuration-equal', ['P1D', 'PT24H'], 'true'],
  ['1.0:function:yearMonthDuration-equal', ['P1Y', 'P12M'], 'true'],
  ['1.0:function:x500Name-equal', ['CN=Julius  Hibbert,O=Medi', 'cn=julius hibbert, o=medi'], 'true'],
  ['1.0:function:rfc822Name-equal', ['a@B.c', 'A@b.c'], 'false'],
  ['1.0:function:hexBinary-equal', ['0b', '0B'], 'true'],
]

const arithmetic: readonly Case[] = [
  ['1.0:function:integer-add', ['9223372036854775807', '1'], '9223372036854775808'],
  ['1.0:function:integer-add', ['1', '2', '3', '4'], '10'],
  ['1.0:function:integer-add', ['9'.repeat(1000), '1'], '! processing-error'],
  ['1.0:function:integer-multiply', ['2', '3', '4'], '24'],
  ['1.0:function:integer-multiply', ['9'.repeat(600), '9'.repeat(600)], '! processing-error'],
  ['1.0:function:integer-subtract', ['1', '3'], '-2'],
  ['1.0:function:integer-divide', ['-7', '2'], '-3'],
  ['1.0:function:integer-divide', ['7', '-2'], '-3'],
  ['1.0:function:integer-divide', ['7', '0'], '! processing-error'],
  ['1.0:function:integer-mod', ['-7', '2'], '-1'],
  ['1.0:function:integer-mod', ['7', '-2'], '1'],
  ['1.0:function:integer-mod', ['7', '0'], '! processing-error'],
  ['1.0:function:integer-abs', ['-7'], '7'],
  ['1.0:function:double-add', ['1.5', '2', '0.5'], '4.0E0'],
  ['1.0:function:double-multiply', ['1e308', '10'], 'INF'],
  ['1.0:function:double-divide', ['1', '4'], '2.5E-1'],
  ['1.0:function:double-divide', ['1', '0'], '! processing-error'],
  ['1.0:function:double-divide', ['0', '-0'], '! processing-error'],
  ['1.0:function:double-abs', ['-INF'], 'INF'],
  ['1.0:function:floor', ['-1.5'], '-2.0E0'],
  ['1.0:function:double-to-integer', ['-2.9'], '-2'],
  ['1.0:function:double-to-integer', ['1e20'], '100000000000000000000'],
  ['1.0:function:double-to-integer', ['NaN'], '! processing-error'],
  ['1.0:function:double-to-integer', ['INF'], '! processing-error'],
  ['1.0:function:integer-to-double', ['9007199254740993'], '9.007199254740992E15'],
  ['1.0:function:integer-to-double', ['9'.repeat(400)], '! processing-error'],
  ...(
    [
      ['0.5', '0.0E0'],
      ['1.5', '2.0E0'],
      ['2.5', '2.0E0'],
      ['3.5', '4.0E0'],
      ['-0.5', '-0.0E0'],
      ['-1.5', '-2.0E0'],
      ['-2.5', '-2.0E0'],
      ['-1.2', '-1.0E0'],
      ['0.49999999999999994', '0.0E0'],
      ['4503599627370497.5', '4.503599627370498E15'],
      ['9007199254740991', '9.007199254740991E15'],
      ['-0', '-0.0E0'],
      ['NaN', 'NaN'],
      ['-INF', '-INF'],
    ] as const
  ).map(([value, result]): Case => ['1.0:function:round', [value], result]),
]

const strings: readonly Case[] = [
  ['1.0:function:string-normalize-space', [' \t\r\na  b\n'], 'a  b'],
  ['1.0:function:string-normalize-space', ['\u00a0a\u00a0'], '\u00a0a\u00a0'],
  ['1.0:function:string-normalize-to-lower-case', ['\u0130'], 'i\u0307'],
  ['2.0:function:string-concatenate', ['a', 'b', '', 'c'], 'abc'],
  ['2.0:function:string-concatenate', ['a'.repeat(1_000_000), 'a'.repeat(100_000)], '! processing-error'],
  ['2.0:function:uri-string-concatenate', ['http://a/', 'b', 'c'], 'http://a/bc'],
  ['3.0:function:string-starts-with', ['ab', 'abc'], 'true'],
  ['3.0:function:string-starts-with', ['abc', 'ab'], 'false'],
  ['3.0:function:string-contains', ['', 'abc'], 'true'],
  ['3.0:function:anyURI-ends-with', ['.pdf', 'http://a/x.pdf'], 'true'],
  ['3.0:function:string-substring', ['abcdef', '2', '-1'], 'cdef'],
  ['3.0:function:string-substring', ['abcdef', '3', '3'], ''],
  ['3.0:function:string-substring', ['abc', '3', '-1'], ''],
  ['3.0:function:string-substring', ['a😀b', '1', '2'], '😀'],
  ['3.0:function:string-substring', ['a😀b', '2', '3'], 'b'],
  ['3.0:function:string-substring', ['a😀b', '0', '4'], '! processing-error'],
  ['3.0:function:string-substring', ['abc', '4', '-1'], '! processing-error'],
  ['3.0:function:string-substring', ['abc', '-1', '2'], '! processing-error'],
  ['3.0:function:string-substring', ['abc', '2', '1'], '! processing-error'],
  ['3.0:function:string-substring', ['abc', '0', '-2'], '! processing-error'],
  ['3.0:function:anyURI-substring', ['http://a', '7', '-1'], 'a'],
  ['3.0:function:anyURI-substring', ['http://a', '5', '-1'], '//a'],
  ['3.0:function:anyURI-substring', ['http://a', '4', '-1'], '! processing-error'],
  ['3.0:function:anyURI-substring', ['http://a', '2', '2'], ''],
  ['3.0:function:anyURI-substring', ['http://a/%20', '9', '-1'], '%20'],
  ['3.0:function:anyURI-substring', ['http://a/%20', '0', '11'], '! processing-error'],
]

const comparison: readonly Case[] = [
  ['1.0:function:integer-greater-than', ['9007199254740993', '9007199254740992'], 'true'],
  ['1.0:function:double-greater-than', ['INF', '1.7976931348623157E308'], 'true'],
  ['1.0:function:double-less-than-or-equal', ['NaN', 'NaN'], 'false'],
  ['1.0:function:string-less-than', ['Z', 'a'], 'true'],
  ['1.0:function:string-less-than', ['\uffee', '😀'], 'true'],
  ['1.0:function:string-less-than', ['a', 'ab'], 'true'],
  ['1.0:function:string-greater-than-or-equal', ['a', 'a'], 'true'],
  ['1.0:function:time-less-than', ['08:00:00Z', '08:00:00.001Z'], 'true'],
  ['1.0:function:date-less-than', ['2024-01-01+05:00', '2024-01-01Z'], 'true'],
  ['1.0:function:dateTime-less-than', ['2024-01-01T10:00:00+05:00', '2024-01-01T06:00:00Z'], 'true'],
  ['1.0:function:dateTime-less-than', ['-0002-01-01T00:00:00', '-0001-01-01T00:00:00'], 'true'],
  ...(
    [
      ['12:00:00Z', '09:00:00Z', '17:00:00Z', 'true'],
      ['09:00:00Z', '09:00:00Z', '17:00:00Z', 'true'],
      ['17:00:00Z', '09:00:00Z', '17:00:00Z', 'true'],
      ['17:00:00.1Z', '09:00:00Z', '17:00:00Z', 'false'],
      ['23:30:00Z', '22:00:00Z', '02:00:00Z', 'true'],
      ['01:30:00Z', '22:00:00Z', '02:00:00Z', 'true'],
      ['03:00:00Z', '22:00:00Z', '02:00:00Z', 'false'],
      ['10:00:00+05:00', '09:00:00', '11:00:00', 'true'],
      ['10:00:00+05:00', '09:00:00Z', '11:00:00Z', 'false'],
      ['01:00:00+02:00', '22:00:00Z', '23:30:00Z', 'true'],
      ['10:00:00', '09:00:00-01:00', '09:30:00-01:00', 'true'],
      ['12:00:00Z', '12:00:00Z', '12:00:00Z', 'true'],
      ['12:00:01Z', '12:00:00Z', '12:00:00Z', 'false'],
    ] as const
  ).map(([value, from, to, result]): Case => ['2.0:function:time-in-range', [value, from, to], result]),
]

const dates: readonly Case[] = [
  ['3.0:function:dateTime-add-dayTimeDuration', ['2024-02-28T12:00:00Z', 'P1DT13H'], '2024-03-01T01:00:00Z'],
  [
    '3.0:function:dateTime-add-dayTimeDuration',
    ['2024-01-01T00:00:00.25-05:00', '-PT0.5S'],
    '2023-12-31T23:59:59.75-05:00',
  ],
  ['3.0:function:dateTime-add-dayTimeDuration', ['-0001-12-31T23:59:59Z', 'PT1S'], '0001-01-01T00:00:00Z'],
  ['3.0:function:dateTime-add-dayTimeDuration', ['2024-01-01T00:00:00', `P${'9'.repeat(30)}D`], '! processing-error'],
  [
    '3.0:function:dateTime-subtract-dayTimeDuration',
    ['2002-03-22T08:23:47-05:00', 'P5DT2H0M0S'],
    '2002-03-17T06:23:47-05:00',
  ],
  ['3.0:function:dateTime-add-yearMonthDuration', ['2023-12-31T10:00:00-05:00', 'P2M'], '2024-02-29T10:00:00-05:00'],
  [
    '3.0:function:dateTime-add-yearMonthDuration',
    ['2024-01-01T00:00:00', `P${'9'.repeat(900)}Y`],
    '! processing-error',
  ],
  ['3.0:function:dateTime-subtract-yearMonthDuration', ['0001-01-01T00:00:00Z', 'P1M'], '-0001-12-01T00:00:00Z'],
  ['3.0:function:date-add-yearMonthDuration', ['2023-01-31Z', 'P1M'], '2023-02-28Z'],
  ['3.0:function:date-add-yearMonthDuration', ['2024-01-31Z', 'P1M'], '2024-02-29Z'],
  ['3.0:function:date-add-yearMonthDuration', ['2024-03-15Z', '-P1M'], '2024-02-15Z'],
  ['3.0:function:date-subtract-yearMonthDuration', ['2002-03-22', '-P1Y2M'], '2003-05-22'],
  ['1.0:function:date-subtract-yearMonthDuration', ['2024-03-31Z', 'P1M'], '2024-02-29Z'],
  ['3.0:function:date-add-yearMonthDuration', ['999999999-12-31', 'P1M'], '! processing-error'],
]

const conversions: readonly Case[] = [
  ['3.0:function:integer-from-string', ['4.2'], '! syntax-error'],
  ...[
    ...[
      '',
      'a',
      'a b',
      '../a?b#c',
      'urn:a:b',
      'http://a/\u00e9',
      '//a/b:c',
      'http://[::1]:80/a',
      'a?b:c',
      '?a[b]',
      '#a/b?',
    ],
    ...['./1:2', 'mailto:a@b', 'http://a:b@c', 'x-y.z+1:q', '%20'],
  ].map((uri): Case => ['3.0:function:anyURI-from-string', [uri], uri]),
  ...[
    ...[
      '%',
      '%2',
      '%zz',
      'a#b#c',
      ':a',
      '1:2',
      '://a',
      '10.0.0.1:80/a',
      'a b:c',
      'http://[::1',
      'http://[::1]]/',
      'http://a]/',
    ],
    ...['a[b]', 'http://[g]/'],
  ].map((text): Case => ['3.0:function:anyURI-from-string', [text], '! syntax-error']),
  ['3.0:function:integer-from-string', ['-42'], '-42'],
  ['3.0:function:string-from-integer', ['+007'], '7'],
  ['3.0:function:string-from-boolean', ['1'], 'true'],
  ['3.0:function:string-from-double', ['150'], '1.5E2'],
  ['3.0:function:x500Name-from-string', ['x'], '! syntax-error'],
  ['3.0:function:dnsName-from-string', ['bad host name'], '! syntax-error'],
  ['3.0:function:ipAddress-from-string', ['300.1.1.1'], '! syntax-error'],
  ['3.0:function:string-from-ipAddress', ['192.0.2.0/255.255.255.0:80'], '192.0.2.0/255.255.255.0:80'],
  ['3.0:function:dateTime-from-string', ['yesterday'], '! syntax-error'],
  ['3.0:function:string-from-yearMonthDuration', ['P14M'], 'P1Y2M'],
  ...(
    [
      // As written: A.3.9 of names, addresses and URIs.
      ['anyURI', 'HTTP://a/%7e', 'HTTP://a/%7e'],
      ['x500Name', 'cn=Ann, o=Acme', 'cn=Ann, o=Acme'],
      ['rfc822Name', 'Ann@Example.COM', 'Ann@Example.COM'],
      ['ipAddress', '[2001:DB8:0::1]:80-80', '[2001:DB8:0::1]:80-80'],
      ['dnsName', '*.Example.COM.', '*.Example.COM.'],
      // Canonical: XML Schema 1.0 part 2, sections 3.2.7.2, 3.2.8.2, 3.2.9.2.
      ['dateTime', '2002-03-22T23:23:47.50-05:00', '2002-03-23T04:23:47.5Z'],
      ['dateTime', '2002-03-22T24:00:00', '2002-03-23T00:00:00'],
      ['time', '01:00:00+02:00', '23:00:00Z'],
      ['time', '24:00:00.0', '00:00:00'],
      ['date', '2024-02-29+05:00', '2024-02-29+05:00'],
      ['date', '2024-01-01+12:00', '2024-01-01+12:00'],
      ['date', '2024-01-01+13:00', '2023-12-31-11:00'],
      ['date', '2023-12-31-12:00', '2024-01-01+12:00'],
      ['date', '2024-01-01-00:00', '2024-01-01Z'],
      ['dayTimeDuration', '-PT90M', '-PT1H30M'],
      ['double', '-0', '-0.0E0'],
    ] as const
  ).map(([type, written, text]): Case => [`3.0:function:string-from-${type}`, [written], text]),
]

const bags: readonly Case[] = [
  ['1.0:function:string-one-and-only', [['a']], 'a'],
  ['1.0:function:string-one-and-only', [[]], '! processing-error'],
  ['1.0:function:string-one-and-only', [['a', 'a']], '! processing-error'],
  ['1.0:function:string-bag-size', [['a', 'a']], '2'],
  ['1.0:function:integer-bag', ['1', '1', '2'], ['1', '1', '2']],
  ['1.0:function:integer-bag', [], []],
  ['1.0:function:integer-is-in', ['7', ['6', '+07']], 'true'],
  ['1.0:function:string-is-in', ['a', []], 'false'],
  ['2.0:function:ipAddress-bag-size', [['192.0.2.1', '[::1]', '192.0.2.1']], '3'],
  [
    '1.0:function:string-intersection',
    [
      ['a', 'b', 'a', 'c'],
      ['c', 'a'],
    ],
    ['a', 'c'],
  ],
  [
    '1.0:function:string-union',
    [
      ['a', 'a', 'b'],
      ['b', 'c'],
    ],
    ['a', 'b', 'c'],
  ],
  ['1.0:function:string-union', [['a'], ['b'], ['a', 'c']], ['a', 'b', 'c']],
  [
    '1.0:function:double-union',
    [
      ['NaN', '0'],
      ['NaN', '-0'],
    ],
    ['NaN', '0.0E0'],
  ],
  ['1.0:function:string-at-least-one-member-of', [['x'], ['a', 'b']], 'false'],
  ['1.0:function:string-subset', [[], ['a']], 'true'],
  [
    '1.0:function:string-subset',
    [
      ['a', 'c'],
      ['a', 'b'],
    ],
    'false',
  ],
  [
    '1.0:function:string-set-equals',
    [
      ['a', 'b', 'a'],
      ['b', 'a'],
    ],
    'true',
  ],
  ['1.0:function:string-set-equals', [[], []], 'true'],
  ['1.0:function:string-set-equals', [['a'], []], 'false'],
]

const matches: readonly Case[] = [
  ['1.0:function:string-regexp-match', ['b', 'abc'], 'true'],
  ['1.0:function:string-regexp-match', ['a(b', 'ab'], '! processing-error'],
  ['1.0:function:string-regexp-match', ['^(ab)\\1$', 'abab'], 'true'],
  ['2.0:function:ipAddress-regexp-match', ['10\\.0\\..*', '192.0.2.77'], 'false'],
  ['2.0:function:rfc822Name-regexp-match', ['@example\\.com$', 'ann@example.com'], 'true'],
  ['2.0:function:rfc822Name-regexp-match', ['@example\\.com$', 'ann@Example.COM'], 'false'],
  ['2.0:function:x500Name-regexp-match', ['.*Acme.*', 'CN=Ann,O=Acme'], 'true'],
  ['2.0:function:dnsName-regexp-match', ['^host', 'host.example.com'], 'true'],
  ['2.0:function:anyURI-regexp-match', ['^urn:', 'urn:a'], 'true'],
  ['1.0:function:rfc822Name-match', ['sun.com', 'Anderson@Sun.COM'], 'true'],
  ['1.0:function:rfc822Name-match', ['sun.com', 'Anderson@east.sun.com'], 'false'],
  ['1.0:function:rfc822Name-match', ['sun.com', 'Anderson@notsun.com'], 'false'],
  ['1.0:function:rfc822Name-match', ['.east.sun.com', 'Anderson@isrg.east.sun.com'], 'true'],
  ['1.0:function:rfc822Name-match', ['.east.sun.com', 'Anderson@east.sun.com'], 'false'],
  ['1.0:function:rfc822Name-match', ['Anderson@sun.com', 'Anderson@SUN.com'], 'true'],
  ['1.0:function:rfc822Name-match', ['anderson@sun.com', 'Anderson@sun.com'], 'false'],
  ['1.0:function:x500Name-match', ['O=Medico Corp,C=US', 'cn=Ann,o=medico corp, c=us'], 'true'],
  ['1.0:function:x500Name-match', ['O=Another Corp,C=US', 'CN=Ann,O=Medico Corp,C=US'], 'false'],
  ['1.0:function:x500Name-match', ['CN=Ann,O=Acme', 'O=Acme'], 'false'],
  ['1.0:function:x500Name-match', ['CN=Ann,O=Acme', 'cn=Ann,o=Acme'], 'true'],
  ['1.0:function:not', ['false'], 'true'],
]

const families = { equality, arithmetic, strings, comparison, dates, conversions, bags, matches }

for (const [family, cases] of Object.entries(families))
  describe(family, () => {
    test.each(
      cases.map(([id, args, result]) => [id, args.map((arg) => (arg.length > 40 ? '…' : arg)), result, args] as const),
    )('%s%j is %j', (id, _shown, result, args) => {
      expect(call(id, args)).toEqual(result)
    })
  })

describe('limits', () => {
  const limits = { ...defaultLimits, bagSize: 3, patternCharacters: 3, patternInputCharacters: 3 }

  test.each<Case>([
    ['1.0:function:string-bag', ['a', 'b', 'c'], ['a', 'b', 'c']],
    ['1.0:function:string-bag', ['a', 'b', 'c', 'd'], '! processing-error'],
    [
      '1.0:function:string-union',
      [
        ['a', 'b'],
        ['b', 'c'],
      ],
      ['a', 'b', 'c'],
    ],
    [
      '1.0:function:string-union',
      [
        ['a', 'b'],
        ['d', 'c'],
      ],
      '! processing-error',
    ],
    ['1.0:function:string-regexp-match', ['abcd', 'a'], '! processing-error'],
    ['1.0:function:string-regexp-match', ['a', 'abcd'], '! processing-error'],
  ])('%s%j is %j', (id, args, result) => {
    expect(call(id, args, limits)).toEqual(result)
  })
})
