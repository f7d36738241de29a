/** Section A.3.1. ipAddress and dnsName have no equality function. */
import { anyURI } from '../values/any-uri.ts'
import { base64Binary } from '../values/base64-binary.ts'
import { boolean } from '../values/boolean.ts'
import { date } from '../values/date.ts'
import { dateTime } from '../values/date-time.ts'
import { dayTimeDuration } from '../values/day-time-duration.ts'
import { double } from '../values/double.ts'
import { hexBinary } from '../values/hex-binary.ts'
import { integer } from '../values/integer.ts'
import { rfc822Name } from '../values/rfc822-name.ts'
import type { DataType } from '../values/row.ts'
import { string } from '../values/string.ts'
import { time } from '../values/time.ts'
import { x500Name } from '../values/x500-name.ts'
import { yearMonthDuration } from '../values/year-month-duration.ts'
import { lowerCase } from './lower-case.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, strict, type Version } from './signature.ts'

/** For the types whose values are equal exactly when they are identical. */
const identity = (version: Version, type: DataType): StrictFunction =>
  strict(functionId(version, `${type.name}-equal`), [one(type), one(type)], one(boolean), (args) => args[0] === args[1])

const equality = (version: Version, type: DataType): StrictFunction => {
  const { equal } = type
  const call: StrictFunction['call'] = (args) => equal(args[0]!, args[1]!)
  return strict(functionId(version, `${type.name}-equal`), [one(type), one(type)], one(boolean), call)
}

export const equalityFunctions: readonly StrictFunction[] = [
  identity('1.0', string),
  identity('1.0', boolean),
  identity('1.0', integer),
  identity('1.0', anyURI),
  equality('1.0', double),
  equality('1.0', date),
  equality('1.0', time),
  equality('1.0', dateTime),
  equality('3.0', dayTimeDuration),
  equality('3.0', yearMonthDuration),
  equality('1.0', x500Name),
  equality('1.0', rfc822Name),
  equality('1.0', hexBinary),
  equality('1.0', base64Binary),
  strict(
    functionId('3.0', 'string-equal-ignore-case'),
    [one(string), one(string)],
    one(boolean),
    ([a, b]) => a === b || lowerCase(a as string) === lowerCase(b as string),
  ),
]
