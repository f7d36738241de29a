/** Lexical spaces as data: what is a value and how it prints, what is not, and which spellings are the same value. */
import { describe, expect, test } from 'vitest'
import { dataTypeByName } from '../../../src/xacml/values/index.ts'
import type { DataType } from '../../../src/xacml/values/row.ts'

interface LexicalSpace {
  /** Text and how its value prints. */
  readonly valid: readonly (readonly [text: string, printed: string])[]
  readonly invalid: readonly string[]
  readonly equal?: readonly (readonly [string, string])[]
  readonly different?: readonly (readonly [string, string])[]
}

const longFraction = `0.${'0'.repeat(400)}1`.slice(1)

const spaces: Readonly<Record<string, LexicalSpace>> = {
  string: {
    valid: [
      ['', ''],
      [' a ', ' a '],
    ],
    invalid: [],
    different: [
      ['a', 'A'],
      ['\u00e9', 'e\u0301'],
    ],
  },
  boolean: {
    valid: [
      ['true', 'true'],
      [' 0\n', 'false'],
      ['1', 'true'],
    ],
    invalid: ['', 'TRUE', 'yes', '01', '\u00a0true'],
    equal: [['1', 'true']],
  },
  integer: {
    valid: [
      ['+007', '7'],
      ['-0', '0'],
      [' 12\t', '12'],
      ['9'.repeat(1000), '9'.repeat(1000)],
    ],
    invalid: ['', '+', '1.0', '0x10', '1e3', '--1', '1 2', '٣', '9'.repeat(1001)],
    equal: [['+0042', '42']],
    different: [['9007199254740992', '9007199254740993']],
  },
  double: {
    valid: [
      ['1.5E2', '1.5E2'],
      ['150', '1.5E2'],
      ['.5', '5.0E-1'],
      ['5.', '5.0E0'],
      ['+1e3', '1.0E3'],
      ['-0', '-0.0E0'],
      ['INF', 'INF'],
      ['-INF', '-INF'],
      ['NaN', 'NaN'],
      ['1e400', 'INF'],
      ['4.9e-324', '5.0E-324'],
    ],
    invalid: ['', '.', 'Infinity', '+INF', 'inf', 'nan', '0x10', '1e', '1e1.5', '1,5', '1_0', '-'],
    equal: [
      ['NaN', 'NaN'],
      ['0', '-0'],
      ['27.50', '27.5'],
    ],
    different: [
      ['NaN', '0'],
      ['INF', '-INF'],
    ],
  },
  time: {
    valid: [
      ['09:30:00Z', '09:30:00Z'],
      ['24:00:00', '00:00:00'],
      ['24:00:00.000Z', '00:00:00Z'],
      ['08:23:47.500-05:00', '08:23:47.5-05:00'],
      ['00:00:00-00:00', '00:00:00Z'],
      ['00:00:00+14:00', '00:00:00+14:00'],
    ],
    invalid: [
      '',
      '9:30:00',
      '24:00:01',
      '24:00:00.1',
      '24:01:00',
      '25:00:00',
      '10:60:00',
      '10:00:60',
      '10:00',
      '10:00:00.',
      '10:00:00+14:01',
      '10:00:00+15:00',
      '10:00:00+1:00',
      '10:00:00z',
    ],
    equal: [
      ['08:00:00', '08:00:00Z'],
      ['08:00:00+02:00', '06:00:00Z'],
      ['10:00:00.50', '10:00:00.5'],
    ],
    different: [['23:00:00-02:00', '01:00:00Z']],
  },
  date: {
    valid: [
      ['2024-02-29', '2024-02-29'],
      ['2024-02-29Z', '2024-02-29Z'],
      ['-0001-12-31', '-0001-12-31'],
      ['12345-01-01+05:30', '12345-01-01+05:30'],
      ['999999999-12-31-14:00', '999999999-12-31-14:00'],
      ['-999999999-01-01', '-999999999-01-01'],
      ['0001-01-01', '0001-01-01'],
    ],
    invalid: [
      '',
      '0000-01-01',
      '2023-02-29',
      '1900-02-29',
      '2024-04-31',
      '2024-13-01',
      '2024-00-01',
      '2024-01-00',
      '02024-01-01',
      '24-01-01',
      '+2024-01-01',
      '2024-1-1',
      '2024-01-01T00:00:00',
      '1000000000-01-01',
    ],
    equal: [['2024-01-01', '2024-01-01Z']],
    different: [['2024-01-01+05:00', '2024-01-01Z']],
  },
  dateTime: {
    valid: [
      ['2024-02-29T24:00:00.0-05:00', '2024-03-01T00:00:00-05:00'],
      ['-0001-12-31T23:59:59.5000', '-0001-12-31T23:59:59.5'],
      ['-0001-12-31T24:00:00Z', '0001-01-01T00:00:00Z'],
      [`2024-01-01T00:00:00${longFraction}Z`, `2024-01-01T00:00:00${longFraction}Z`],
    ],
    invalid: [
      '',
      '2024-01-01',
      '2024-01-01 00:00:00',
      '2024-01-01T00:00',
      '2024-02-30T00:00:00',
      '2024-01-01T24:00:01',
      '999999999-12-31T24:00:00Z',
      `2024-01-01T00:00:00.${'1'.repeat(1001)}Z`,
    ],
    equal: [
      ['2024-01-01T10:00:00+05:00', '2024-01-01T05:00:00Z'],
      ['2024-01-01T00:00:00.5Z', '2024-01-01T00:00:00.500Z'],
      ['2000-01-01T00:00:00', '2000-01-01T00:00:00Z'],
      ['2000-01-01T00:30:00+01:00', '1999-12-31T23:30:00Z'],
    ],
    different: [['2024-01-01T00:00:00.0001Z', '2024-01-01T00:00:00.0002Z']],
  },
  dayTimeDuration: {
    valid: [
      ['P1D', 'P1D'],
      ['PT24H', 'P1D'],
      ['-PT90M0.50S', '-PT1H30M0.5S'],
      ['-P0D', 'PT0S'],
      ['PT0.0S', 'PT0S'],
      ['P1DT2H', 'P1DT2H'],
    ],
    invalid: ['', 'P', 'PT', 'P1DT', '-P', 'P-1D', 'P1H', 'PT1D', 'PT1.S', 'PT1.5M', 'P1Y', '+P1D', 'PT1S2M', 'P 1D'],
    equal: [
      ['-PT60M', '-PT1H'],
      ['-PT0S', 'P0D'],
    ],
    different: [
      ['PT1S', '-PT1S'],
      ['PT1S', 'PT1.0001S'],
    ],
  },
  yearMonthDuration: {
    valid: [
      ['P1Y', 'P1Y'],
      ['P12M', 'P1Y'],
      ['-P14M', '-P1Y2M'],
      ['-P0Y', 'P0M'],
    ],
    invalid: ['', 'P', 'P1D', 'P1M1Y', 'P1.5Y', 'PT1M', 'P-1Y'],
    equal: [['P1Y2M', 'P14M']],
    different: [['P1Y', '-P1Y']],
  },
  anyURI: {
    valid: [
      ['', ''],
      ['../a b', '../a b'],
      [' urn:a\n', 'urn:a'],
    ],
    invalid: [],
    different: [
      ['http://example.com', 'http://example.com/'],
      ['HTTP://a', 'http://a'],
      ['a%2f', 'a%2F'],
    ],
  },
  hexBinary: {
    valid: [
      ['', ''],
      ['0bF7', '0BF7'],
    ],
    invalid: ['0', '0g', '0B F7'],
    equal: [['0bf7', '0BF7']],
  },
  base64Binary: {
    valid: [
      ['', ''],
      ['TWlr\n ZQ==', 'TWlrZQ=='],
    ],
    invalid: ['A', 'AB', 'ABC', 'AB=', 'TWlrZR==', 'TWlrZQ=', '====', 'TW-_', 'AAA=AAAA'],
    equal: [['YWJj ZGVm', 'YWJjZGVm']],
  },
  rfc822Name: {
    valid: [
      ['Ann@Sun.COM', 'Ann@Sun.COM'],
      ['j_hibbert@medico.com', 'j_hibbert@medico.com'],
      ['"a@ b"@x.no', '"a@ b"@x.no'],
      ['a@[192.0.2.1]', 'a@[192.0.2.1]'],
    ],
    invalid: ['', 'no-at-sign', '@a.b', 'a@', 'a@b@c', 'a b@c', '.a@b', 'a.@b', 'a..b@c', 'a@b..c', 'a@.b', 'a@b.'],
    equal: [['a@EXAMPLE.com', 'a@example.COM']],
    different: [['A@example.com', 'a@example.com']],
  },
  x500Name: {
    valid: [
      ['  cn=Anne,OU=Sun Labs, o=Sun, c=US', 'cn=Anne,OU=Sun Labs, o=Sun, c=US'],
      ['CN=A\\, B;O="x, y"', 'CN=A\\, B;O="x, y"'],
      ['CN=Lu\\C4\\8Di\\C4\\87', 'CN=Lu\\C4\\8Di\\C4\\87'],
      ['CN=Ann\\ ', 'CN=Ann\\ '],
      ['1.3.6.1.4.1.1466.0=#04024869', '1.3.6.1.4.1.1466.0=#04024869'],
      ['OID.2.5.4.3=x', 'OID.2.5.4.3=x'],
      ['CN=\\#a', 'CN=\\#a'],
      ['CN=', 'CN='],
      ['', ''],
    ],
    invalid: [
      'x',
      '=a',
      'CN=a,',
      ',CN=a',
      'CN=a,,O=b',
      'CN=a\\',
      'CN="a',
      'CN="a"b',
      'CN=#0',
      'CN=#zz',
      'CN=\\C4',
      'CN=a<b',
      '1.=a',
    ],
    equal: [
      ['CN=Julius  Hibbert, O=Medi Corp', 'cn=julius hibbert,o=MEDI CORP'],
      ['CN=a+OU=b,C=no', 'OU=B + CN=A,C=NO'],
      ['2.5.4.3=Ann', 'CN=ann'],
      ['CN="Sue, Grabbit"', 'CN=Sue\\2C Grabbit'],
      ['CN=Lu\\C4\\8Di\\C4\\87', 'CN=Lučić'],
      ['CN=A\\, B;O="x, y"', 'CN=A\\, B,O=x\\, y'],
    ],
    different: [
      ['CN=Ann,O=Acme', 'O=Acme,CN=Ann'],
      ['CN=a+OU=b', 'CN=a,OU=b'],
      ['CN=\\#04', 'CN=#04'],
    ],
  },
  ipAddress: {
    valid: [
      ['192.0.2.1', '192.0.2.1'],
      ['192.0.2.0/255.255.255.0:80', '192.0.2.0/255.255.255.0:80'],
      ['192.0.2.1:80-80', '192.0.2.1:80-80'],
      ['192.0.2.1:-80', '192.0.2.1:-80'],
      ['192.0.2.1:80-', '192.0.2.1:80-'],
      ['192.0.2.1:', '192.0.2.1:'],
      ['[2001:DB8:0:0:0:0:0:1]', '[2001:DB8:0:0:0:0:0:1]'],
      ['[2001:db8::1]/[ffff:ffff::]:1-2', '[2001:db8::1]/[ffff:ffff::]:1-2'],
      ['[::]', '[::]'],
      ['[1:0:0:2:0:0:0:3]', '[1:0:0:2:0:0:0:3]'],
      ['[1:0:2:3:4:5:6:7]', '[1:0:2:3:4:5:6:7]'],
      ['[::ffff:192.0.2.1]', '[::ffff:192.0.2.1]'],
    ],
    invalid: [
      '',
      '300.1.1.1',
      '1.2.3',
      '1.2.3.4.5',
      '010.0.0.1',
      '1.2.3.4/24',
      '1.2.3.4:70000',
      '1.2.3.4:9-8',
      '1.2.3.4:-',
      '2001:db8::1',
      '[1::2::3]',
      '[1:2:3:4:5:6:7:8:9]',
      '[1:2:3:4:5:6:7]',
      '[1:2:3:4:5:6:7::8]',
      '[12345::]',
      '[1.2.3.4::]',
      '[::1]/64',
      '[::1',
    ],
    equal: [
      ['[2001:db8::1]', '[2001:0DB8::0:1]'],
      ['192.0.2.1:80-80', '192.0.2.1:80'],
      ['192.0.2.1:', '192.0.2.1'],
      ['[1:0:0:2:0:0:0:3]', '[1:0:0:2::3]'],
      ['[1:0:2:3:4:5:6:7]', '[1:0000:2:3:4:5:6:7]'],
      ['[::ffff:192.0.2.1]', '[::ffff:c000:201]'],
    ],
    different: [['192.0.2.1', '192.0.2.1:80']],
  },
  dnsName: {
    valid: [
      ['Host.Example.COM', 'Host.Example.COM'],
      ['*.example.com:80-', '*.example.com:80-'],
      ['example.com.', 'example.com.'],
      ['localhost:-443', 'localhost:-443'],
    ],
    invalid: [
      '',
      'bad host name',
      '*',
      'a.*.com',
      '*a.com',
      '-a.com',
      'a-.com',
      'a..b',
      '1.2.3.4',
      'a.com:',
      'a.com:x',
      'a_b.com',
      `${'a'.repeat(64)}.com`,
    ],
    equal: [
      ['A.b', 'a.B'],
      ['example.com.', 'example.com'],
    ],
    different: [['a.b', '*.b']],
  },
}

const parse = (type: DataType, text: string) => {
  const value = type.parse(text)
  if (value === undefined) throw new Error(`not of type ${type.name}: ${text}`)
  return value
}

for (const [name, space] of Object.entries(spaces)) {
  describe(name, () => {
    const type = dataTypeByName.get(name)!

    test.each(space.valid)('%j prints as %j', (text, printed) => {
      const value = parse(type, text)
      expect(type.print(value)).toBe(printed)
      expect(type.equal(parse(type, printed), value)).toBe(true)
    })

    test.each(space.invalid.map((text) => [text]))('%j is no value', (text) => {
      expect(type.parse(text)).toBeUndefined()
    })

    test.each(space.equal ?? [])('%j and %j are equal, by key too', (a, b) => {
      expect(type.equal(parse(type, a), parse(type, b))).toBe(true)
      expect(type.key(parse(type, a))).toBe(type.key(parse(type, b)))
    })

    test.each(space.different ?? [])('%j and %j are different, by key too', (a, b) => {
      expect(type.equal(parse(type, a), parse(type, b))).toBe(false)
      expect(type.key(parse(type, a))).not.toBe(type.key(parse(type, b)))
    })
  })
}
