import { maximumDigits } from './bounds.ts'
import { compareFractions, type Fraction, fractionOf, printFraction } from './fraction.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'
import { defaultZone, parseZone, printZone, type Zone, zonePattern } from './zone.ts'

/** Times of one reference day, on its time line: 01:00:00+02:00 lies in the day before and is less than 00:00:00Z. */
export interface Time {
  /** Minutes from 00:00Z of the reference day; negative or beyond 1439 where the zone leads out of the day. */
  readonly instant: number
  readonly second: number
  readonly fraction: Fraction
  readonly zone: Zone
}

/** For use inside larger patterns: hour, minute, second, digits of the fraction. */
export const clockPattern = '([01][0-9]|2[0-4]):([0-5][0-9]):([0-5][0-9])(?:\\.([0-9]+))?'

const lexical = new RegExp(`^${clockPattern}${zonePattern}$`)

interface Clock {
  /** Of the day, 0 to 1440: 24:00:00 is the end of the day. */
  readonly minute: number
  readonly second: number
  readonly fraction: Fraction
}

/** Undefined for 24:00:00.1 and the like, and for longer fractions than we carry. */
export const clockFrom = (
  hour: string,
  minute: string,
  second: string,
  digits: string | undefined,
): Clock | undefined => {
  if (digits !== undefined && digits.length > maximumDigits) return undefined
  const clock = { minute: Number(hour) * 60 + Number(minute), second: Number(second), fraction: fractionOf(digits) }
  if (clock.minute < 1440) return clock
  return clock.minute === 1440 && clock.second === 0 && clock.fraction === '' ? clock : undefined
}

export const printClock = (minute: number, second: number, fraction: Fraction): string => {
  const two = (value: number): string => String(value).padStart(2, '0')
  return `${two(Math.floor(minute / 60))}:${two(minute % 60)}:${two(second)}${printFraction(fraction)}`
}

/** From the minute of the day as the zone's clocks show it. */
const timeFrom = (minute: number, second: number, fraction: Fraction, zone: Zone): Time =>
  Object.freeze({ instant: minute - (zone ?? defaultZone), second, fraction, zone })

const parse = (text: string): Time | undefined => {
  const [match, hour = '', minute = '', second = '', digits, zone] = lexical.exec(trimWhiteSpace(text)) ?? []
  const clock = match === undefined ? undefined : clockFrom(hour, minute, second, digits)
  return clock && timeFrom(clock.minute % 1440, clock.second, clock.fraction, parseZone(zone))
}

const print = ({ instant, second, fraction, zone }: Time): string =>
  printClock(instant + (zone ?? defaultZone), second, fraction) + printZone(zone)

/** Negative, zero or positive. */
export const compareTimes = (a: Time, b: Time): number =>
  a.instant - b.instant || a.second - b.second || compareFractions(a.fraction, b.fraction)

/** The same clock reading, taken in `zone` when none is written. */
export const inZone = (time: Time, zone: Zone): Time =>
  time.zone !== undefined || zone === undefined
    ? time
    : timeFrom(time.instant + defaultZone, time.second, time.fraction, zone)

/** The same moment of the day in UTC: 23:00:00-02:00 becomes 01:00:00Z. */
export const withinDay = (time: Time): Time =>
  timeFrom(((time.instant % 1440) + 1440) % 1440, time.second, time.fraction, 0)

/** XML Schema 1.0 part 2, section 3.2.8.2: in UTC where a zone is written. */
export const canonicalTime = (value: Time): Time => (value.zone === undefined ? value : withinDay(value))

export const time: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#time',
  name: 'time',
  parse,
  print: (value) => print(value as Time),
  equal: (a, b) => compareTimes(a as Time, b as Time) === 0,
  key: (value) => {
    const { instant, second, fraction } = value as Time
    return `${instant}:${second}.${fraction}`
  },
}
