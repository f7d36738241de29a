import type { DataType } from './row.ts'

export interface Base64Binary {
  /** Without white space. Unused bits must be zero, so there is one text for each sequence of octets. */
  readonly text: string
}

const lexical = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}[AEIMQUYcgkosw048]=|[A-Za-z0-9+/][AQgw]==)?$/

const parse = (text: string): Base64Binary | undefined => {
  const dense = text.replace(/[\t\n\r ]+/g, '')
  return lexical.test(dense) ? Object.freeze({ text: dense }) : undefined
}

export const base64Binary: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#base64Binary',
  name: 'base64Binary',
  parse,
  print: (value) => (value as Base64Binary).text,
  equal: (a, b) => (a as Base64Binary).text === (b as Base64Binary).text,
  key: (value) => (value as Base64Binary).text,
}
