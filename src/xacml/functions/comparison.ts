/** Sections A.3.6 (numeric) and A.3.8 (non-numeric). */
import { boolean } from '../values/boolean.ts'
import { compareDates, date, type ZonedDate } from '../values/date.ts'
import { compareDateTimes, type DateTime, dateTime } from '../values/date-time.ts'
import { double } from '../values/double.ts'
import { integer } from '../values/integer.ts'
import type { DataType } from '../values/row.ts'
import { string } from '../values/string.ts'
import { compareTimes, inZone, type Time, time, withinDay } from '../values/time.ts'
import { compareCodePoints } from './code-points.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, strict } from './signature.ts'

type Call = StrictFunction['call']

const comparison = (type: DataType, name: string, call: Call): StrictFunction =>
  strict(functionId('1.0', `${type.name}-${name}`), [one(type), one(type)], one(boolean), call)

/** Written out with the operators: fast, and right for NaN, which is in no order with anything. */
const numeric = (type: DataType): readonly StrictFunction[] => [
  comparison(type, 'greater-than', (args) => (args[0] as number) > (args[1] as number)),
  comparison(type, 'greater-than-or-equal', (args) => (args[0] as number) >= (args[1] as number)),
  comparison(type, 'less-than', (args) => (args[0] as number) < (args[1] as number)),
  comparison(type, 'less-than-or-equal', (args) => (args[0] as number) <= (args[1] as number)),
]

const ordered = <T>(type: DataType, compare: (a: T, b: T) => number): readonly StrictFunction[] => [
  comparison(type, 'greater-than', (args) => compare(args[0] as T, args[1] as T) > 0),
  comparison(type, 'greater-than-or-equal', (args) => compare(args[0] as T, args[1] as T) >= 0),
  comparison(type, 'less-than', (args) => compare(args[0] as T, args[1] as T) < 0),
  comparison(type, 'less-than-or-equal', (args) => compare(args[0] as T, args[1] as T) <= 0),
]

/**
 * Both ends belong to the range. `to` is less than 24 hours after `from`, so a range may go over midnight; ends without
 * zone are in the zone of the first argument.
 */
const timeInRange = (value: Time, from: Time, to: Time): boolean => {
  const at = withinDay(value)
  const first = withinDay(inZone(from, value.zone))
  const last = withinDay(inZone(to, value.zone))
  const afterFirst = compareTimes(first, at) <= 0
  const beforeLast = compareTimes(at, last) <= 0
  return compareTimes(first, last) <= 0 ? afterFirst && beforeLast : afterFirst || beforeLast
}

export const comparisonFunctions: readonly StrictFunction[] = [
  ...numeric(integer),
  ...numeric(double),
  ...ordered<string>(string, compareCodePoints),
  ...ordered<Time>(time, compareTimes),
  ...ordered<DateTime>(dateTime, compareDateTimes),
  ...ordered<ZonedDate>(date, compareDates),
  strict(functionId('2.0', 'time-in-range'), [one(time), one(time), one(time)], one(boolean), (args) =>
    timeInRange(args[0] as Time, args[1] as Time, args[2] as Time),
  ),
]
