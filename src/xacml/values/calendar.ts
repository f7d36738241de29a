/** The proleptic Gregorian calendar on whole numbers, because JavaScript dates end at year 275,760 and at milliseconds. */
import { maximumYear } from './bounds.ts'

/** Astronomical year: 0 is 1 BC. Month and day count from 1. */
export interface CivilDate {
  readonly year: number
  readonly month: number
  readonly day: number
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const

const isLeapYear = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0

const daysInMonth = (year: number, month: number): number =>
  month === 2 && isLeapYear(year) ? 29 : (monthLengths[month - 1] ?? 0)

const daysPerEra = 146_097 // 400 years
const daysFromMarchYearZero = 719_468 // 0000-03-01 to 1970-01-01

/** Days since 1970-01-01. Years are counted from March, so that the leap day is the last one. */
export const daysOf = ({ year, month, day }: CivilDate): number => {
  const marchYear = month <= 2 ? year - 1 : year
  const era = Math.floor(marchYear / 400)
  const yearOfEra = marchYear - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * daysPerEra + dayOfEra - daysFromMarchYearZero
}

export const civilDateOf = (days: number): CivilDate => {
  const shifted = days + daysFromMarchYearZero
  const era = Math.floor(shifted / daysPerEra)
  const dayOfEra = shifted - era * daysPerEra
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const marchMonth = Math.floor((5 * dayOfYear + 2) / 153)
  const month = marchMonth < 10 ? marchMonth + 3 : marchMonth - 9
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * marchMonth + 2) / 5) + 1,
  }
}

/** Months added, the day clamped to the length of the month (XML Schema part 2, appendix E). */
export const addMonths = (date: CivilDate, months: number): CivilDate => {
  const count = date.year * 12 + (date.month - 1) + months
  const year = Math.floor(count / 12)
  const month = count - year * 12 + 1
  return { year, month, day: Math.min(date.day, daysInMonth(year, month)) }
}

/** For use inside larger patterns: year, month, day. */
export const civilDatePattern = '(-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))-(0[1-9]|1[0-2])-([0-2][0-9]|3[01])'

/** Year 0000 is refused: in XML Schema 1.0 the year before 0001 is -0001. */
export const civilDateFrom = (year: string, month: string, day: string): CivilDate | undefined => {
  const written = Number(year)
  if (written === 0) return undefined
  const date = { year: written < 0 ? written + 1 : written, month: Number(month), day: Number(day) }
  return date.day >= 1 && date.day <= daysInMonth(date.year, date.month) ? date : undefined
}

export const isYearInRange = (year: number): boolean => year <= maximumYear && year > -maximumYear

export const printCivilDate = ({ year, month, day }: CivilDate): string => {
  const written = year <= 0 ? 1 - year : year
  const digits = String(written).padStart(4, '0')
  return `${year <= 0 ? '-' : ''}${digits}-${String(month).padStart(2, '0')}-${String(day).padStart(2, '0')}`
}
