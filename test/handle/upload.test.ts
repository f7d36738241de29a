import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { problem } from '../../src/handle/problem.ts'
import { openLocalFolder } from '../../src/handle/storage/local-folder.ts'
import { openDownload } from '../../src/handle/transfer/download.ts'
import type { Transfer } from '../../src/handle/transfer/find.ts'
import { sweep } from '../../src/handle/transfer/sweep.ts'
import type { Transfers } from '../../src/handle/transfer/transfers.ts'
import { type UploadInput, upload } from '../../src/handle/transfer/upload.ts'
import { eventsOf } from '../support/events.ts'
import {
  bench,
  bytesOf,
  fed,
  grant,
  pieces,
  readAll,
  recipient,
  resource,
  text,
  textChecksum,
  until,
} from './support.ts'

const at = bench(12)
const md5 = (bytes: Uint8Array): string => createHash('md5').update(bytes).digest('hex')
const send = (transfer: Transfer, input: UploadInput, transfers: Transfers = at.transfers) =>
  upload(transfers, grant(), transfer, resource, input)

async function contents(id: string): Promise<Buffer> {
  const answer = await openDownload(at.transfers, grant(), await at.read(id), { party: recipient })
  if (answer.kind === 'problem' || answer.body === undefined) throw new Error('no download')
  return readAll(answer.body)
}

async function eventTypes(id: string): Promise<readonly string[]> {
  return (await eventsOf(at.transfers.sql, id)).map(({ type }) => type)
}

/** No blob of this transfer is left but the one it has. */
async function expectTidy(id: string): Promise<void> {
  const { blob } = await at.read(id)
  const rows = await at.transfers.sql<{ id: string; state: string }[]>`
    select id, state from upload_attempt where transfer = ${id}`
  const files = await at.files()
  for (const row of rows) {
    expect(row.state).toBe(row.id === blob ? 'won' : 'gone')
    expect(files.filter((name) => name.startsWith(row.id))).toEqual(row.id === blob ? [row.id] : [])
  }
}

test('a large body of uneven chunks arrives byte for byte', async () => {
  const { parts, whole } = pieces(70, 65_537)
  const transfer = await at.make({ checksum: md5(whole) })
  expect(await send(transfer, { body: bytesOf(...parts) })).toMatchObject({ kind: 'uploaded', size: whole.byteLength })
  expect((await contents(transfer.id)).equals(whole)).toBe(true)
  await expectTidy(transfer.id)
})

test('thousands of tiny chunks and an empty body are files too', async () => {
  const tiny = await at.make()
  const { parts, whole } = pieces(3000, 3)
  expect(await send(tiny, { body: bytesOf(...parts) })).toMatchObject({ kind: 'uploaded', checksum: md5(whole) })
  expect((await contents(tiny.id)).equals(whole)).toBe(true)
  const empty = await at.make()
  expect(await send(empty, { body: bytesOf(), contentLength: 0 })).toMatchObject({ kind: 'uploaded', size: 0 })
  expect((await contents(empty.id)).byteLength).toBe(0)
})

test('a checksum that does not match fails the transfer and leaves no file', async () => {
  const transfer = await at.make({ checksum: '0'.repeat(32) })
  expect(await send(transfer, { body: bytesOf(text) })).toMatchObject({ code: 'BRO-00009' })
  expect(await at.read(transfer.id)).toMatchObject({ status: 'Failed', statusText: 'Checksum mismatch', blob: null })
  expect(await eventTypes(transfer.id)).toEqual(['filetransferinitialized', 'uploadfailed'])
  await expectTidy(transfer.id)
  expect(await send(await at.read(transfer.id), { body: bytesOf(text) })).toMatchObject({ code: 'BRO-00004' })
})

test('a published transfer takes no second file, also when the caller knew it from before', async () => {
  const transfer = await at.make()
  await send(transfer, { body: bytesOf(text) })
  expect(await send(transfer, { body: bytesOf('other') })).toMatchObject({ code: 'BRO-00004' })
  expect(await send(await at.read(transfer.id), { body: bytesOf('other') })).toMatchObject({ code: 'BRO-00004' })
  expect(String(await contents(transfer.id))).toBe(text)
})

test.each([
  ['known length above the limit of the resource', { contentLength: 41 }, 10, 'Initialized'],
  ['unknown length above the limit of the resource', {}, 10, 'UploadStarted'],
  ['unknown length, one byte too many', {}, 40, 'UploadStarted'],
])('%s is refused', async (_, announced, maxFileTransferSize, status) => {
  const transfer = await at.make()
  const limited = { ...resource, maxFileTransferSize }
  const answer = await upload(at.transfers, grant(), transfer, limited, { body: bytesOf(text), ...announced })
  expect(answer).toMatchObject({ code: 'BRO-00016' })
  expect((await at.read(transfer.id)).status).toBe(status)
  await expectTidy(transfer.id)
  const fitting = { ...resource, maxFileTransferSize: 41 }
  expect(await upload(at.transfers, grant(), transfer, fitting, { body: bytesOf(text) })).toMatchObject({
    kind: 'uploaded',
  })
})

const { owner: _, ...ownerless } = resource

test.each([
  [undefined, 'BRO-00005'],
  [ownerless, 'BRO-00005'],
  [{ ...resource, configured: false }, 'BRO-00025'],
  [{ ...resource, ownerIsRegistered: false }, 'BRO-00002'],
])('the resource %j takes no files', async (rules, code) => {
  const transfer = await at.make()
  expect(await upload(at.transfers, grant(), transfer, rules, { body: bytesOf(text) })).toMatchObject({ code })
})

test('of parallel uploads one wins whole, and the losers harm nothing', async () => {
  const transfer = await at.make()
  const bodies = Array.from({ length: 5 }, () => pieces(40, 50_000))
  const feeds = bodies.map(() => fed())
  const answers = feeds.map(({ body }) => send(transfer, { body }))
  for (let index = 0; index < 40; index++) {
    for (const [feed, { parts }] of feeds.map((each, at) => [each, bodies[at]!] as const)) feed.send(parts[index]!)
    if (index % 10 === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  for (const feed of feeds) feed.end()
  const outcomes = await Promise.all(answers)
  const winners = outcomes.flatMap((outcome, index) => (outcome.kind === 'uploaded' ? [index] : []))
  expect(winners).toHaveLength(1)
  expect(outcomes.filter((outcome) => outcome.kind === 'problem' && outcome.code === 'BRO-00004')).toHaveLength(4)
  expect((await contents(transfer.id)).equals(bodies[winners[0]!]!.whole)).toBe(true)
  expect((await eventTypes(transfer.id)).filter((type) => type === 'published')).toHaveLength(2)
  await expectTidy(transfer.id)
})

test('a slow upload learns that another has won while it waits', async () => {
  const transfers = at.with({ patience: { attemptLife: 300 } })
  const transfer = await at.make()
  const slow = fed()
  const losing = send(transfer, { body: slow.body }, transfers)
  slow.send(Buffer.from('half'))
  await until(async () => (await at.read(transfer.id)).status === 'UploadStarted')
  expect(await send(transfer, { body: bytesOf(text) })).toMatchObject({ kind: 'uploaded' })
  expect(await losing).toMatchObject({ code: 'BRO-00004' })
  expect(String(await contents(transfer.id))).toBe(text)
  await expectTidy(transfer.id)
})

test('a wrong checksum does not take the transfer from another upload under way', async () => {
  const transfer = await at.make({ checksum: textChecksum })
  const right = fed()
  const winning = send(transfer, { body: right.body })
  right.send(Buffer.from(text.slice(0, 10)))
  await until(async () => (await at.read(transfer.id)).status === 'UploadStarted')
  expect(await send(transfer, { body: bytesOf('something else') })).toMatchObject({ code: 'BRO-00009' })
  expect((await at.read(transfer.id)).status).toBe('UploadStarted')
  right.send(Buffer.from(text.slice(10)))
  right.end()
  expect(await winning).toMatchObject({ kind: 'uploaded', checksum: textChecksum })
  await expectTidy(transfer.id)
})

test('a broken connection leaves the transfer to be tried again', async () => {
  const transfer = await at.make()
  const broken = fed()
  const answer = send(transfer, { body: broken.body })
  broken.send(Buffer.alloc(2_000_000))
  broken.fail()
  expect(await answer).toMatchObject({ code: 'PVK-00018', detail: expect.stringContaining('ECONNRESET') })
  expect(await send(transfer, { body: bytesOf('short'), contentLength: 41 })).toMatchObject({ code: 'PVK-00018' })
  expect((await at.read(transfer.id)).status).toBe('UploadStarted')
  expect(await send(await at.read(transfer.id), { body: bytesOf(text) })).toMatchObject({ kind: 'uploaded' })
  expect(await eventTypes(transfer.id)).not.toContain('uploadfailed')
  await expectTidy(transfer.id)
})

test('a body that drips or stops is given up', async () => {
  const transfers = at.with({ patience: { stallAfter: 150, minimumBytes: 1000 } })
  const transfer = await at.make()
  const silent = fed()
  expect(await send(transfer, { body: silent.body }, transfers)).toMatchObject({ code: 'PVK-00018' })
  const dripping = fed()
  const timer = setInterval(() => dripping.send(Buffer.from('.')), 20)
  expect(await send(transfer, { body: dripping.body }, transfers)).toMatchObject({ code: 'PVK-00018' })
  clearInterval(timer)
  expect((await at.read(transfer.id)).status).toBe('UploadStarted')
  await expectTidy(transfer.id)
})

test('an upload stops when its grant is withdrawn, with the answer the withdrawal names', async () => {
  const transfer = await at.make()
  for (const [reason, code] of [
    [problem('BRO-00006'), 'BRO-00006'],
    [new Error('shutdown'), 'PVK-00012'],
  ] as const) {
    const stop = new AbortController()
    const endless = fed()
    const answer = upload(at.transfers, grant({ signal: stop.signal }), transfer, resource, { body: endless.body })
    endless.send(Buffer.from('first'))
    await until(async () => (await at.read(transfer.id)).status === 'UploadStarted')
    stop.abort(reason)
    expect(await answer).toMatchObject({ code })
  }
  await expectTidy(transfer.id)
})

test('when storage breaks the transfer fails and says so', async () => {
  const transfer = await at.make()
  const { store } = at.transfers
  const breaking: Transfers = at.with({
    store: {
      ...store,
      begin: async (blob) => {
        const draft = await store.begin(blob)
        await draft.close() // the next write meets a closed file
        return draft
      },
    },
  })
  expect(await send(transfer, { body: bytesOf(text) }, breaking)).toMatchObject({ code: 'BRO-00008' })
  expect(await at.read(transfer.id)).toMatchObject({
    status: 'Failed',
    statusText: 'Error occurred while uploading fileTransfer',
  })
  expect(await eventTypes(transfer.id)).toContain('uploadfailed')
  await expectTidy(transfer.id)
})

test('an upload that was taken for dead cannot come back', async () => {
  const transfer = await at.make()
  const frozen = fed()
  const answer = send(transfer, { body: frozen.body })
  frozen.send(Buffer.alloc(1_500_000))
  await until(async () => (await at.read(transfer.id)).status === 'UploadStarted')
  const report = await sweep(at.transfers, new Date(Date.now() + 3_600_000))
  expect(report).toMatchObject({ abandoned: 1, blobsDeleted: 1 })
  frozen.send(Buffer.from(text))
  frozen.end()
  expect(await answer).toMatchObject({ code: 'PVK-00012' })
  expect((await at.read(transfer.id)).status).toBe('UploadStarted')
  await expectTidy(transfer.id)
})

/* A disk that is full: a real, small one. Only a system where we may mount has it. */
const smallDisk = mkdtempSync(join(tmpdir(), 'portvakt-disk-'))
const mounted = mountSmallDisk()

function mountSmallDisk(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'none', smallDisk], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

afterAll(() => {
  if (mounted) execFileSync('umount', ['-l', smallDisk])
  rmSync(smallDisk, { recursive: true, force: true })
})

test.skipIf(!mounted)('a full disk is 507 and leaves nothing half-written (needs the right to mount)', async () => {
  const transfers = at.with({ store: await openLocalFolder(join(smallDisk, 'files')) })
  const transfer = await at.make()
  expect(await send(transfer, { body: bytesOf(Buffer.alloc(3_000_000)) }, transfers)).toMatchObject({
    code: 'PVK-00019',
  })
  expect(await send(transfer, { body: bytesOf(), contentLength: 3_000_000 }, transfers)).toMatchObject({
    code: 'PVK-00019',
  })
  expect((await at.read(transfer.id)).status).toBe('UploadStarted')
  expect(await transfers.store.free()).toBeGreaterThan(1_900_000)
  expect(await send(transfer, { body: bytesOf(text) }, transfers)).toMatchObject({ kind: 'uploaded' })
})
