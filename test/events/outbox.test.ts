import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { transact } from '../../src/database/transact.ts'
import { type BrokerEvent, emit, eventId, outboxMigrations } from '../../src/events/outbox.ts'
import { withDatabase } from '../support/database.ts'
import { eventsOf } from '../support/events.ts'

const database = withDatabase({ migrations: outboxMigrations })

const event = (changes: Partial<BrokerEvent> = {}): BrokerEvent => ({
  type: 'published',
  transfer: randomUUID(),
  resource: 'resource-1',
  party: '991825827',
  role: 'Sender',
  at: new Date('2026-01-10T08:00:00Z'),
  ...changes,
})

test('an event keeps its id for ever', () => {
  const fixed = event({ transfer: '00000000-0000-4000-8000-000000000001' })
  expect(eventId(fixed)).toBe('0ba1d0ef-276b-e999-72ae-28806b22348a')
  const others = [event(), { ...fixed, role: 'Recipient' as const }, { ...fixed, about: '986252932' }]
  expect(new Set([fixed, ...others].map(eventId)).size).toBe(4)
})

test('an event that is written twice is there once, and is gone with its transaction', async () => {
  const written = event()
  await transact(database.sql, (transaction) => emit(transaction, [written, written]))
  await transact(database.sql, (transaction) => emit(transaction, [written]))
  expect(await eventsOf(database.sql, written.transfer)).toMatchObject([{ ...written, id: eventId(written) }])
  const undone = event()
  const failing = transact(database.sql, async (transaction) => {
    await emit(transaction, [undone])
    throw new Error('undo')
  })
  await expect(failing).rejects.toThrow('undo')
  expect(await eventsOf(database.sql, undone.transfer)).toEqual([])
})
