/**
 * Erases personal values. Entries keep their commitments, so bytes, hashes and tree stay what they were. That it was done is
 * for the caller to record, as an administrative act. PostgreSQL frees the old rows at its next vacuum; backups and
 * archived WAL are the operator's.
 */
import type { Sql, Transaction } from '../database/sql.ts'
import { parseOpenings, printOpenings } from './personal.ts'
import { getDecision } from './query.ts'

export interface Erasure {
  /** Records of which something was erased. */
  readonly records: number
}

/** All personal values of one record. */
export async function erasePersonalOfRecord(sql: Sql, id: string, now: Date): Promise<Erasure> {
  const stored = await getDecision(sql, id)
  if (stored === undefined) return { records: 0 }
  const { time } = stored.row
  const { count } = await sql`
    update record_personal set openings = null, system_user_id = null, erased_at = ${now}
    where time = ${time} and id = ${id} and openings is not null`
  return { records: count }
}

export interface Subject {
  /** The value itself: a system user, a national identity number, a session, an address. */
  readonly value: string
  readonly from?: Date
  readonly until?: Date
}

const atOnce = 500

/**
 * One personal value, wherever it is recorded within the time given, with every text that mentions it. Reads all personal
 * values of that time: minutes on a large log. Every step commits for itself; it may be run again.
 */
export async function erasePersonalOfSubject(sql: Sql, subject: Subject, now: Date): Promise<Erasure> {
  if (subject.value === '') return { records: 0 }
  let records = 0
  let after = { time: subject.from ?? new Date(0), id: '00000000-0000-0000-0000-000000000000' }
  for (;;) {
    const rows = await sql.begin((transaction) => eraseSome(transaction, subject, after, now))
    records += rows.length
    const last = rows.at(-1)
    if (last === undefined) return { records }
    after = last
  }
}

interface PersonalRow {
  readonly time: Date
  readonly id: string
  readonly systemUser: string | null
  readonly openings: string
}

async function eraseSome(
  sql: Transaction,
  { until, value }: Subject,
  after: { readonly time: Date; readonly id: string },
  now: Date,
): Promise<readonly PersonalRow[]> {
  const needle = JSON.stringify(value).slice(1, -1)
  const rows = await sql<PersonalRow[]>`
    select time, id, system_user_id as "systemUser", openings from record_personal
    where (time, id) > (${after.time}, ${after.id}) and time < ${until?.toISOString() ?? 'infinity'}::text::timestamptz and position(${needle} in openings) > 0
    order by time, id limit ${atOnce} for update`
  for (const { id, openings, systemUser, time } of rows) {
    const kept = printOpenings(parseOpenings(openings).filter(([, text]) => !text.includes(value)))
    await sql`
      update record_personal
      set openings = ${kept ?? null}, system_user_id = ${systemUser === value ? null : systemUser}, erased_at = ${now}
      where time = ${time} and id = ${id}`
  }
  return rows
}
