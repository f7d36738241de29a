/** Reading transfers: one statement each, so that what is read belongs together. */
import type { Queryable } from '../../database/sql.ts'
import type { RecipientStatus, TransferStatus } from './status.ts'

/** Times are ISO 8601 in UTC with microseconds, as they go on the wire. */
export interface Transfer {
  readonly id: string
  readonly resource: string
  readonly fileName: string
  readonly reference: string
  /** Nine digits. */
  readonly sender: string
  readonly senderAsGiven: string
  readonly declaredChecksum: string | null
  /** MD5 of the file, once there is one. */
  readonly computedChecksum: string | null
  readonly useVirusScan: boolean
  /** Bytes; null until a file has been uploaded. */
  readonly size: number | null
  /** Name of the file in the store; null until a file has been uploaded. */
  readonly blob: string | null
  readonly status: TransferStatus
  readonly statusText: string | null
  readonly statusChanged: string
  readonly created: string
  readonly expires: string
  readonly published: string | null
  /** In the order given. */
  readonly recipients: readonly Recipient[]
  /** In the order given. */
  readonly properties: readonly (readonly [key: string, value: string])[]
}

export interface Recipient {
  /** Nine digits. */
  readonly party: string
  /** The highest ever reached. */
  readonly status: RecipientStatus
  /** The latest change, also when it was not upwards. */
  readonly statusChanged: string
}

export interface Details extends Transfer {
  readonly history: readonly StatusEntry[]
  readonly recipientHistory: readonly RecipientEntry[]
}

export interface StatusEntry {
  readonly status: TransferStatus
  readonly text: string | null
  readonly at: string
  readonly decision: string | null
  readonly vendor: string | null
}

export interface RecipientEntry {
  readonly party: string
  readonly status: RecipientStatus
  readonly at: string
  readonly decision: string | null
  readonly vendor: string | null
}

/** Rows of history shown at most, the newest; a recipient that downloads a file every minute for a week makes as many. */
const longestHistory = 10_000
const idPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** The id in lower case, or `undefined` when the text is no UUID (a validation error under `fileTransferId`, not a 404). */
export const parseTransferId = (text: string): string | undefined =>
  idPattern.test(text) ? text.toLowerCase() : undefined

/** `undefined` when there is no such transfer. */
export async function find(sql: Queryable, id: string): Promise<Transfer | undefined> {
  const [row] = await sql<Transfer[]>`${select(sql)} where t.id = ${id}`
  return row
}

/** With both histories in the order of time. */
export async function findDetails(sql: Queryable, id: string): Promise<Details | undefined> {
  const [row] = await sql<Details[]>`${select(sql, histories(sql))} where t.id = ${id}`
  return row
}

const histories = (sql: Queryable) => sql`,
  (select coalesce(json_agg(json_build_object('status', h.status, 'text', h.text, 'at', ${wire(sql, 'h.at')},
      'decision', h.decision, 'vendor', h.vendor) order by h.at, h.id), '[]')
     from (select * from transfer_status where transfer = t.id order by at desc, id desc limit ${longestHistory}) h
  ) as history,
  (select coalesce(json_agg(json_build_object('party', h.party, 'status', h.status, 'at', ${wire(sql, 'h.at')},
      'decision', h.decision, 'vendor', h.vendor) order by h.at, h.id), '[]')
     from (select * from recipient_status where transfer = t.id order by at desc, id desc limit ${longestHistory}) h
  ) as "recipientHistory"`

const wire = (sql: Queryable, column: string) =>
  sql.unsafe(`to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') || '+00:00'`)

const select = (sql: Queryable, more = sql``) => sql`
  select t.id, t.resource, t.file_name as "fileName", t.reference, t.sender, t.sender_as_given as "senderAsGiven",
    t.declared_checksum as "declaredChecksum", t.computed_checksum as "computedChecksum",
    t.use_virus_scan as "useVirusScan", t.size, t.blob, t.status, t.status_text as "statusText",
    ${wire(sql, 't.status_changed')} as "statusChanged", ${wire(sql, 't.created')} as created,
    ${wire(sql, 't.expires')} as expires, ${wire(sql, 't.published')} as published,
    (select json_agg(json_build_object('party', r.party, 'status', r.status,
        'statusChanged', ${wire(sql, 'r.status_changed')}) order by r.ordinal)
       from transfer_recipient r where r.transfer = t.id) as recipients,
    (select coalesce(json_agg(json_build_array(p.key, p.value) order by p.ordinal), '[]')
       from transfer_property p where p.transfer = t.id) as properties
    ${more}
  from transfer t`
