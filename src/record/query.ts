import type { Queryable, Sql } from '../database/sql.ts'
import { untilStopped } from '../database/until-stopped.ts'
import { idTolerance, timeOfId } from './build-entry.ts'
import { mostTags, type TagName, tag } from './columns.ts'
import { type Entry, type Frame, parseEntry, parseFrame } from './entry.ts'
import { sqlState } from './failure.ts'
import { openCommitments, parseOpenings } from './personal.ts'
import type { DecisionRow, OutcomeRow, StoredDecision } from './row.ts'

/** Every condition given must hold. */
export interface DecisionFilter {
  /** Inclusive. */
  readonly from?: Date
  /** Exclusive. */
  readonly until?: Date
  /** Organisation of the caller, or its vendor. */
  readonly caller?: string
  readonly organisation?: string
  readonly vendor?: string
  readonly systemUser?: string
  readonly resource?: string
  /** About none but these resources, as far as tags tell of all its parts. */
  readonly onlyAbout?: readonly string[]
  /** Transfer. */
  readonly instance?: string
  readonly party?: string
  /** A rule or policy that determined the decision. */
  readonly rule?: string
  readonly action?: string
  readonly operation?: string
  readonly decision?: string
  /** Refusal code. */
  readonly code?: string
  readonly trace?: string
}

export interface PageRequest {
  /** 1 to 1,000; 100 when left out. Numbers outside are brought inside. */
  readonly limit?: number
  /** As a page before gave it. */
  readonly cursor?: string
}

export type Page =
  | { readonly kind: 'page'; readonly rows: readonly DecisionRow[]; readonly next?: string }
  | { readonly kind: 'bad-cursor' }
  /** The conditions select too little of too long a time: narrow the time. */
  | { readonly kind: 'too-slow' }

export const longestPage = 1_000
const usualPage = 100
/** Milliseconds. */
const patience = 15_000

/**
 * Newest first. A page that is full has a cursor for the next.
 * @param signal ends the search when it is aborted; then its reason is thrown
 */
export async function listDecisions(
  sql: Sql,
  filter: DecisionFilter,
  page: PageRequest = {},
  signal?: AbortSignal,
): Promise<Page> {
  const limit = Math.min(longestPage, Math.max(1, Math.trunc(page.limit ?? usualPage)))
  const after = page.cursor === undefined ? undefined : parseCursor(page.cursor)
  if (page.cursor !== undefined && after === undefined) return { kind: 'bad-cursor' }
  try {
    const rows = await sql.begin('read only', async (transaction) => {
      await transaction`select set_config('statement_timeout', ${String(patience)}, true)`
      return untilStopped(selectRows(transaction, filter, after, limit), signal)
    })
    const last = rows.at(-1)
    if (rows.length < limit || last === undefined) return { kind: 'page', rows }
    return { kind: 'page', rows, next: printCursor(last) }
  } catch (error) {
    if (sqlState(error) === queryCanceled) return { kind: 'too-slow' }
    throw error
  }
}

const queryCanceled = '57014'

const columns = `d.time, d.id, d.operation, d.action, d.resource, d.instance, d.party, d.organisation, d.vendor, d.decision,
  d.code, d.tags, d.trace, d.epoch::text as epoch, p.system_user_id as "systemUser", l.sequence::text as sequence`
const joins = `left join record_personal p on p.time = d.time and p.id = d.id
  left join decision_leaf l on l.time = d.time and l.id = d.id`

interface Position {
  readonly time: Date
  readonly id: string
}

function selectRows(sql: Queryable, filter: DecisionFilter, after: Position | undefined, limit: number) {
  const conditions: string[] = []
  const parameters: (string | string[] | number)[] = []
  const where = (condition: string, value: string | string[] | undefined): void => {
    if (value === undefined) return
    parameters.push(value)
    conditions.push(condition.replaceAll('?', `$${parameters.length}`))
  }
  where('d.time >= ?::text::timestamptz', filter.from?.toISOString())
  where('d.time < ?::text::timestamptz', filter.until?.toISOString())
  const tags = tagsOf(filter)
  where('d.tags @> ?::text[]', tags.length === 0 ? undefined : tags)
  const either = filter.caller === undefined ? [] : [tag('organisation', filter.caller), tag('vendor', filter.caller)]
  where('d.tags && ?::text[]', either.length === 0 ? undefined : either)
  where(
    isOnlyAbout,
    filter.onlyAbout?.map((resource) => tag('resource', resource)),
  )
  where('p.system_user_id = ?', filter.systemUser)
  where('d.action = ?', filter.action)
  where('d.operation = ?', filter.operation)
  where('d.decision = ?', filter.decision)
  where('d.code = ?', filter.code)
  where('d.trace = ?', filter.trace)
  // known to the planner only when said outright: the index of refusals is a partial one
  if (filter.code !== undefined || (filter.decision !== undefined && filter.decision !== 'Permit'))
    conditions.push(`d.decision <> 'Permit'`)
  if (after !== undefined) {
    parameters.push(after.time.toISOString(), after.id)
    conditions.push(
      `(d.time, d.id) < ($${parameters.length - 1}::text::timestamptz, $${parameters.length}::text::uuid)`,
    )
  }
  parameters.push(limit)
  const condition = conditions.length === 0 ? 'true' : conditions.join(' and ')
  return sql.unsafe<DecisionRow[]>(
    `select ${columns} from decision d ${joins} where ${condition}
     order by d.time desc, d.id desc limit $${parameters.length}`,
    parameters,
  )
}

const isOnlyAbout = `cardinality(d.tags) < ${mostTags} and not exists (
  select from unnest(d.tags) as about (tag) where starts_with(tag, 'resource:') and tag <> all (?::text[]))`

function tagsOf(filter: DecisionFilter): string[] {
  const names: readonly TagName[] = ['organisation', 'resource', 'instance', 'party', 'rule']
  const tags = names.flatMap((name) => {
    const value = filter[name as Exclude<TagName, 'vendor'>]
    return value === undefined ? [] : [tag(name, value)]
  })
  if (filter.vendor === undefined) return tags
  // a caller that is its own vendor is tagged once
  return [...tags, tag(filter.vendor === filter.organisation ? 'organisation' : 'vendor', filter.vendor)]
}

/** Opaque to callers; the position of the last row of a page. */
export function printCursor({ id, time }: Position): string {
  return Buffer.from(`1 ${time.toISOString()} ${id}`).toString('base64url')
}

const cursorShape = /^1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/

export function parseCursor(cursor: string): Position | undefined {
  const [, time, id] = cursorShape.exec(Buffer.from(cursor, 'base64url').toString('latin1')) ?? []
  if (time === undefined || id === undefined || Number.isNaN(Date.parse(time))) return undefined
  return { time: new Date(time), id }
}

/**
 * The decision with this id and all that is kept of it. Throws when what is kept cannot be read: then verify.
 * @param signal ends the search when it is aborted; then its reason is thrown
 */
export async function getDecision(sql: Sql, id: string, signal?: AbortSignal): Promise<StoredDecision | undefined> {
  const made = timeOfId(id)
  if (made === undefined) return undefined
  const find = (tolerance: number) => findNear(sql, id, made, tolerance, signal)
  // nearly always within the second; the wider search makes up for requests that were decided again
  return (await find(1_000)) ?? (await find(idTolerance))
}

interface StoredRow extends DecisionRow {
  readonly entry: Buffer
  readonly detail: Buffer | null
  readonly frame: Buffer | null
  readonly hash: Buffer
  readonly openings: string | null
  readonly erasedAt: Date | null
}

async function findNear(
  sql: Sql,
  id: string,
  time: number,
  tolerance: number,
  signal: AbortSignal | undefined,
): Promise<StoredDecision | undefined> {
  const search = sql.unsafe<StoredRow[]>(
    `select ${columns}, d.entry, d.detail, d.hash, p.openings, p.erased_at as "erasedAt"
     from decision d ${joins}
     where d.time between $1::text::timestamptz and $2::text::timestamptz and d.id = $3::text::uuid`,
    [new Date(time - tolerance).toISOString(), new Date(time + tolerance).toISOString(), id],
  )
  const [found] = await untilStopped(search, signal)
  if (found === undefined) return undefined
  const { detail, entry, erasedAt, frame: _, hash, openings, ...row } = found
  const outcomes = await sql<OutcomeRow[]>`
    select at, status, code, bytes, error from decision_outcome where decision_id = ${id} order by at`
  const read = await readEntry(sql, detail ?? entry)
  const personal = openCommitments(parseOpenings(openings))
  return { row, ...read, personal, erasedAt, hash: hash.toString('hex'), outcomes }
}

async function readEntry(sql: Queryable, bytes: Buffer): Promise<{ readonly entry: Entry; readonly frame: Frame }> {
  const entry = parseEntry(bytes)
  if (entry.kind === 'malformed') throw new UnreadableRecord(entry.reason)
  if (entry.value.kind !== 'decision') throw new UnreadableRecord('the detail of the entry is missing')
  const [row] = await sql<{ bytes: Buffer }[]>`
    select bytes from record_frame where hash = ${Buffer.from(entry.value.frame, 'base64url')}`
  if (row === undefined) throw new UnreadableRecord('the frame of the entry is missing')
  const frame = parseFrame(row.bytes)
  if (frame.kind === 'malformed') throw new UnreadableRecord(frame.reason)
  return { entry: entry.value, frame: frame.value }
}

/** Somebody has altered what was recorded; `verify` names it. */
export class UnreadableRecord extends Error {
  override readonly name = 'UnreadableRecord'
}
