import { expect, test } from 'vitest'
import { confirm } from '../../src/handle/transfer/confirm.ts'
import { openDownload } from '../../src/handle/transfer/download.ts'
import type { Transfer } from '../../src/handle/transfer/find.ts'
import { sweep, sweepOrphans } from '../../src/handle/transfer/sweep.ts'
import type { BrokerResource } from '../../src/handle/transfer/transfers.ts'
import { upload } from '../../src/handle/transfer/upload.ts'
import { eventsOf } from '../support/events.ts'
import {
  bench,
  bytesOf,
  fed,
  grant,
  otherRecipient,
  readAll,
  recipient,
  resource,
  sender,
  text,
  until,
} from './support.ts'

const at = bench()
const hours = (count: number): Date => new Date(Date.now() + count * 3_600_000)
const both = { recipients: [`0192:${recipient}`, `0192:${otherRecipient}`] }

async function published(changes: Record<string, unknown> = {}, rules = resource): Promise<Transfer> {
  const made = await at.make(changes, at.transfers, rules)
  await upload(at.transfers, grant(), made, rules, { body: bytesOf(text) })
  return at.read(made.id)
}

async function confirmed(rules: BrokerResource): Promise<Transfer> {
  const transfer = await published({}, rules)
  await openDownload(at.transfers, grant(), transfer, { party: recipient, range: 'bytes=0-0' })
  await confirm(at.transfers, grant(), transfer.id, recipient, rules)
  return transfer
}

const statusOf = async (id: string): Promise<string> => (await at.read(id)).status
const isStored = async ({ blob }: Transfer): Promise<boolean> => (await at.files()).some((name) => name === blob)

async function told(id: string): Promise<readonly string[]> {
  const events = await eventsOf(at.transfers.sql, id)
  return events.flatMap(({ type, party }) => (/purged|never/.test(type) ? [`${type} ${party}`] : []))
}

test('at expiry a file goes, and whoever never fetched it is told', async () => {
  const transfer = await published(both)
  await openDownload(at.transfers, grant(), transfer, { party: recipient, range: 'bytes=0-0' })
  await confirm(at.transfers, grant(), transfer.id, recipient, resource)
  await sweep(at.transfers, hours(29 * 24))
  expect([await statusOf(transfer.id), await isStored(transfer)]).toEqual(['Published', true])
  await sweep(at.transfers, hours(31 * 24))
  expect([await statusOf(transfer.id), await isStored(transfer)]).toEqual(['Purged', false])
  const expected = [
    `filepurged ${sender}`,
    `fileneverconfirmeddownloaded ${otherRecipient}`,
    `fileneverconfirmeddownloaded ${sender}`,
  ]
  expect(await told(transfer.id)).toEqual(expected)
  expect(await sweep(at.transfers, hours(32 * 24))).toMatchObject({ purged: 0, blobsDeleted: 0 })
  expect(await told(transfer.id)).toEqual(expected)
  const gone = await openDownload(at.transfers, grant(), transfer, { party: recipient })
  expect(gone).toMatchObject({ code: 'BRO-00007' })
  expect(await confirm(at.transfers, grant(), transfer.id, otherRecipient, resource)).toMatchObject({
    code: 'BRO-00010',
  })
})

test('a transfer that never had a file tells nobody that it was not fetched', async () => {
  const made = await at.make()
  const failed = await at.make({ checksum: '0'.repeat(32) })
  await upload(at.transfers, grant(), failed, resource, { body: bytesOf(text) })
  await sweep(at.transfers, hours(31 * 24))
  expect(await told(made.id)).toEqual([`filepurged ${sender}`])
  expect(await told(failed.id)).toEqual([`filepurged ${sender}`])
})

/** Rules, hours after which it is still there, hours after which it is gone. */
test.each([
  ['grace unset', resource, 1.9, 2.1],
  ['grace 12 h', { ...resource, purgeGracePeriod: 12 * 3600 }, 11.9, 12.1],
  ['grace 0', { ...resource, purgeGracePeriod: 0 }, undefined, 0.01],
  ['no purge after confirmation', { ...resource, purgeAfterAllConfirmed: false }, 29 * 24, 31 * 24],
  ['grace beyond expiry', { ...resource, timeToLive: 3600, purgeGracePeriod: 24 * 3600 }, 23.9, 24.1],
])('once all have confirmed: %s', async (_, rules, there, gone) => {
  const transfer = await confirmed(rules)
  if (there !== undefined) {
    await sweep(at.transfers, hours(there))
    expect([await statusOf(transfer.id), await isStored(transfer)]).toEqual(['AllConfirmedDownloaded', true])
  }
  await sweep(at.transfers, hours(gone))
  expect([await statusOf(transfer.id), await isStored(transfer)]).toEqual(['Purged', false])
  expect(await told(transfer.id)).toEqual([`filepurged ${sender}`])
})

test('a download that was open before the purge still ends well', async () => {
  const transfer = await published()
  const answer = await openDownload(at.transfers, grant(), transfer, { party: recipient })
  if (answer.kind === 'problem' || answer.body === undefined) throw new Error('no download')
  await sweep(at.transfers, hours(31 * 24))
  expect(String(await readAll(answer.body))).toBe(text)
})

test('an upload that nobody finishes fails after 24 hours, one under way does not', async () => {
  const broken = await at.make()
  await upload(at.transfers, grant(), broken, resource, { body: bytesOf(text), contentLength: 99 })
  const patient = at.with({ patience: { attemptLife: 48 * 3_600_000 } })
  const running = await at.make()
  const slow = fed()
  const answer = upload(patient, grant(), running, resource, { body: slow.body })
  await until(async () => (await statusOf(running.id)) === 'UploadStarted')
  await sweep(at.transfers, hours(23))
  expect(await statusOf(broken.id)).toBe('UploadStarted')
  await sweep(at.transfers, hours(25))
  expect(await at.read(broken.id)).toMatchObject({
    status: 'Failed',
    statusText: expect.stringContaining('UploadStarted'),
  })
  expect((await eventsOf(at.transfers.sql, broken.id)).at(-1)).toMatchObject({ type: 'uploadfailed', party: sender })
  slow.send(Buffer.from(text))
  slow.end()
  expect(await answer).toMatchObject({ kind: 'uploaded' })
})

test('a file that cannot be deleted is tried again, after the purge', async () => {
  const transfer = await published()
  const { store } = at.transfers
  const stubborn = at.with({ store: { ...store, delete: () => Promise.reject(new Error('EBUSY')) } })
  expect(await sweep(stubborn, hours(31 * 24))).toMatchObject({ blobsLeft: expect.any(Number) })
  expect([await statusOf(transfer.id), await isStored(transfer)]).toEqual(['Purged', true])
  await sweep(at.transfers, hours(31 * 24))
  expect(await isStored(transfer)).toBe(false)
})

test('a file that is missing already does not keep a transfer from being purged', async () => {
  const transfer = await published()
  await at.transfers.store.delete(transfer.blob ?? '')
  await expect(openDownload(at.transfers, grant(), transfer, { party: recipient })).rejects.toThrow(/missing/)
  await sweep(at.transfers, hours(31 * 24))
  expect(await statusOf(transfer.id)).toBe('Purged')
})

test('files that no attempt accounts for are deleted, all others stay', async () => {
  const transfer = await published()
  const orphan = at.transfers.newId()
  const draft = await at.transfers.store.begin(orphan)
  await draft.write(0, [Buffer.from('left behind')])
  await draft.close()
  const slow = fed()
  const running = await at.make()
  const answer = upload(at.transfers, grant(), running, resource, { body: slow.body })
  slow.send(Buffer.from(text))
  await until(async () => (await statusOf(running.id)) === 'UploadStarted')
  expect(await sweepOrphans(at.transfers)).toBe(1)
  expect((await at.files()).some((name) => name.startsWith(orphan))).toBe(false)
  slow.end()
  expect(await answer).toMatchObject({ kind: 'uploaded' })
  expect(await isStored(transfer)).toBe(true)
})
