import {
  addMonths,
  civilDateFrom,
  civilDateOf,
  civilDatePattern,
  daysOf,
  isYearInRange,
  printCivilDate,
} from './calendar.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'
import { defaultZone, parseZone, printZone, type Zone, zonePattern } from './zone.ts'

/** A date is compared as its first instant: 2024-01-01+05:00 is before 2024-01-01Z. */
export interface ZonedDate {
  /** Minutes from 1970-01-01T00:00Z to the first instant of the day. */
  readonly instant: number
  readonly zone: Zone
}

const lexical = new RegExp(`^${civilDatePattern}${zonePattern}$`)

/** From days since 1970-01-01 as the zone's calendar shows them. */
const dateFrom = (days: number, zone: Zone): ZonedDate =>
  Object.freeze({ instant: days * 1440 - (zone ?? defaultZone), zone })

const daysOfDate = (date: ZonedDate): number => (date.instant + (date.zone ?? defaultZone)) / 1440

const parse = (text: string): ZonedDate | undefined => {
  const [match, year = '', month = '', day = '', zone] = lexical.exec(trimWhiteSpace(text)) ?? []
  const date = match === undefined ? undefined : civilDateFrom(year, month, day)
  return date && dateFrom(daysOf(date), parseZone(zone))
}

const print = (date: ZonedDate): string => printCivilDate(civilDateOf(daysOfDate(date))) + printZone(date.zone)

/** Negative, zero or positive. */
export const compareDates = (a: ZonedDate, b: ZonedDate): number => a.instant - b.instant

/** Undefined when the year leaves the range. The zone stays. */
export const addMonthsToDate = (date: ZonedDate, months: number): ZonedDate | undefined => {
  const sum = addMonths(civilDateOf(daysOfDate(date)), months)
  return isYearInRange(sum.year) ? dateFrom(daysOf(sum), date.zone) : undefined
}

const minutesPerDay = 1440

/**
 * XML Schema 1.0 part 2, section 3.2.9.2: a date is an interval of the time line, and of the zones that name the same
 * interval the canonical one lies from -11:59 to +12:00.
 */
export const canonicalDate = (value: ZonedDate): ZonedDate => {
  const { instant, zone } = value
  if (zone === undefined || (zone <= 720 && zone > -720)) return value
  return Object.freeze({ instant, zone: zone > 0 ? zone - minutesPerDay : zone + minutesPerDay })
}

export const date: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#date',
  name: 'date',
  parse,
  print: (value) => print(value as ZonedDate),
  equal: (a, b) => compareDates(a as ZonedDate, b as ZonedDate) === 0,
  key: (value) => (value as ZonedDate).instant,
}
