import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { transact } from '../../src/database/transact.ts'
import { findDetails } from '../../src/handle/transfer/find.ts'
import { lockTransfer, move } from '../../src/handle/transfer/move.ts'
import { higherOf, recipientStatuses, transferStatuses, transitionOf } from '../../src/handle/transfer/status.ts'
import { eventsOf } from '../support/events.ts'
import { bench, otherRecipient, recipient } from './support.ts'

const at = bench()

/** From the left to the right: what may follow (broker API 2.1). */
const follows: Record<string, readonly string[]> = {
  New: ['Initialized'],
  Initialized: ['UploadStarted', 'Purged'],
  UploadStarted: ['UploadStarted', 'UploadProcessing', 'Published', 'Purged', 'Failed'],
  UploadProcessing: ['Published', 'Purged', 'Failed'],
  Published: ['AllConfirmedDownloaded', 'Purged'],
  Cancelled: ['Purged'],
  AllConfirmedDownloaded: ['Purged'],
  Purged: [],
  Failed: ['Purged'],
}

test.each(Object.entries(follows))('after %s may come %j and nothing else', (from, expected) => {
  const start = from === 'New' ? 'New' : transferStatuses.find((status) => status === from)
  if (start === undefined) throw new Error(from)
  expect(transferStatuses.filter((to) => transitionOf(start, to) !== undefined)).toEqual(expected)
})

test('statuses keep the numbers that clients use', () => {
  expect(Object.entries(transferStatuses).map(([number, name]) => `${number} ${name}`)).toEqual([
    '0 Initialized',
    '1 UploadStarted',
    '2 UploadProcessing',
    '3 Published',
    '4 Cancelled',
    '5 AllConfirmedDownloaded',
    '6 Purged',
    '7 Failed',
  ])
  expect(recipientStatuses.reduce((highest, status) => higherOf(status, highest))).toBe('DownloadConfirmed')
})

test('in the database every pair of states is moved or refused as the table says, whole or not at all', async () => {
  const { sql } = at.transfers
  for (const from of transferStatuses) {
    const { id } = await at.make({ recipients: [`0192:${recipient}`, `0192:${otherRecipient}`] })
    const before = await eventsOf(sql, id)
    for (const to of transferStatuses) {
      const undo = new Error('undo')
      const attempt = transact(sql, async (transaction) => {
        await transaction`
          update transfer set blob = gen_random_uuid(), size = 1, computed_checksum = ${'0'.repeat(32)}, published = created,
            status = ${from} where id = ${id}`
        const transfer = await lockTransfer(transaction, id)
        const isMoved =
          transfer !== undefined && (await move(transaction, transfer, { to, at: new Date(), text: 'why' }))
        const [row] = await transaction<{ status: string; rows: number; text: string | null }[]>`
          select status, status_text as text, (select count(*) from transfer_status where transfer = ${id}) as rows
            from transfer where id = ${id}`
        expect(isMoved).toBe(follows[from]?.includes(to))
        expect(row).toEqual(isMoved ? { status: to, rows: 2, text: 'why' } : { status: from, rows: 1, text: null })
        const tells = transitionOf(from, to)?.tells ?? []
        const told = new Set((await eventsOf(transaction, id)).slice(before.length).map(({ type }) => type))
        expect([...told]).toEqual(tells.map(({ type }) => type))
        throw undo
      })
      await expect(attempt).rejects.toBe(undo)
    }
    expect(await eventsOf(sql, id)).toEqual(before)
    expect((await findDetails(sql, id))?.status).toBe('Initialized')
  }
})

test('one file writes statuses', () => {
  const folder = join(import.meta.dirname, '../../src/handle')
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.ts'))
  const writes = /insert into (transfer|recipient)_status|update transfer(_recipient)?\s+set\s+status/
  const writers = files.filter((name) => writes.test(readFileSync(join(folder, name), 'utf8')))
  // initialize.ts inserts the recipients' first rows; everything later goes through move.ts.
  expect(writers.sort()).toEqual(['transfer/initialize.ts', 'transfer/move.ts'])
})
