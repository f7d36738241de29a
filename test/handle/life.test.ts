import { expect, test } from 'vitest'
import { confirm } from '../../src/handle/transfer/confirm.ts'
import { openDownload } from '../../src/handle/transfer/download.ts'
import { findDetails } from '../../src/handle/transfer/find.ts'
import { detailsJson, overviewJson } from '../../src/handle/transfer/json.ts'
import { upload } from '../../src/handle/transfer/upload.ts'
import { eventsOf } from '../support/events.ts'
import {
  bench,
  bytesOf,
  grant,
  otherRecipient,
  readAll,
  recipient,
  resource,
  sender,
  text,
  textChecksum,
} from './support.ts'

const at = bench()

async function published(changes: Record<string, unknown> = {}): Promise<string> {
  const transfer = await at.make(changes)
  const uploaded = await upload(at.transfers, grant(), transfer, resource, { body: bytesOf(text) })
  expect(uploaded).toMatchObject({ kind: 'uploaded', status: 'Published', size: 41, checksum: textChecksum })
  return transfer.id
}

async function download(id: string, party: string, range?: string, now = new Date()) {
  return openDownload(at.transfers, grant({ now }), await at.read(id), { party, range })
}

test('a transfer goes from initialize to all confirmed, and everyone who is to know is told once', async () => {
  const made = await at.make()
  expect(overviewJson(made)).toMatchObject({
    fileTransferStatus: 'Initialized',
    published: null,
    fileTransferSize: 0,
    checksum: null,
  })
  await upload(at.transfers, grant(), made, resource, { body: bytesOf(text), contentLength: 41 })
  const answer = await download(made.id, recipient)
  if (answer.kind === 'problem' || answer.body === undefined) throw new Error('no download')
  expect(answer.status).toBe(200)
  expect(String(await readAll(answer.body))).toBe(text)
  expect(await confirm(at.transfers, grant(), made.id, recipient, resource)).toEqual({
    kind: 'confirmed',
    isLast: true,
  })
  const details = await findDetails(at.transfers.sql, made.id)
  expect(details?.history.map(({ status }) => status)).toEqual([
    'Initialized',
    'UploadStarted',
    'Published',
    'AllConfirmedDownloaded',
  ])
  expect(details?.recipientHistory.map(({ status }) => status)).toEqual([
    'Initialized',
    'DownloadStarted',
    'DownloadConfirmed',
  ])
  expect(details?.history[0]).toMatchObject({ vendor: '312195771', decision: expect.stringMatching(/^[0-9a-f-]{36}$/) })
  const events = await eventsOf(at.transfers.sql, made.id)
  expect(events.map(({ type, role, party }) => `${type} ${role} ${party}`)).toEqual([
    `filetransferinitialized Sender ${sender}`,
    `published Sender ${sender}`,
    `published Recipient ${recipient}`,
    `downloadconfirmed Recipient ${recipient}`,
    `downloadconfirmed Sender ${sender}`,
    `allconfirmeddownloaded Sender ${sender}`,
  ])
})

test('the JSON of overview and details is the one clients know', async () => {
  const id = await published({
    sender: `urn:altinn:organization:identifier-no:${sender}`,
    recipients: [`urn:altinn:organization:identifier-no:${recipient}`, `0192:${recipient}`],
    propertyList: { key1: 'value1' },
    resourceId: `urn:altinn:resource:${resource.id}`,
  })
  const details = await findDetails(at.transfers.sql, id)
  if (details === undefined) throw new Error('not found')
  const time = expect.stringMatching(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{0,5}[1-9])?\+00:00$/)
  expect(overviewJson(details)).toEqual({
    fileTransferId: id,
    resourceId: resource.id,
    fileName: 'input.txt',
    sendersFileTransferReference: 'test-data',
    checksum: textChecksum,
    useVirusScan: true,
    fileTransferSize: 41,
    fileTransferStatus: 'Published',
    fileTransferStatusText: 'Ready for download',
    fileTransferStatusChanged: time,
    created: time,
    expirationTime: time,
    sender: `urn:altinn:organization:identifier-no:${sender}`,
    recipients: [
      {
        recipient: `0192:${recipient}`,
        currentRecipientFileTransferStatusCode: 'Initialized',
        currentRecipientFileTransferStatusText: 'Initialized',
        currentRecipientFileTransferStatusChanged: time,
      },
    ],
    propertyList: { key1: 'value1' },
    published: time,
  })
  const json = detailsJson(details)
  expect(json).not.toHaveProperty('published')
  expect(json.fileTransferStatusHistory.at(-1)).toEqual({
    fileTransferStatus: 'Published',
    fileTransferStatusText: 'Ready for download',
    fileTransferStatusChanged: time,
  })
  expect(json.recipientFileTransferStatusHistory).toEqual([
    {
      recipient: `0192:${recipient}`,
      recipientFileTransferStatusCode: 'Initialized',
      recipientFileTransferStatusText: 'Initialized',
      recipientFileTransferStatusChanged: time,
    },
  ])
})

test('confirming follows its rules', async () => {
  const both = { recipients: [`0192:${recipient}`, `0192:${otherRecipient}`] }
  const empty = await at.make(both)
  const ask = (id: string, party: string) => confirm(at.transfers, grant(), id, party, resource)
  expect(await ask(empty.id, recipient)).toMatchObject({ code: 'BRO-00003' })
  const id = await published(both)
  expect(await ask(id, recipient)).toMatchObject({ code: 'BRO-00019' })
  expect(await ask(id, '999999999')).toMatchObject({ code: 'BRO-00006' })
  await download(id, recipient, 'bytes=0-0')
  expect(await ask(id, recipient)).toEqual({ kind: 'confirmed', isLast: false })
  const before = await findDetails(at.transfers.sql, id)
  const told = await eventsOf(at.transfers.sql, id)
  expect(await ask(id, recipient)).toEqual({ kind: 'confirmed', isLast: false })
  expect((await findDetails(at.transfers.sql, id))?.recipientHistory).toEqual(before?.recipientHistory)
  expect(await eventsOf(at.transfers.sql, id)).toEqual(told)
  expect(before?.status).toBe('Published')
  await download(id, otherRecipient)
  expect(await ask(id, otherRecipient)).toEqual({ kind: 'confirmed', isLast: true })
  expect(await ask(id, otherRecipient)).toMatchObject({ code: 'BRO-00010' })
  expect((await at.read(id)).status).toBe('AllConfirmedDownloaded')
})

test('of recipients that confirm at the same moment exactly one is the last', async () => {
  const parties = Array.from({ length: 6 }, (_, index) => `90000000${index}`)
  for (let round = 0; round < 5; round++) {
    const id = await published({ recipients: parties.map((party) => `0192:${party}`) })
    for (const party of parties) await download(id, party)
    const answers = await Promise.all(parties.map((party) => confirm(at.transfers, grant(), id, party, resource)))
    expect(answers.filter((answer) => answer.kind === 'confirmed' && answer.isLast)).toHaveLength(1)
    expect((await at.read(id)).status).toBe('AllConfirmedDownloaded')
    const last = (await eventsOf(at.transfers.sql, id)).filter(({ type }) => type === 'allconfirmeddownloaded')
    expect(last).toHaveLength(1)
  }
})

test('downloads are recorded for the recipient that was decided on, ranges at most every five minutes', async () => {
  const id = await published()
  const start = Date.now()
  const minutes = (count: number): Date => new Date(start + count * 60_000)
  const count = async (): Promise<number | undefined> =>
    (await findDetails(at.transfers.sql, id))?.recipientHistory.filter(({ status }) => status === 'DownloadStarted')
      .length
  await download(id, recipient, 'bytes=0-9', minutes(0))
  await download(id, recipient, 'bytes=10-19', minutes(1))
  expect(await count()).toBe(1)
  await download(id, recipient, 'bytes=20-', minutes(6))
  expect(await count()).toBe(2)
  await download(id, recipient, undefined, minutes(7))
  await download(id, recipient, undefined, minutes(8))
  expect(await count()).toBe(4)
  await Promise.all(Array.from({ length: 8 }, () => download(id, recipient, 'bytes=0-0', minutes(20))))
  expect(await count()).toBe(5)
  expect(await download(id, otherRecipient)).toMatchObject({ code: 'BRO-00006' })
  const { recipients } = await at.read(id)
  expect(recipients).toHaveLength(1)
  expect(Date.parse(recipients[0]?.statusChanged ?? '')).toBe(minutes(20).getTime())
  expect(recipients[0]?.status).toBe('DownloadStarted')
})

test('a download names its file exactly and can be resumed safely', async () => {
  const id = await published({ fileName: 'årsregnskap "2026"\r\n/x.zip' })
  const transfer = await at.read(id)
  const ask = (input: object) => openDownload(at.transfers, grant(), transfer, { party: recipient, ...input })
  const whole = await ask({ headersOnly: true })
  const etag = `"${textChecksum}"`
  expect(whole).toEqual({
    kind: 'download',
    status: 200,
    length: 41,
    headers: {
      'Content-Type': 'application/octet-stream',
      'Content-Disposition': `attachment; filename="_rsregnskap _2026____x.zip"; filename*=UTF-8''%C3%A5rsregnskap%20%222026%22%0D%0A%2Fx.zip`,
      'Content-Length': '41',
      'Accept-Ranges': 'bytes',
      ETag: etag,
    },
  })
  const part = await ask({ range: 'bytes=5-8', ifRange: etag })
  if (part.kind === 'problem' || part.body === undefined) throw new Error('no download')
  expect(part).toMatchObject({
    status: 206,
    length: 4,
    headers: { 'Content-Range': 'bytes 5-8/41', 'Content-Length': '4' },
  })
  expect(String(await readAll(part.body))).toBe(text.slice(5, 9))
  expect(await ask({ range: 'bytes=5-8', ifRange: '"other"', headersOnly: true })).toMatchObject({
    status: 200,
    length: 41,
  })
  expect(await ask({ range: 'bytes=41-' })).toEqual({
    kind: 'problem',
    code: 'BRO-00029',
    headers: { 'Content-Range': 'bytes */41' },
  })
})

test('a download ends when its grant is withdrawn', async () => {
  const id = await published()
  const stop = new AbortController()
  const answer = await openDownload(at.transfers, grant({ signal: stop.signal }), await at.read(id), {
    party: recipient,
  })
  if (answer.kind === 'problem' || answer.body === undefined) throw new Error('no download')
  stop.abort()
  await expect(readAll(answer.body)).rejects.toThrow()
})

test('nothing can be downloaded before it is published', async () => {
  const { id } = await at.make()
  expect(await download(id, recipient)).toMatchObject({ code: 'BRO-00007' })
})

test('histories cannot be changed, only grow or go with their transfer', async () => {
  const { id } = await at.make()
  const { sql } = at.transfers
  await expect(sql`update transfer_status set text = 'x' where transfer = ${id}`).rejects.toThrow(/never changed/)
  await expect(sql`delete from recipient_status where transfer = ${id}`).rejects.toThrow(/never changed/)
  await sql`delete from transfer where id = ${id}`
  expect(await sql`select from transfer_status where transfer = ${id}`).toHaveLength(0)
})

test('what two nodes with different clocks write is still in order', async () => {
  const { id } = await at.make()
  const behind = at.with({ clock: () => new Date(Date.now() - 60_000) })
  await upload(behind, grant(), await at.read(id), resource, { body: bytesOf(text) })
  const details = await findDetails(at.transfers.sql, id)
  expect(details?.history.map(({ status }) => status)).toEqual(['Initialized', 'UploadStarted', 'Published'])
})
