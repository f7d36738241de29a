/**
 * The conversions of section A.3.9 to and from string: the canonical form of XML Schema one way (for names, addresses and
 * URIs the form in which they were written), the lexical space of the type the other.
 */
import { Failure } from '../model/failure.ts'
import type { Value } from '../model/value.ts'
import { anyURI, isURIReference } from '../values/any-uri.ts'
import { boolean } from '../values/boolean.ts'
import { canonicalDate, date, type ZonedDate } from '../values/date.ts'
import { canonicalDateTime, type DateTime, dateTime } from '../values/date-time.ts'
import { dayTimeDuration } from '../values/day-time-duration.ts'
import { dnsName } from '../values/dns-name.ts'
import { double } from '../values/double.ts'
import { integer } from '../values/integer.ts'
import { ipAddress } from '../values/ip-address.ts'
import { rfc822Name } from '../values/rfc822-name.ts'
import type { DataType } from '../values/row.ts'
import { string } from '../values/string.ts'
import { canonicalTime, type Time, time } from '../values/time.ts'
import { x500Name } from '../values/x500-name.ts'
import { yearMonthDuration } from '../values/year-month-duration.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, strict } from './signature.ts'

const longestQuote = 100

/** User input in a message, shortened. */
const quote = (text: string): string =>
  text.length > longestQuote ? `\`${text.slice(0, longestQuote)}…\`` : `\`${text}\``

const convertible: readonly DataType[] = [
  boolean,
  integer,
  double,
  time,
  date,
  dateTime,
  anyURI,
  dayTimeDuration,
  yearMonthDuration,
  x500Name,
  rfc822Name,
  ipAddress,
  dnsName,
]

/** Of the types whose values remember the zone in which they were written, the value in its canonical zone. */
const inCanonicalZone: ReadonlyMap<DataType, (value: Value) => Value> = new Map<DataType, (value: Value) => Value>([
  [time, (value) => canonicalTime(value as Time)],
  [date, (value) => canonicalDate(value as ZonedDate)],
  [dateTime, (value) => canonicalDateTime(value as DateTime)],
])

const toText = (type: DataType): ((value: Value) => string) => {
  const move = inCanonicalZone.get(type)
  return move === undefined ? type.print : (value) => type.print(move(value))
}

const parseURI: DataType['parse'] = (text) => {
  const value = anyURI.parse(text)
  return value !== undefined && isURIReference(value as string) ? value : undefined
}

const conversions = (
  type: DataType,
  read = type === anyURI ? parseURI : type.parse,
  print = toText(type),
): readonly StrictFunction[] => [
  strict(functionId('3.0', `${type.name}-from-string`), [one(string)], one(type), (args) => {
    const text = args[0] as string
    return read(text) ?? new Failure('syntax-error', `${quote(text)} is not of type ${type.name}`)
  }),
  strict(functionId('3.0', `string-from-${type.name}`), [one(type)], one(string), (args) => print(args[0]!)),
]

export const conversionFunctions: readonly StrictFunction[] = convertible.flatMap((type) => conversions(type))
