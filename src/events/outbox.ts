/**
 * The outbox: events are rows written in the transaction of the change they tell of, so that there is no change without
 * its events and no event without its change. Whoever delivers takes them from here.
 */
import { createHash } from 'node:crypto'
import type { Migration } from '../database/migrate.ts'
import type { Transaction } from '../database/sql.ts'

/** What can be told of a transfer; on the wire with the prefix `no.altinn.broker.`. */
export const eventTypes = [
  'filetransferinitialized',
  'uploadprocessing',
  'published',
  'uploadfailed',
  'downloadconfirmed',
  'allconfirmeddownloaded',
  'filepurged',
  'fileneverconfirmeddownloaded',
] as const

export type EventType = (typeof eventTypes)[number]
export type EventRole = 'Sender' | 'Recipient'

export interface BrokerEvent {
  readonly type: EventType
  /** Transfer id. */
  readonly transfer: string
  /** Resource id without prefix. */
  readonly resource: string
  /** Nine digits: who is told. */
  readonly party: string
  readonly role: EventRole
  readonly at: Date
  /** Nine digits: whose deed it was, when several could have done the same (each recipient confirms once). */
  readonly about?: string
}

export const outboxMigrations: readonly Migration[] = [
  {
    id: 'events/1',
    name: 'outbox of events',
    sql: `
create table event (
  id uuid primary key,
  sequence bigint generated always as identity unique,
  type text not null check (type in (${eventTypes.map((type) => `'${type}'`).join(', ')})),
  transfer uuid not null,
  resource text not null check (char_length(resource) between 1 and 255),
  party text not null check (party ~ '^[0-9]{9}$'),
  role text not null check (role in ('Sender', 'Recipient')),
  about text check (about ~ '^[0-9]{9}$'),
  at timestamptz not null,
  taken boolean not null default false
);
create index event_waiting on event (sequence) where not taken;
create index event_transfer on event (transfer, sequence);
`,
  },
]

/**
 * The same event has the same id however often it is written: SHA-256 over type, transfer, role and party, of which the
 * first sixteen bytes are read as a UUID.
 */
export function eventId(event: BrokerEvent): string {
  const parts = [event.type, event.transfer, event.role, `0192:${event.party}`]
  if (event.about !== undefined) parts.push(`0192:${event.about}`)
  const hex = createHash('sha256').update(parts.join(':')).digest('hex')
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`
}

/** Writes the events; those that are there already stay as they are. Ask inside the transaction of the change. */
export async function emit(transaction: Transaction, events: readonly BrokerEvent[]): Promise<void> {
  if (events.length === 0) return
  const rows = events.map((event) => ({
    id: eventId(event),
    type: event.type,
    transfer: event.transfer,
    resource: event.resource,
    party: event.party,
    role: event.role,
    about: event.about ?? null,
    at: event.at,
  }))
  await transaction`insert into event ${transaction(rows)} on conflict (id) do nothing`
}
