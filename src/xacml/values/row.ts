/** The shape of the data type table (section 10.2.7, appendix A.2): one row per data type. */
import type { Value } from '../model/value.ts'

export interface DataType {
  /** Full URI. */
  readonly id: string
  /** Short name of the JSON profile, section 3.3.1: `string`, `integer`, … */
  readonly name: string
  /** The value, or undefined when the text is not in the lexical space. White space is collapsed where the type says so. */
  readonly parse: (text: string) => Value | undefined
  /** A lexical form that `parse` reads back as an equal value: the written one for names and addresses, else one for all. */
  readonly print: (value: Value) => string
  /** The type-equal function of A.3.1; for ipAddress and dnsName, which have none in core, equality of all parts. */
  readonly equal: (a: Value, b: Value) => boolean
  /** Equal keys exactly when `equal`: sets and the target index hash by it. */
  readonly key: (value: Value) => string | number | bigint | boolean
}
