import { maximumDigits } from './bounds.ts'
import { type Fraction, fractionOf, printFraction } from './fraction.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

/** An exact number of seconds: P1D and PT24H are the same value. */
export interface DayTimeDuration {
  /** Never for zero. */
  readonly negative: boolean
  readonly seconds: bigint
  readonly fraction: Fraction
}

const lexical =
  /^(-)?P(?=[0-9T])(?:([0-9]+)D)?(?:T(?=[0-9])(?:([0-9]+)H)?(?:([0-9]+)M)?(?:([0-9]+)(?:\.([0-9]+))?S)?)?$/

const parse = (text: string): DayTimeDuration | undefined => {
  const [match, minus, ...parts] = lexical.exec(trimWhiteSpace(text)) ?? []
  if (match === undefined || parts.some((part) => part !== undefined && part.length > maximumDigits)) return undefined
  const [days = '0', hours = '0', minutes = '0', whole = '0', digits] = parts
  const seconds = BigInt(days) * 86_400n + BigInt(hours) * 3_600n + BigInt(minutes) * 60n + BigInt(whole)
  const fraction = fractionOf(digits)
  return Object.freeze({ negative: minus !== undefined && (seconds !== 0n || fraction !== ''), seconds, fraction })
}

/** Canonical: each unit below its next one, zero units left out, `PT0S` for none. */
const print = ({ negative, seconds, fraction }: DayTimeDuration): string => {
  const unit = (amount: bigint, letter: string): string => (amount === 0n ? '' : `${amount}${letter}`)
  const rest = seconds % 60n
  const day = unit(seconds / 86_400n, 'D')
  const clock =
    unit((seconds / 3_600n) % 24n, 'H') +
    unit((seconds / 60n) % 60n, 'M') +
    (rest === 0n && fraction === '' ? '' : `${rest}${printFraction(fraction)}S`)
  if (day === '' && clock === '') return 'PT0S'
  return `${negative ? '-' : ''}P${day}${clock === '' ? '' : `T${clock}`}`
}

const equal = (a: DayTimeDuration, b: DayTimeDuration): boolean =>
  a.negative === b.negative && a.seconds === b.seconds && a.fraction === b.fraction

export const dayTimeDuration: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#dayTimeDuration',
  name: 'dayTimeDuration',
  parse,
  print: (value) => print(value as DayTimeDuration),
  equal: (a, b) => equal(a as DayTimeDuration, b as DayTimeDuration),
  key: (value) => print(value as DayTimeDuration),
}
