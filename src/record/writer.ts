import type { Sql } from '../database/sql.ts'
import type { Enforced, RecordedOutcome } from '../steps.ts'
import type { Value } from '../xacml/index.ts'
import { buildEntry } from './build-entry.ts'
import { isLastingFailure, noPartition, RecordError, type RecordErrorCode, sqlState } from './failure.ts'
import { createFrames } from './frames.ts'
import { GroupCommit } from './group-commit.ts'
import {
  type DecisionInsert,
  decisionStatement,
  insertOutcomes,
  outcomeParameters,
  storableOutcome,
  toInsert,
} from './insert.ts'
import { createMonths, type Months } from './months.ts'
import { createSaltSource } from './personal.ts'

export interface RecorderOptions {
  /** Its pool should have `lanes` + 2 connections that nothing slow uses. */
  readonly sql: Sql
  /** Name of this node, as it stands in every record. */
  readonly node: string
  /** So many bytes from a cryptographically strong source. */
  readonly random: (size: number) => Uint8Array
  /** The lexical form of a value of a data type. */
  readonly printValue: (dataType: string, value: Value) => string
  /** Milliseconds, never going back. */
  readonly clock: () => number
  /** Batches of decisions on their way at a time; 2 when left out. */
  readonly lanes?: number
  /** Decisions waiting at most, before further ones fail with RECORD_BACKLOG; 20,000 when left out. */
  readonly backlog?: number
  /** Milliseconds to keep trying before a record fails with RECORD_UNAVAILABLE; 5,000 when left out. */
  readonly patience?: number
  /** Told of every batch of decisions that became durable: how many, and in how many milliseconds. */
  readonly onBatch?: (size: number, milliseconds: number) => void
}

export interface RecorderStats {
  readonly decisions: number
  readonly outcomes: number
  readonly batches: number
  /** Waiting or on their way. */
  readonly pending: number
  readonly failed: Readonly<Record<RecordErrorCode, number>>
  readonly lostOutcomes: number
}

export interface Recorder {
  /**
   * Resolves when the record is durable: committed, with `synchronous_commit` on. Rejects with `RecordError` when it is
   * not known to be; the request must then be refused. Throws when the id is not a UUID of version 7 of this time.
   */
  decision(enforced: Enforced<unknown>): Promise<void>
  /** Resolves to true when the outcome is durable, to false when it was lost (counted in `stats`). Never rejects. */
  outcome(outcome: RecordedOutcome): Promise<boolean>
  stats(): RecorderStats
  /** Takes nothing more; returns when everything taken is durable or has failed. */
  close(): Promise<void>
}

const largestBatch = 256
const largestBatchSize = 4 * 1024 * 1024
/** Above this a record is refused: a question of 1,000 parts with its attributes takes about a tenth. */
const largestRecord = 16 * 1024 * 1024
/** Nobody waits for an outcome, so its batch may grow for this long. */
const gatherOutcomes = 20

export function createRecorder(options: RecorderOptions): Recorder {
  const { sql, lanes = 2, backlog = 20_000, patience = 5_000, clock } = options
  const context = { ...options, salt: createSaltSource(options.random), nameFrame: createFrames() }
  const months = createMonths(sql)
  const shared = { largestBatch, largestBatchSize, backlog, patience, clock, isLasting: isLastingFailure }
  const counts = { decisions: 0, outcomes: 0, lostOutcomes: 0 }
  const failed = { RECORD_BACKLOG: 0, RECORD_UNAVAILABLE: 0, RECORD_REJECTED: 0, RECORD_CLOSED: 0 }
  const decisions = new GroupCommit<DecisionInsert>({
    ...shared,
    lanes,
    gather: 0,
    commit: async (batch, attempt) => {
      const started = clock()
      await writeDecisions(sql, months, batch, attempt)
      options.onBatch?.(batch.length, clock() - started)
    },
    onSettled(error) {
      if (error === undefined) counts.decisions++
      else failed[error.code]++
    },
  })
  const outcomes = new GroupCommit<RecordedOutcome>({
    ...shared,
    lanes: 1,
    gather: gatherOutcomes,
    commit: (batch) => writeOutcomes(sql, months, batch),
    onSettled(error) {
      if (error === undefined) counts.outcomes++
      else counts.lostOutcomes++
    },
  })
  return {
    decision(enforced) {
      const insert = toInsert(buildEntry(enforced, context))
      return insert.size > largestRecord ? decisions.refuse(tooLarge(insert)) : decisions.add(insert, insert.size)
    },
    outcome: (outcome) => outcomes.add(storableOutcome(outcome), outcomeSize).then(isKept, isLost),
    stats: () => ({
      ...counts,
      failed: { ...failed },
      batches: decisions.batches,
      pending: decisions.pending + outcomes.pending,
    }),
    close: async () => {
      await Promise.all([decisions.close(), outcomes.close()])
    },
  }
}

const outcomeSize = 200
const isKept = (): boolean => true
const isLost = (): boolean => false

const tooLarge = ({ size }: DecisionInsert): RecordError =>
  new RecordError('RECORD_REJECTED', `the record has ${size} bytes, at most ${largestRecord} are kept`)

async function writeDecisions(
  sql: Sql,
  months: Months,
  batch: readonly DecisionInsert[],
  attempt: number,
): Promise<void> {
  await inMonths(
    months,
    batch.map(({ time }) => time),
    async () => {
      const { text, parameters } = decisionStatement(batch, attempt === 0)
      await sql.unsafe(text, parameters, { prepare: true })
      for (const { frame } of batch) frame.isKept = true
      if (attempt > 0) await refuseImpostors(sql, batch)
    },
  )
}

async function writeOutcomes(sql: Sql, months: Months, batch: readonly RecordedOutcome[]): Promise<void> {
  await inMonths(
    months,
    batch.map(({ at }) => at),
    async () => {
      await sql.unsafe(insertOutcomes, outcomeParameters(batch), { prepare: true })
    },
  )
}

async function inMonths(months: Months, times: readonly Date[], write: () => Promise<void>): Promise<void> {
  await months.ready(times)
  try {
    await write()
  } catch (error) {
    if (sqlState(error) === noPartition) months.forget()
    throw error
  }
}

/** What was there before must be what was to be written: an id that names two different decisions is an error. */
async function refuseImpostors(sql: Sql, batch: readonly DecisionInsert[]): Promise<void> {
  const times = batch.map(({ time }) => time.toISOString())
  const [first] = await sql<{ id: string }[]>`
    select given.id
    from unnest(${times}::text[]::timestamptz[], ${batch.map(({ id }) => id)}::text[]::uuid[],
      ${batch.map(({ hash }) => hash)}::text[]) as given(time, id, hash)
    left join decision d on d.time = given.time and d.id = given.id
    where d.hash is distinct from decode(given.hash, 'hex') limit 1`
  if (first !== undefined) throw new DuplicateId(`another decision has the id \`${first.id}\``)
}

class DuplicateId extends Error {
  override readonly name = 'DuplicateId'
  /** SQLSTATE unique_violation. */
  readonly code = '23505'
}
