/** The events of the outbox, as whoever delivers them will find them. */
import type { Queryable } from '../../src/database/sql.ts'
import type { BrokerEvent } from '../../src/events/outbox.ts'

export interface OutboxEvent extends BrokerEvent {
  readonly id: string
}

/** The events of one transfer, in order of writing. */
export async function eventsOf(sql: Queryable, transfer: string): Promise<readonly OutboxEvent[]> {
  const rows = await sql<(Omit<OutboxEvent, 'about'> & { readonly about: string | null })[]>`
    select id, type, transfer, resource, party, role, about, at from event where transfer = ${transfer} order by sequence`
  return rows.map(({ about, ...row }) => (about === null ? row : { ...row, about }))
}
