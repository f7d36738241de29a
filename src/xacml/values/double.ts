import { maximumDigits } from './bounds.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

const lexical = /^[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/

const parse = (text: string): number | undefined => {
  const trimmed = trimWhiteSpace(text)
  if (trimmed === 'INF') return Number.POSITIVE_INFINITY
  if (trimmed === '-INF') return Number.NEGATIVE_INFINITY
  if (trimmed === 'NaN') return Number.NaN
  if (trimmed.length > maximumDigits || !lexical.test(trimmed)) return undefined
  return Number(trimmed)
}

/** The canonical form of XML Schema 1.0 part 2, section 3.2.5.2: `1.5E2`, `1.0E0`, `-0.0E0`. */
const print = (value: number): string => {
  if (Number.isNaN(value)) return 'NaN'
  if (!Number.isFinite(value)) return value > 0 ? 'INF' : '-INF'
  const [mantissa = '', exponent = ''] = value.toExponential().split('e')
  const sign = Object.is(value, -0) ? '-' : ''
  return `${sign}${mantissa.includes('.') ? mantissa : `${mantissa}.0`}E${Number(exponent)}`
}

/**
 * NaN equals NaN: IEEE 754 says no, the OASIS conformance suite (IIC350, IIC358) needs yes, and sets need it too.
 * 0 equals -0.
 */
const equal = (a: number, b: number): boolean => a === b || (Number.isNaN(a) && Number.isNaN(b))

const key = (value: number): number | string => {
  if (Number.isNaN(value)) return 'NaN'
  return value === 0 ? 0 : value
}

export const double: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#double',
  name: 'double',
  parse,
  print: (value) => print(value as number),
  equal: (a, b) => equal(a as number, b as number),
  key: (value) => key(value as number),
}
