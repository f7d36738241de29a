import { maximumDigits } from './bounds.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

/** A number of months: P1Y and P12M are the same value. */
export interface YearMonthDuration {
  readonly months: bigint
}

const lexical = /^(-)?P(?=[0-9])(?:([0-9]+)Y)?(?:([0-9]+)M)?$/

const parse = (text: string): YearMonthDuration | undefined => {
  const [match, minus, years = '0', months = '0'] = lexical.exec(trimWhiteSpace(text)) ?? []
  if (match === undefined || years.length > maximumDigits || months.length > maximumDigits) return undefined
  const total = BigInt(years) * 12n + BigInt(months)
  return Object.freeze({ months: minus === undefined ? total : -total })
}

const print = ({ months }: YearMonthDuration): string => {
  const amount = months < 0n ? -months : months
  const years = amount / 12n
  const rest = amount % 12n
  if (years === 0n) return `${months < 0n ? '-' : ''}P${rest}M`
  return `${months < 0n ? '-' : ''}P${years}Y${rest === 0n ? '' : `${rest}M`}`
}

export const yearMonthDuration: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#yearMonthDuration',
  name: 'yearMonthDuration',
  parse,
  print: (value) => print(value as YearMonthDuration),
  equal: (a, b) => (a as YearMonthDuration).months === (b as YearMonthDuration).months,
  key: (value) => (value as YearMonthDuration).months,
}
