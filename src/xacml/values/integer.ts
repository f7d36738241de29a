import { maximumDigits } from './bounds.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

const lexical = /^[+-]?[0-9]+$/
const beyond = 10n ** BigInt(maximumDigits)

/** False for results of arithmetic that have more digits than an integer may have. */
export const isInteger = (value: bigint): boolean => value < beyond && value > -beyond

const parse = (text: string): bigint | undefined => {
  const trimmed = trimWhiteSpace(text)
  if (trimmed.length > maximumDigits + 1 || !lexical.test(trimmed)) return undefined
  const value = BigInt(trimmed.charCodeAt(0) === 0x2b ? trimmed.slice(1) : trimmed)
  return isInteger(value) ? value : undefined
}

export const integer: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#integer',
  name: 'integer',
  parse,
  print: (value) => String(value),
  equal: (a, b) => a === b,
  key: (value) => value as bigint,
}
