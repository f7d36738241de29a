/** Section A.3.7. The zone stays; months are added to the local fields and the day is clamped, then seconds are added. */
import type { Value } from '../model/value.ts'
import { maximumYear } from '../values/bounds.ts'
import { addMonthsToDate, date, type ZonedDate } from '../values/date.ts'
import { addMonthsToDateTime, addSecondsToDateTime, type DateTime, dateTime } from '../values/date-time.ts'
import { type DayTimeDuration, dayTimeDuration } from '../values/day-time-duration.ts'
import type { DataType } from '../values/row.ts'
import { type YearMonthDuration, yearMonthDuration } from '../values/year-month-duration.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, processingError, strict } from './signature.ts'

type Add<T, D> = (value: T, duration: D, subtract: boolean) => Value | undefined

const addSeconds: Add<DateTime, DayTimeDuration> = (value, { negative, seconds, fraction }, subtract) =>
  addSecondsToDateTime(value, negative !== subtract, seconds, fraction)

/** A number of months too large for a double becomes infinite there, and so does the year, which is then refused. */
const monthsOf = ({ months }: YearMonthDuration, subtract: boolean): number => Number(subtract ? -months : months)

const addMonths: Add<DateTime, YearMonthDuration> = (value, duration, subtract) =>
  addMonthsToDateTime(value, monthsOf(duration, subtract))

const addMonthsToDay: Add<ZonedDate, YearMonthDuration> = (value, duration, subtract) =>
  addMonthsToDate(value, monthsOf(duration, subtract))

const both = <T, D>(type: DataType, duration: DataType, add: Add<T, D>): readonly StrictFunction[] =>
  (['add', 'subtract'] as const).map((verb) =>
    strict(
      functionId('3.0', `${type.name}-${verb}-${duration.name}`),
      [one(type), one(duration)],
      one(type),
      (args) =>
        add(args[0] as T, args[1] as D, verb === 'subtract') ??
        processingError(`the year is beyond ${maximumYear}: use a shorter duration`),
    ),
  )

export const dateArithmeticFunctions: readonly StrictFunction[] = [
  ...both(dateTime, dayTimeDuration, addSeconds),
  ...both(dateTime, yearMonthDuration, addMonths),
  ...both(date, yearMonthDuration, addMonthsToDay),
]
