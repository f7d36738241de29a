import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

export interface HexBinary {
  /** Two upper-case digits per octet. */
  readonly digits: string
}

const lexical = /^(?:[0-9a-fA-F]{2})*$/

const parse = (text: string): HexBinary | undefined => {
  const trimmed = trimWhiteSpace(text)
  return lexical.test(trimmed) ? Object.freeze({ digits: trimmed.toUpperCase() }) : undefined
}

export const hexBinary: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#hexBinary',
  name: 'hexBinary',
  parse,
  print: (value) => (value as HexBinary).digits,
  equal: (a, b) => (a as HexBinary).digits === (b as HexBinary).digits,
  key: (value) => (value as HexBinary).digits,
}
