import type { DataType } from './row.ts'
import { collapseWhiteSpace } from './white-space.ts'

/**
 * Every string is an anyURI (XML Schema 1.1 part 2, section 3.3.17), relative references included, and A.3.1 compares
 * code points: `HTTP://a/` is not `http://a`.
 */
export const anyURI: DataType = {
  id: 'http://www.w3.org/2001/XMLSchema#anyURI',
  name: 'anyURI',
  parse: collapseWhiteSpace,
  print: (value) => value as string,
  equal: (a, b) => a === b,
  key: (value) => value as string,
}
