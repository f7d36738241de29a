/** Random lexical forms of every data type, spelled in as many ways as the type allows. */
import fc from 'fast-check'

const digits = (minimum: number, maximum: number) =>
  fc.stringMatching(/^[0-9]+$/, { maxLength: maximum }).filter((text) => text.length >= minimum)
const optional = (text: fc.Arbitrary<string>): fc.Arbitrary<string> => fc.oneof(fc.constant(''), text)
const joined = (...parts: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> =>
  fc.tuple(...parts).map((texts) => texts.join(''))
const two = (maximum: number, minimum = 0) =>
  fc.integer({ min: minimum, max: maximum }).map((value) => String(value).padStart(2, '0'))
const sign = fc.constantFrom('', '-')

const zone = fc.oneof(
  fc.constantFrom('', 'Z', '+00:00', '-00:00', '+14:00', '-14:00'),
  joined(fc.constantFrom('+', '-'), two(13), fc.constant(':'), two(59)),
)
const clock = fc.oneof(
  fc.constant('24:00:00'),
  joined(two(23), fc.constant(':'), two(59), fc.constant(':'), two(59), optional(digits(1, 6).map((d) => `.${d}`))),
)
const year = fc
  .oneof(fc.integer({ min: 1, max: 3000 }), fc.integer({ min: 1, max: 99_999_998 }))
  .map((value) => String(value).padStart(4, '0'))
const day = joined(sign, year, fc.constant('-'), two(12, 1), fc.constant('-'), two(28, 1))

const word = fc.stringMatching(/^[a-zA-Z][a-zA-Z0-9]{0,5}$/)
const ports = fc.oneof(
  fc.constant(''),
  fc.constantFrom(':80', ':-80', ':80-'),
  fc.tuple(fc.nat(65_535), fc.nat(65_535)).map(([a, b]) => `:${Math.min(a, b)}-${Math.max(a, b)}`),
)
const group = fc.oneof(
  fc.constantFrom('0', '0000'),
  fc.nat(0xffff).map((value) => value.toString(16)),
)
const version6 = fc.oneof(
  fc.array(group, { minLength: 8, maxLength: 8 }).map((groups) => groups.join(':')),
  fc
    .tuple(fc.array(group, { maxLength: 3 }), fc.array(group, { maxLength: 4 }))
    .map(([head, tail]) => `${head.join(':')}::${tail.join(':')}`),
)
const version4 = fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }).map((octets) => octets.join('.'))

const escaped = fc
  .string({ maxLength: 6 })
  .map((text) => text.replace(/[,+"\\<>;=#]/g, '\\$&').replace(/^ | $/g, '\\ '))
const pair = joined(fc.constantFrom('CN=', 'o=', 'Ou = ', '2.5.4.3=', 'x='), fc.oneof(escaped, fc.constant('#0402ab')))

export const lexicalForms: Readonly<Record<string, fc.Arbitrary<string>>> = {
  string: fc.string({ unit: 'grapheme' }),
  boolean: fc.constantFrom('true', 'false', '1', '0'),
  integer: joined(fc.constantFrom('', '-', '+'), digits(1, 40)),
  double: fc.oneof(
    fc.constantFrom('INF', '-INF', 'NaN', '0', '-0'),
    fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
    joined(sign, digits(1, 4), optional(digits(1, 3).map((d) => `.${d}`)), optional(digits(1, 2).map((d) => `e-${d}`))),
  ),
  time: joined(clock, zone),
  date: joined(day, zone),
  dateTime: joined(day, fc.constant('T'), clock, zone),
  dayTimeDuration: fc
    .tuple(sign, fc.nat(40), fc.nat(50), fc.nat(100), digits(1, 12), digits(1, 6))
    .map(
      ([minus, days, hours, minutes, seconds, fraction]) =>
        `${minus}P${days}DT${hours}H${minutes}M${seconds}.${fraction}S`,
    ),
  yearMonthDuration: fc
    .tuple(sign, fc.nat(5), digits(1, 20))
    .map(([minus, years, months]) => `${minus}P${years}Y${months}M`),
  anyURI: fc.webUrl(),
  hexBinary: fc.array(fc.constantFrom('00', 'ff', 'Fa', '0b', '0B')).map((octets) => octets.join('')),
  base64Binary: fc.base64String().filter((text) => !/[^AEIMQUYcgkosw048]=$|[^AQgw]==$/.test(text)),
  rfc822Name: joined(word, fc.constant('@'), word, fc.constant('.'), word),
  x500Name: fc
    .array(pair, { maxLength: 4 })
    .chain((pairs) =>
      fc
        .array(fc.constantFrom(',', '+', ' , ', ';'), { minLength: 4, maxLength: 4 })
        .map((separators) => pairs.map((text, index) => (index === 0 ? text : `${separators[index]}${text}`)).join('')),
    ),
  ipAddress: fc.oneof(
    joined(version4, optional(version4.map((mask) => `/${mask}`)), ports),
    joined(
      version6.map((text) => `[${text}]`),
      optional(version6.map((mask) => `/[${mask}]`)),
      ports,
    ),
  ),
  dnsName: joined(optional(fc.constant('*.')), optional(word.map((label) => `${label}.`)), word, ports),
}
