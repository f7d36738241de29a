/** Recomputes what can be recomputed, record by record in order of time, and names the first that does not hold. */
import type { Sql } from '../database/sql.ts'
import { untilStopped } from '../database/until-stopped.ts'
import { type Columns, columnsOf } from './columns.ts'
import {
  contentHash,
  type DetachedEntry,
  type Entry,
  type Frame,
  leafHash,
  type Parsed,
  parseEntry,
  parseFrame,
} from './entry.ts'
import { printOutcome } from './insert.ts'
import { opensOne, parseOpenings } from './personal.ts'

export interface VerifyRange {
  /** Inclusive. */
  readonly from?: Date
  /** Exclusive. */
  readonly until?: Date
}

export interface Intact {
  readonly kind: 'intact'
  readonly decisions: number
  readonly outcomes: number
  /** Records of which personal values have been erased. */
  readonly erased: number
}

export interface Broken {
  readonly kind: 'broken'
  readonly what: 'decision' | 'outcome'
  /** Of the decision. */
  readonly id: string
  readonly time: Date
  readonly reason: string
  /** Records that held before it. */
  readonly checked: number
}

const atOnce = 500
const start = '00000000-0000-0000-0000-000000000000'

/**
 * Checks that each hash is that of its bytes, the bytes are canonical, the frame is the one named, the columns say what the
 * entry says, and kept personal values open their commitments. That no record is missing is for the tree to prove.
 * @param signal ends it when it is aborted; then its reason is thrown
 */
export async function verifyRecords(sql: Sql, range: VerifyRange = {}, signal?: AbortSignal): Promise<Intact | Broken> {
  const decisions = await verifyDecisions(sql, range, signal)
  if (decisions.kind === 'broken') return decisions
  const outcomes = await verifyOutcomes(sql, range, signal)
  if (outcomes.kind === 'broken') return { ...outcomes, checked: outcomes.checked + decisions.checked }
  return { kind: 'intact', decisions: decisions.checked, outcomes: outcomes.checked, erased: decisions.erased }
}

interface VerifyRow extends Columns {
  readonly time: Date
  readonly id: string
  readonly entry: Buffer
  readonly detail: Buffer | null
  readonly hash: Buffer
  readonly openings: string | null
  readonly systemUser: string | null
  readonly erasedAt: Date | null
}

type Checked = { readonly kind: 'held'; readonly checked: number; readonly erased: number }

async function verifyDecisions(
  sql: Sql,
  { from, until }: VerifyRange,
  signal: AbortSignal | undefined,
): Promise<Checked | Broken> {
  const frames = createFrameReader(sql)
  let checked = 0
  let erased = 0
  let after = { time: from ?? new Date(0), id: start }
  for (;;) {
    const page = sql<VerifyRow[]>`
      select d.time, d.id, operation, action, resource, instance, party, organisation, vendor, decision, code, tags, trace,
        epoch::text as epoch, entry, detail, hash, openings, system_user_id as "systemUser", erased_at as "erasedAt"
      from decision d left join record_personal p on p.time = d.time and p.id = d.id
      where (d.time, d.id) > (${after.time}, ${after.id}) and d.time < ${bound(until, 'infinity')}::text::timestamptz
      order by d.time, d.id limit ${atOnce}`
    const rows = await untilStopped(page, signal)
    for (const row of rows) {
      const reason = await findBreak(row, frames)
      if (reason !== undefined) return { kind: 'broken', what: 'decision', id: row.id, time: row.time, reason, checked }
      checked++
      if (row.erasedAt !== null) erased++
    }
    const last = rows.at(-1)
    if (last === undefined) return { kind: 'held', checked, erased }
    after = last
  }
}

function bound(time: Date | undefined, otherwise: 'infinity' | '-infinity'): string {
  return time?.toISOString() ?? otherwise
}

type FrameReader = (name: string) => Promise<Parsed<Frame>>

async function findBreak(row: VerifyRow, frames: FrameReader): Promise<string | undefined> {
  if (leafHash(row.entry) !== row.hash.toString('hex')) return 'its bytes do not have its hash'
  const parsed = parseEntry(row.entry)
  if (parsed.kind === 'malformed') return parsed.reason
  const { value } = parsed
  if (value.id !== row.id || value.time !== row.time.toISOString()) return 'its bytes are those of another record'
  const whole = value.kind === 'detached' ? attach(value, row.detail) : value
  if (typeof whole === 'string') return whole
  const frame = await frames(whole.frame)
  if (frame.kind === 'malformed') return frame.reason
  const column = differingColumn(row, columnsOf(whole, frame.value))
  if (column !== undefined) return `its column \`${column}\` does not say what its bytes say`
  return findForeignOpening(row, whole)
}

function attach(short: DetachedEntry, detail: Buffer | null): Entry | string {
  if (detail === null) return 'its detail is missing'
  if (detail.length !== short.bytes || contentHash(detail) !== short.sha256) return 'its detail does not have its hash'
  const parsed = parseEntry(detail)
  if (parsed.kind === 'malformed') return parsed.reason
  return parsed.value.kind === 'decision' ? parsed.value : 'its detail is not an entry'
}

function createFrameReader(sql: Sql): FrameReader {
  const known = new Map<string, Parsed<Frame>>()
  return async (name) => {
    const found = known.get(name) ?? (await readFrame(sql, name))
    if (known.size > 1_000) known.clear()
    known.set(name, found)
    return found
  }
}

async function readFrame(sql: Sql, name: string): Promise<Parsed<Frame>> {
  const [row] = await sql<{ bytes: Buffer }[]>`
    select bytes from record_frame where hash = ${Buffer.from(name, 'base64url')}`
  if (row === undefined) return { kind: 'malformed', reason: 'its frame is missing' }
  if (contentHash(row.bytes) !== name)
    return { kind: 'malformed', reason: 'the bytes of its frame do not have its hash' }
  return parseFrame(row.bytes)
}

function differingColumn(row: VerifyRow, columns: Columns): string | undefined {
  const names = Object.keys(columns) as (keyof Columns)[]
  return names.find((name) => JSON.stringify(row[name]) !== JSON.stringify(columns[name]))
}

function findForeignOpening({ openings, systemUser }: VerifyRow, entry: Entry): string | undefined {
  if (openings === null) return systemUser === null ? undefined : 'its system user is not in its bytes'
  const commitments = new Set(JSON.stringify(entry).match(/(?<="sha256":")[\w-]{43}(?=")/g))
  const kept = parseOpenings(openings)
  if (!kept.every((opening) => opensOne(opening, commitments))) return 'a personal value does not open its commitment'
  if (systemUser !== null && !kept.some(([, value]) => value === systemUser))
    return 'its system user is not in its bytes'
  return undefined
}

interface OutcomeVerifyRow {
  readonly at: Date
  readonly id: string
  readonly status: number
  readonly code: string | null
  readonly bytes: number | null
  readonly error: string | null
  readonly hash: Buffer
}

async function verifyOutcomes(
  sql: Sql,
  { from, until }: VerifyRange,
  signal: AbortSignal | undefined,
): Promise<Checked | Broken> {
  let checked = 0
  let after = { id: start, at: new Date(0), status: 0 }
  for (;;) {
    const page = sql<OutcomeVerifyRow[]>`
      select at, decision_id as id, status, code, bytes, error, hash from decision_outcome
      where (decision_id, at, status) > (${after.id}, ${after.at}, ${after.status})
        and at >= ${bound(from, '-infinity')}::text::timestamptz and at < ${bound(until, 'infinity')}::text::timestamptz
      order by decision_id, at, status limit ${atOnce}`
    const rows = await untilStopped(page, signal)
    for (const row of rows) {
      if (outcomeHash(row) !== row.hash.toString('hex')) {
        const reason = 'the outcome does not have its hash'
        return { kind: 'broken', what: 'outcome', id: row.id, time: row.at, reason, checked }
      }
      checked++
    }
    const last = rows.at(-1)
    if (last === undefined) return { kind: 'held', checked, erased: 0 }
    after = last
  }
}

function outcomeHash({ at, bytes, code, error, id, status }: OutcomeVerifyRow): string {
  const text = (value: string | null) => value ?? undefined
  return leafHash(
    printOutcome({ at, bytes: bytes ?? undefined, code: text(code), error: text(error), decisionId: id, status }),
  )
}
