/** Section A.3.12. all-of-any, any-of-all and all-of-all kept the version of their first appearance. */
import type { HigherOrderFunction } from './row.ts'
import { functionId, type Version } from './signature.ts'

const higherOrder = (version: Version, order: HigherOrderFunction['order']): HigherOrderFunction => ({
  form: 'higher-order',
  id: functionId(version, order),
  order,
})

const deprecated = (order: HigherOrderFunction['order']): HigherOrderFunction => ({
  ...higherOrder('1.0', order),
  successor: functionId('3.0', order),
})

export const higherOrderFunctions: readonly HigherOrderFunction[] = [
  higherOrder('3.0', 'any-of'),
  higherOrder('3.0', 'all-of'),
  higherOrder('3.0', 'any-of-any'),
  higherOrder('1.0', 'all-of-any'),
  higherOrder('1.0', 'any-of-all'),
  higherOrder('1.0', 'all-of-all'),
  higherOrder('3.0', 'map'),
  deprecated('any-of'),
  deprecated('all-of'),
  deprecated('any-of-any'),
  deprecated('map'),
]
