import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

const parse = (text: string): boolean | undefined => {
  switch (trimWhiteSpace(text)) {
    case 'true':
    case '1':
      return true
    case 'false':
    case '0':
      return false
    default:
      return undefined
  }
}

export const boolean: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#boolean',
  name: 'boolean',
  parse,
  print: (value) => (value === true ? 'true' : 'false'),
  equal: (a, b) => a === b,
  key: (value) => value as boolean,
}
