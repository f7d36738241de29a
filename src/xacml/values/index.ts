/** The data types of section 10.2.7: one row each, found by URI or by the short name of the JSON profile. */
import { anyURI } from './any-uri.ts'
import { base64Binary } from './base64-binary.ts'
import { boolean } from './boolean.ts'
import { date } from './date.ts'
import { dateTime } from './date-time.ts'
import { dayTimeDuration } from './day-time-duration.ts'
import { dnsName } from './dns-name.ts'
import { double } from './double.ts'
import { hexBinary } from './hex-binary.ts'
import { integer } from './integer.ts'
import { ipAddress } from './ip-address.ts'
import { rfc822Name } from './rfc822-name.ts'
import type { DataType } from './row.ts'
import { string } from './string.ts'
import { time } from './time.ts'
import { x500Name } from './x500-name.ts'
import { xpathExpression } from './xpath-expression.ts'
import { yearMonthDuration } from './year-month-duration.ts'

const rows: readonly DataType[] = [
  string,
  boolean,
  integer,
  double,
  time,
  date,
  dateTime,
  dayTimeDuration,
  yearMonthDuration,
  anyURI,
  hexBinary,
  base64Binary,
  rfc822Name,
  x500Name,
  ipAddress,
  dnsName,
  xpathExpression,
]

/** Names of the 2002 draft, planned for deprecation (section A.4). Their rows carry the current URI as `id`. */
const aliases: readonly (readonly [string, DataType])[] = [
  ['http://www.w3.org/TR/2002/WD-xquery-operators-20020816#dayTimeDuration', dayTimeDuration],
  ['http://www.w3.org/TR/2002/WD-xquery-operators-20020816#yearMonthDuration', yearMonthDuration],
]

/** By URI. A key that is not its row's `id` is an alias: compare types by `id`, never by what was written. */
export const dataTypes: ReadonlyMap<string, DataType> = new Map([
  ...rows.map((row) => [row.id, row] as const),
  ...aliases,
])

/** By the short name of the JSON profile, section 3.3.1. */
export const dataTypeByName: ReadonlyMap<string, DataType> = new Map(rows.map((row) => [row.name, row]))

/** The current URI of a data type; what nobody knows stays as it is. Everything that compares types compares this. */
export const canonicalType = (dataType: string): string => dataTypes.get(dataType)?.id ?? dataType
