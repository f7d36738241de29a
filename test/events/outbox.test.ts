import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { transact } from '../../src/database/transact.ts'
import { type BrokerEvent, emit, eventId, eventsOf, outboxMigrations, takeEvents } from '../../src/events/outbox.ts'
import { withDatabase } from '../support/database.ts'

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

test('takers share the events, each taken once, and a taker that fails leaves its own', async () => {
  const { sql } = database
  await transact(sql, (transaction) => takeEvents(transaction, 1000))
  const events = Array.from({ length: 40 }, () => event())
  await transact(sql, (transaction) => emit(transaction, events))
  const failing = transact(sql, async (transaction) => {
    expect(await takeEvents(transaction, 10)).toHaveLength(10)
    throw new Error('undo')
  })
  await expect(failing).rejects.toThrow('undo')
  const taken = await Promise.all(
    Array.from({ length: 4 }, () => transact(sql, (transaction) => takeEvents(transaction, 10))),
  )
  expect(new Set(taken.flat().map(({ id }) => id))).toEqual(new Set(events.map(eventId)))
  const [first = []] = taken
  expect(first.map(({ sequence }) => sequence)).toEqual(first.map(({ sequence }) => sequence).sort((a, b) => a - b))
})
