import {
  addMonths,
  type CivilDate,
  civilDateFrom,
  civilDateOf,
  civilDatePattern,
  daysOf,
  isYearInRange,
  printCivilDate,
} from './calendar.ts'
import { compareFractions, type Fraction, scaleFraction, unscaleFraction } from './fraction.ts'
import type { DataType } from './row.ts'
import { clockFrom, clockPattern, printClock } from './time.ts'
import { trimWhiteSpace } from './white-space.ts'
import { defaultZone, parseZone, printZone, type Zone, zonePattern } from './zone.ts'

export interface DateTime {
  /** Minutes since 1970-01-01T00:00Z, rounded down. */
  readonly instant: number
  readonly second: number
  readonly fraction: Fraction
  readonly zone: Zone
}

const lexical = new RegExp(`^${civilDatePattern}T${clockPattern}${zonePattern}$`)

/** From minutes since 1970-01-01T00:00 as the zone's calendar and clocks show them; undefined outside the range of years. */
const dateTimeFrom = (local: number, second: number, fraction: Fraction, zone: Zone): DateTime | undefined =>
  isYearInRange(civilDateOf(Math.floor(local / 1440)).year)
    ? Object.freeze({ instant: local - (zone ?? defaultZone), second, fraction, zone })
    : undefined

const localMinutes = ({ instant, zone }: DateTime): number => instant + (zone ?? defaultZone)

const parse = (text: string): DateTime | undefined => {
  const [match, year = '', month = '', day = '', hour = '', minute = '', second = '', digits, zone] =
    lexical.exec(trimWhiteSpace(text)) ?? []
  if (match === undefined) return undefined
  const date = civilDateFrom(year, month, day)
  const clock = clockFrom(hour, minute, second, digits)
  if (date === undefined || clock === undefined) return undefined
  return dateTimeFrom(daysOf(date) * 1440 + clock.minute, clock.second, clock.fraction, parseZone(zone))
}

interface Local {
  readonly date: CivilDate
  /** Of the day. */
  readonly minute: number
}

const localOf = (value: DateTime): Local => {
  const minutes = localMinutes(value)
  const days = Math.floor(minutes / 1440)
  return { date: civilDateOf(days), minute: minutes - days * 1440 }
}

const print = (value: DateTime): string => {
  const { date, minute } = localOf(value)
  return `${printCivilDate(date)}T${printClock(minute, value.second, value.fraction)}${printZone(value.zone)}`
}

/** Negative, zero or positive: the order of the time line. */
export const compareDateTimes = (a: DateTime, b: DateTime): number =>
  a.instant - b.instant || a.second - b.second || compareFractions(a.fraction, b.fraction)

/** Undefined when the year leaves the range. The zone stays, the local day is clamped. */
export const addMonthsToDateTime = (value: DateTime, months: number): DateTime | undefined => {
  const { date, minute } = localOf(value)
  const sum = addMonths(date, months)
  return dateTimeFrom(daysOf(sum) * 1440 + minute, value.second, value.fraction, value.zone)
}

/** Adds `seconds` + `fraction` (both negated when `negative`); undefined when the year leaves the range. The zone stays. */
export const addSecondsToDateTime = (
  value: DateTime,
  negative: boolean,
  seconds: bigint,
  fraction: Fraction,
): DateTime | undefined => {
  const digits = Math.max(value.fraction.length, fraction.length)
  const unit = 10n ** BigInt(digits)
  const amount = seconds * unit + scaleFraction(fraction, digits)
  const start =
    (BigInt(localMinutes(value)) * 60n + BigInt(value.second)) * unit + scaleFraction(value.fraction, digits)
  const sum = negative ? start - amount : start + amount
  const perMinute = 60n * unit
  const rest = ((sum % perMinute) + perMinute) % perMinute
  const minutes = Number((sum - rest) / perMinute)
  if (!Number.isSafeInteger(minutes)) return undefined
  return dateTimeFrom(minutes, Number(rest / unit), unscaleFraction(rest % unit, digits), value.zone)
}

/** XML Schema 1.0 part 2, section 3.2.7.2: in UTC where a zone is written. */
export const canonicalDateTime = (value: DateTime): DateTime =>
  value.zone === undefined ? value : Object.freeze({ ...value, zone: 0 })

export const dateTime: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#dateTime',
  name: 'dateTime',
  parse,
  print: (value) => print(value as DateTime),
  equal: (a, b) => compareDateTimes(a as DateTime, b as DateTime) === 0,
  key: (value) => {
    const { instant, second, fraction } = value as DateTime
    return `${instant}:${second}.${fraction}`
  },
}
