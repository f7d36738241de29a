/**
 * One statement per batch. Columns travel as one array each; the entries, joined into one text, are cut apart by the server
 * (measured: twice as fast as an array of bytea, which doubles their size on the way).
 *
 * One statement is one transaction, and it sees to its own durability: whatever the account, the database or the pool set,
 * it commits with `synchronous_commit` on.
 */
import type { RecordedOutcome } from '../steps.ts'
import type { BuiltEntry } from './build-entry.ts'
import { columnsOf, storable } from './columns.ts'
import { leafHash, type Sealed, sealEntry } from './entry.ts'
import { framesToKeep, type NamedFrame } from './frames.ts'
import { printOpenings } from './personal.ts'

/** A decision ready to be written: the values of its columns in the order of `decisionColumns`. */
export interface DecisionInsert {
  readonly id: string
  readonly time: Date
  readonly sealed: Sealed
  readonly hash: string
  readonly frame: NamedFrame
  readonly values: readonly (string | null)[]
  /** Bytes it takes on the way, roughly. */
  readonly size: number
}

const decisionColumns = [
  ['time', 'timestamptz'],
  ['id', 'uuid'],
  ['operation', 'text'],
  ['action', 'text'],
  ['resource', 'text'],
  ['instance', 'text'],
  ['party', 'text'],
  ['organisation', 'text'],
  ['vendor', 'text'],
  ['decision', 'text'],
  ['code', 'text'],
  ['tags', 'text'],
  ['trace', 'text'],
  ['epoch', 'bigint'],
  ['system_user_id', 'text'],
  ['openings', 'text'],
] as const

/** Lists within a column are joined by a control character that no identifier holds. */
const separator = '\x1f'

export function toInsert({ entry, frame, named, openings, systemUser, time }: BuiltEntry): DecisionInsert {
  const sealed = sealEntry(entry)
  const columns = columnsOf(entry, frame)
  const personal = printOpenings(openings)
  return {
    id: entry.id,
    time,
    sealed,
    hash: leafHash(sealed.bytes),
    frame: named,
    size: sealed.bytes.length + (sealed.detail?.length ?? 0) + (personal?.length ?? 0) + 500,
    values: [
      entry.time,
      entry.id,
      columns.operation,
      columns.action,
      columns.resource,
      columns.instance,
      columns.party,
      columns.organisation,
      columns.vendor,
      columns.decision,
      columns.code,
      joinList(columns.tags),
      columns.trace,
      columns.epoch,
      systemUser === undefined ? null : storable(systemUser),
      personal ?? null,
    ],
  }
}

function joinList(items: readonly string[]): string {
  return items.map((item) => (item.includes(separator) ? item.replaceAll(separator, '\ufffd') : item)).join(separator)
}

const durable = `durable as materialized (
  select set_config('synchronous_commit', case setting when 'off' then 'on' when 'local' then 'on' else setting end, true)
  from (select current_setting('synchronous_commit') as setting) as s
)`

const arrayParameters = (types: readonly string[], first: number): string =>
  types.map((type, index) => `$${index + first}::text::${type}[]`).join(', ')

/** Most batches have no frame that the database does not hold: looking for none at all is cheaper than for none of a list. */
function insertDecisions({ withFrames, onConflict }: { withFrames: boolean; onConflict: string }): string {
  const columns = [...decisionColumns.map(([name]) => name), 'at', 'length', 'detail_at', 'detail_length'].join(', ')
  const types = [...decisionColumns.map(([, type]) => type), 'int', 'int', 'int', 'int']
  const frames = `frames as (
  insert into record_frame (hash, bytes)
  select decode(hash, 'base64'), convert_to(bytes, 'UTF8')
  from unnest(${arrayParameters(['text', 'text'], types.length + 3)}) as frame(hash, bytes) on conflict do nothing
),
`
  return `
with ${durable},
batch as materialized (select convert_to($1, 'UTF8') as entries, decode($2, 'hex') as hashes),
record as materialized (
  select * from unnest(${arrayParameters(types, 3)})
  with ordinality as record(${columns}, position)
),
${withFrames ? frames : ''}personal as (
  insert into record_personal (time, id, system_user_id, openings)
  select time, id, system_user_id, openings from record where openings is not null ${onConflict}
)
insert into decision (time, id, operation, action, resource, instance, party, organisation, vendor, decision, code,
  tags, trace, epoch, entry, detail, hash)
select time, id, operation, action, resource, instance, party, organisation, vendor,
  decision, code, string_to_array(tags, E'\\x1f'), trace, epoch, substring(entries from at for length),
  substring(entries from detail_at for detail_length), substring(hashes from (position::int - 1) * 32 + 1 for 32)
from record, batch, durable ${onConflict}`
}

export const insertOutcomes = `
with ${durable}
insert into decision_outcome (at, decision_id, status, code, bytes, error, hash)
select at, decision_id, status, code, bytes, error, decode(hash, 'hex')
from unnest($1::text::timestamptz[], $2::text::uuid[], $3::text::smallint[], $4::text::text[], $5::text::bigint[],
  $6::text::text[], $7::text::text[]) as outcome(at, decision_id, status, code, bytes, error, hash), durable
on conflict do nothing`

/** The first attempt looks for no duplicates: cheaper. */
const once = { onConflict: '' }
/** Any later attempt: what an uncertain commit has already written is left as it is. */
const again = { onConflict: 'on conflict do nothing' }

const statements = {
  once: insertDecisions({ ...once, withFrames: false }),
  onceWithFrames: insertDecisions({ ...once, withFrames: true }),
  again: insertDecisions({ ...again, withFrames: false }),
  againWithFrames: insertDecisions({ ...again, withFrames: true }),
} as const

export interface Statement {
  readonly text: string
  readonly parameters: string[]
}

/** Writes a batch, with those frames of it that the database is not known to hold. */
export function decisionStatement(batch: readonly DecisionInsert[], isFirstAttempt: boolean): Statement {
  const frames = framesToKeep(batch.map(({ frame }) => frame))
  const kind = isFirstAttempt ? 'once' : 'again'
  const parameters = decisionParameters(batch)
  if (frames.length === 0) return { text: statements[kind], parameters }
  parameters.push(
    arrayLiteral(frames, ({ name }) => Buffer.from(name, 'base64url').toString('base64')),
    arrayLiteral(frames, ({ bytes }) => bytes),
  )
  return { text: statements[`${kind}WithFrames`], parameters }
}

function decisionParameters(batch: readonly DecisionInsert[]): string[] {
  const pieces = new Pieces()
  const positions: (string | null)[][] = [[], [], [], []]
  for (const { sealed } of batch) {
    const entry = pieces.add(sealed.bytes)
    const detail = sealed.detail === undefined ? undefined : pieces.add(sealed.detail)
    positions[0]!.push(String(entry.at))
    positions[1]!.push(String(entry.length))
    positions[2]!.push(detail === undefined ? null : String(detail.at))
    positions[3]!.push(detail === undefined ? null : String(detail.length))
  }
  const columns = decisionColumns.map((_, index) => arrayLiteral(batch, ({ values }) => values[index] ?? null))
  return [
    pieces.text(),
    batch.map(({ hash }) => hash).join(''),
    ...columns,
    ...positions.map((position) => arrayLiteral(position, itself)),
  ]
}

/** Texts joined into one, with the place of each in bytes, counted from 1. */
class Pieces {
  readonly #texts: string[] = []
  #next = 1

  add(text: string): { readonly at: number; readonly length: number } {
    const place = { at: this.#next, length: Buffer.byteLength(text) }
    this.#texts.push(text)
    this.#next += place.length
    return place
  }

  text(): string {
    return this.#texts.join('')
  }
}

const longestError = 1_000

interface PrintableOutcome {
  readonly at: Date
  readonly bytes?: number | undefined
  readonly code?: string | undefined
  readonly decisionId: string
  readonly error?: string | undefined
  readonly status: number
}

/** The canonical bytes of an outcome (RFC 8785, as those of an entry): rebuilt from its columns, so not stored. */
export function printOutcome(outcome: PrintableOutcome): string {
  const { at, bytes, code, decisionId, error, status } = outcome
  return JSON.stringify({
    at: at.toISOString(),
    bytes,
    code,
    decision: decisionId,
    error,
    kind: 'outcome',
    status,
    v: 1,
  })
}

/** The outcome as its columns can hold it. */
export function storableOutcome(outcome: RecordedOutcome): RecordedOutcome {
  const { error, ...rest } = outcome
  return error === undefined ? rest : { ...rest, error: storable(error).slice(0, longestError) }
}

export function outcomeParameters(batch: readonly RecordedOutcome[]): string[] {
  const column = (of: (outcome: RecordedOutcome) => string | undefined) =>
    arrayLiteral(batch, (outcome) => of(outcome) ?? null)
  return [
    column(({ at }) => at.toISOString()),
    column(({ decisionId }) => decisionId),
    column(({ status }) => String(status)),
    column(({ code }) => code),
    column(({ bytes }) => (bytes === undefined ? undefined : String(bytes))),
    column(({ error }) => error),
    column((outcome) => leafHash(printOutcome(outcome))),
  ]
}

const plain = /^[\w:./-]+$/
const escaped = /["\\]/g

/** PostgreSQL's array literal (its manual, section 8.15.2). */
function arrayLiteral<T>(items: readonly T[], of: (item: T) => string | null): string {
  let text = '{'
  let comma = ''
  for (const item of items) {
    const value = of(item)
    text += comma + (value === null ? 'NULL' : element(value))
    comma = ','
  }
  return `${text}}`
}

const itself = (value: string | null): string | null => value

function element(value: string): string {
  const isWordNull = value.length === 4 && value.toLowerCase() === 'null'
  return plain.test(value) && !isWordNull ? value : `"${value.replace(escaped, '\\$&')}"`
}
