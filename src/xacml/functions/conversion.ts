/** The conversions of section A.3.9 to and from string: canonical text of the value one way, its lexical space the other. */
import { Failure } from '../model/failure.ts'
import { anyURI } from '../values/any-uri.ts'
import { boolean } from '../values/boolean.ts'
import { date } from '../values/date.ts'
import { dateTime } from '../values/date-time.ts'
import { dayTimeDuration } from '../values/day-time-duration.ts'
import { dnsName } from '../values/dns-name.ts'
import { double } from '../values/double.ts'
import { integer } from '../values/integer.ts'
import { ipAddress } from '../values/ip-address.ts'
import { rfc822Name } from '../values/rfc822-name.ts'
import type { DataType } from '../values/row.ts'
import { string } from '../values/string.ts'
import { time } from '../values/time.ts'
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

const conversions = (type: DataType): readonly StrictFunction[] => [
  strict(functionId('3.0', `${type.name}-from-string`), [one(string)], one(type), (args) => {
    const text = args[0] as string
    return type.parse(text) ?? new Failure('syntax-error', `${quote(text)} is not of type ${type.name}`)
  }),
  strict(functionId('3.0', `string-from-${type.name}`), [one(type)], one(string), (args) => type.print(args[0]!)),
]

export const conversionFunctions: readonly StrictFunction[] = convertible.flatMap(conversions)
