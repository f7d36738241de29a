/** The types that have bag functions (section A.3.10), and the version in their identifiers. */
import { anyURI } from '../values/any-uri.ts'
import { base64Binary } from '../values/base64-binary.ts'
import { boolean } from '../values/boolean.ts'
import { date } from '../values/date.ts'
import { dateTime } from '../values/date-time.ts'
import { dayTimeDuration } from '../values/day-time-duration.ts'
import { dnsName } from '../values/dns-name.ts'
import { double } from '../values/double.ts'
import { hexBinary } from '../values/hex-binary.ts'
import { integer } from '../values/integer.ts'
import { ipAddress } from '../values/ip-address.ts'
import { rfc822Name } from '../values/rfc822-name.ts'
import type { DataType } from '../values/row.ts'
import { string } from '../values/string.ts'
import { time } from '../values/time.ts'
import { x500Name } from '../values/x500-name.ts'
import { yearMonthDuration } from '../values/year-month-duration.ts'
import type { Version } from './signature.ts'

type BagType = readonly [Version, DataType]

/** With is-in and the set functions: all that have an equality function. */
export const comparableTypes: readonly BagType[] = [
  ['1.0', string],
  ['1.0', boolean],
  ['1.0', integer],
  ['1.0', double],
  ['1.0', time],
  ['1.0', date],
  ['1.0', dateTime],
  ['1.0', anyURI],
  ['1.0', hexBinary],
  ['1.0', base64Binary],
  ['3.0', dayTimeDuration],
  ['3.0', yearMonthDuration],
  ['1.0', x500Name],
  ['1.0', rfc822Name],
]

/** Without. */
export const networkTypes: readonly BagType[] = [
  ['2.0', ipAddress],
  ['2.0', dnsName],
]
