/** Another value of the same type, next to the one that is written. */
import type { Literal } from '../model/policy.ts'
import { dataTypes } from '../values/index.ts'
import type { Mutation } from './mutate.ts'

/** None for types that have no obvious neighbour. */
export function* mutateLiteral(literal: Literal): Iterable<Mutation<Literal>> {
  const { at, text } = literal
  const type = dataTypes.get(literal.dataType)
  const changed = type && neighbours.get(type.name)?.(text)
  if (type === undefined || changed === undefined || type.parse(changed) === undefined) return
  yield { change: `\`${changed.trim()}\` in the place of \`${text.trim()}\``, at, to: { ...literal, text: changed } }
}

const another = (text: string): string => `${text}~`
const nextInteger = (text: string): string | undefined =>
  /^\s*[+-]?\d+\s*$/.test(text) ? String(BigInt(text.trim()) + 1n) : undefined
const nextYear = (text: string): string => text.replace(/\d{4}/, (year) => String(Number(year) + 1).padStart(4, '0'))
const nextHour = (text: string): string =>
  text.replace(/\d\d/, (hour) => String((Number(hour) + 1) % 24).padStart(2, '0'))

/** By the short name of the data type. */
const neighbours: ReadonlyMap<string, (text: string) => string | undefined> = new Map([
  ['string', another],
  ['anyURI', another],
  ['integer', nextInteger],
  ['boolean', (text: string) => (/^\s*(?:true|1)\s*$/.test(text) ? 'false' : 'true')],
  ['date', nextYear],
  ['dateTime', nextYear],
  ['time', nextHour],
  ['dayTimeDuration', (text: string) => text.replace(/\d+/, (n) => String(Number(n) + 1))],
  ['yearMonthDuration', (text: string) => text.replace(/\d+/, (n) => String(Number(n) + 1))],
])
