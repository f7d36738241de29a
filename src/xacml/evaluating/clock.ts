/** The one clock reading of a decision (section 10.2.5): the engine reads no clock, its caller does. */
import type { Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'

export const environmentCategory = 'urn:oasis:names:tc:xacml:3.0:attribute-category:environment'

export interface ClockReading {
  readonly time: Value
  readonly date: Value
  readonly dateTime: Value
}

/** From an xs:dateTime with a zone, as `Date.prototype.toISOString` writes it. Anything else is the caller's mistake. */
export function readClock(dateTime: string): ClockReading {
  const parts = /^(-?\d{4,}-\d\d-\d\d)T(\d\d:\d\d:\d\d(?:\.\d+)?)(Z|[+-]\d\d:\d\d)$/.exec(dateTime)
  if (parts === null) throw new TypeError(`the clock reading is not an xs:dateTime with a time zone: \`${dateTime}\``)
  const [, day, time, zone] = parts
  return {
    time: read('time', `${time}${zone}`),
    date: read('date', `${day}${zone}`),
    dateTime: read('dateTime', dateTime),
  }
}

/** The attributes that the engine supplies when a request has none of that name and type. */
export const clockAttributes: ReadonlyMap<string, { readonly dataType: string; readonly part: keyof ClockReading }> =
  new Map([
    ['urn:oasis:names:tc:xacml:1.0:environment:current-time', { dataType: xsd('time'), part: 'time' }],
    ['urn:oasis:names:tc:xacml:1.0:environment:current-date', { dataType: xsd('date'), part: 'date' }],
    ['urn:oasis:names:tc:xacml:1.0:environment:current-dateTime', { dataType: xsd('dateTime'), part: 'dateTime' }],
  ])

function xsd(name: string): string {
  return `http://www.w3.org/2001/XMLSchema#${name}`
}

function read(name: keyof ClockReading, text: string): Value {
  const value = dataTypes.get(xsd(name))?.parse(text)
  if (value === undefined) throw new TypeError(`the clock reading is not a valid ${name}: \`${text}\``)
  return value
}
