/** Finding transfers (broker API 1.9): ids, newest first unless asked otherwise, a hundred at most. */
import type { Sql } from '../../database/sql.ts'
import { type Checked, malformed } from './check-initialize.ts'
import { type RecipientStatus, recipientStatuses, type TransferStatus, transferStatuses } from './status.ts'

export type Role = 'Sender' | 'Recipient'
const roles: readonly Role[] = ['Sender', 'Recipient']

export interface SearchInput {
  /** As given: a prefix is not taken off (broker API 1.9), so that what is decided on is what is searched. */
  readonly resource: string
  readonly status?: TransferStatus
  /** Only where the searching party is recipient and this is the highest status it ever reached. */
  readonly recipientStatus?: RecipientStatus
  /** ISO 8601 with offset. With both: from ≤ time ≤ to; with one: strictly after, strictly before. */
  readonly from?: string
  readonly to?: string
  readonly ascending: boolean
  /** Ignored when `recipientStatus` is given. */
  readonly role?: Role
  /** Go on after this place. */
  readonly cursor?: Cursor
}

/** A place in the order of the results; what comes and goes around it does not move it. */
interface Cursor {
  readonly time: string
  readonly id: string
}

export interface Found {
  readonly ids: readonly string[]
  /** For the next page as `cursor`; absent when this was the last. */
  readonly next?: string
}

const pageSize = 100

/** `organisation` (nine digits) is the party that the decision was about. */
export async function search(sql: Sql, organisation: string, input: SearchInput): Promise<Found> {
  // The time of a status is when it was reached, and only transfers that are in it now are looked for.
  const time = input.status === undefined ? sql`t.created` : sql`t.status_changed`
  const order = input.ascending ? sql`order by time, id` : sql`order by time desc, id desc`
  const fits = conditions(sql, input, time)
  const rows = await sql<{ id: string; time: string }[]>`
    select id, to_char(time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00' as time from (
      ${branches(sql, organisation, input, time, fits, order)}
    ) found ${order} limit ${pageSize + 1}`
  const page = rows.slice(0, pageSize)
  const last = page.at(-1)
  const ids = page.map(({ id }) => id)
  return rows.length > pageSize && last !== undefined ? { ids, next: printCursor(last) } : { ids }
}

type Fragment = ReturnType<Sql['unsafe']> | ReturnType<typeof fragment>
const fragment = (sql: Sql) => sql``

/** As sender and as recipient are two questions, each with an index; `union` takes out what both bring. */
function branches(
  sql: Sql,
  party: string,
  input: SearchInput,
  time: Fragment,
  fits: Fragment,
  order: Fragment,
): Fragment {
  const asSender = sql`(select t.id, ${time} as time from transfer t where t.sender = ${party} and ${fits}
    ${order} limit ${pageSize + 1})`
  const status = input.recipientStatus === undefined ? sql`` : sql`and r.status = ${input.recipientStatus}`
  const asRecipient = sql`(select t.id, ${time} as time from transfer_recipient r join transfer t on t.id = r.transfer
    where r.party = ${party} ${status} and ${fits} ${order} limit ${pageSize + 1})`
  const role = input.recipientStatus === undefined ? input.role : 'Recipient'
  if (role === 'Sender') return asSender
  return role === 'Recipient' ? asRecipient : sql`${asSender} union ${asRecipient}`
}

function conditions(sql: Sql, input: SearchInput, time: Fragment): Fragment {
  const { resource, status, from, to, cursor, ascending } = input
  const both = from !== undefined && to !== undefined
  const after =
    from === undefined
      ? sql``
      : both
        ? sql`and ${time} >= ${from}::text::timestamptz`
        : sql`and ${time} > ${from}::text::timestamptz`
  const before =
    to === undefined
      ? sql``
      : both
        ? sql`and ${time} <= ${to}::text::timestamptz`
        : sql`and ${time} < ${to}::text::timestamptz`
  const state = status === undefined ? sql`` : sql`and t.status = ${status}`
  const place =
    cursor === undefined
      ? sql``
      : ascending
        ? sql`and (${time}, t.id) > (${cursor.time}::text::timestamptz, ${cursor.id}::uuid)`
        : sql`and (${time}, t.id) < (${cursor.time}::text::timestamptz, ${cursor.id}::uuid)`
  return sql`t.resource = ${resource} ${state} ${after} ${before} ${place}`
}

const printCursor = ({ time, id }: Cursor): string => Buffer.from(`${time} ${id}`).toString('base64url')

function parseCursor(text: string): Cursor | undefined {
  const [, time, id] = /^(\S{32}) ([0-9a-f-]{36})$/.exec(Buffer.from(text, 'base64url').toString('latin1')) ?? []
  return time === undefined || id === undefined || parseTime(time) === undefined ? undefined : { time, id }
}

/**
 * From the query string: `resourceId`, `status`, `recipientStatus`, `from`, `to`, `orderAscending`, `role`, and `cursor`
 * (ours). Names in any case; the first value counts; an empty one is absent, except for `resourceId`.
 */
export function checkSearch(query: URLSearchParams): Checked<SearchInput> {
  const errors: Record<string, string[]> = {}
  const find = (name: string): string | undefined => {
    const entry = [...query].find(([key]) => key.toLowerCase() === name.toLowerCase())
    return entry === undefined || entry[1].trim() === '' ? undefined : entry[1].trim()
  }
  const read = <T>(name: string, parse: (text: string) => T | undefined): T | undefined => {
    const text = find(name)
    if (text === undefined) return undefined
    const value = parse(text)
    if (value === undefined) errors[name] = [`The value is not valid for ${name}.`]
    return value
  }
  const resource = find('resourceId')
  if (resource === undefined || resource.includes('\0')) errors.resourceId = ['The resourceId field is required.']
  const given = {
    status: read('status', (text) => parseEnum(text, transferStatuses)),
    recipientStatus: read('recipientStatus', (text) => parseEnum(text, recipientStatuses)),
    from: read('from', parseTime),
    to: read('to', parseTime),
    role: read('role', (text) => parseEnum(text, roles)),
    cursor: read('cursor', parseCursor),
  }
  const ascending = read('orderAscending', parseFlag) ?? false
  if (resource === undefined || Object.keys(errors).length > 0) return { ok: false, malformed: malformed(errors) }
  const present = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ok: true, value: { resource, ascending, ...present } }
}

/** A name in any case, or its number. */
function parseEnum<T extends string>(text: string, names: readonly T[]): T | undefined {
  if (/^[0-9]{1,3}$/.test(text)) return names[Number(text)]
  return names.find((name) => name.toLowerCase() === text.toLowerCase())
}

function parseFlag(text: string): boolean | undefined {
  if (/^true$/i.test(text)) return true
  return /^false$/i.test(text) ? false : undefined
}

const timePattern =
  /^([0-9]{4}-[0-9]{2}-[0-9]{2})(?:[T ]([0-9]{2}:[0-9]{2})(?::([0-9]{2})(?:\.([0-9]{1,9}))?)?)?\s*(Z|[+\- ]?[0-9]{2}:[0-9]{2})?$/i

/**
 * `2026-01-31`, `2026-01-31 08:00:00`, ISO 8601 with or without offset; UTC when there is none. A `+` that a client forgot to
 * encode arrives as a space and is read as one.
 */
export function parseTime(text: string): string | undefined {
  const [, day, minute = '00:00', second = '00', fraction = '0', zone = 'Z'] = timePattern.exec(text) ?? []
  if (day === undefined || day.startsWith('0000')) return undefined
  const offset = zone.toUpperCase() === 'Z' ? '+00:00' : /^[+-]/.test(zone) ? zone : `+${zone.trim()}`
  const plain = `${day}T${minute}:${second}`
  const read = new Date(`${plain}Z`)
  // Date reads 31 June as 1 July and 24:00 as the next day; a time that reads back as another one is none.
  if (Number.isNaN(read.getTime()) || !read.toISOString().startsWith(plain)) return undefined
  if (Number(offset.slice(1, 3)) > 14 || Number(offset.slice(4)) > 59) return undefined
  return `${plain}.${fraction.padEnd(6, '0').slice(0, 6)}${offset}`
}
