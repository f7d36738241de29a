import type { DataType } from './row.ts'

/** Compared code unit by code unit: no trimming, no Unicode normalisation. */
export const string: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#string',
  name: 'string',
  parse: (text) => text,
  print: (value) => value as string,
  equal: (a, b) => a === b,
  key: (value) => value as string,
}
