/**
 * Arrays, one dimension of them, as PostgreSQL writes and reads them (documentation, 8.15.2 and 8.15.6). The driver would ask
 * every new connection for its array types, and an error of that question reaches nobody: lost in the middle of it, a
 * connection would take the process along. So the types that we use stand here, and nothing is asked.
 */
import type postgres from 'postgres'

/** Object identifiers of the array types in use: `select oid from pg_type where typname = '_text'`; they never change. */
const arrayTypes = { texts: 1009, uuids: 2951, bigints: 1016, smallints: 1005, timestamps: 1185 } as const

export type ArrayTypes = { readonly [name in keyof typeof arrayTypes]: postgres.PostgresType<readonly unknown[]> }

/** `{"a","b \"c\"",NULL}`. */
export function printArray(values: unknown): string {
  if (!Array.isArray(values)) return String(values)
  return `{${values.map(printElement).join(',')}}`
}

function printElement(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  const text = value instanceof Date ? value.toISOString() : String(value)
  return `"${text.replace(/[\\"]/g, '\\$&')}"`
}

/** Elements as texts; null for NULL. Throws on what is no array of one dimension. */
export function parseArray(text: string): (string | null)[] {
  const values: (string | null)[] = []
  if (text === '{}') return values
  const element = /(?:"((?:[^"\\]|\\.)*)"|([^",{}\s][^",{}]*))([,}])/gsy
  element.lastIndex = 1
  for (;;) {
    const found = element.exec(text)
    if (found === null) throw new Error('a value is no array of one dimension')
    const [, quoted, bare, end] = found
    if (quoted !== undefined) values.push(quoted.replace(/\\(.)/gs, '$1'))
    else values.push(bare === 'NULL' ? null : bare!)
    if (end === '}') return values
  }
}

const typeOf = (oid: number): postgres.PostgresType<readonly unknown[]> => ({
  to: oid,
  from: [oid],
  serialize: printArray,
  parse: (text: unknown) => parseArray(String(text)),
})

export const arrays: ArrayTypes = {
  texts: typeOf(arrayTypes.texts),
  uuids: typeOf(arrayTypes.uuids),
  bigints: typeOf(arrayTypes.bigints),
  smallints: typeOf(arrayTypes.smallints),
  timestamps: typeOf(arrayTypes.timestamps),
}
