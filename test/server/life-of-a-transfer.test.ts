/** One transfer from the first request to the last: the broker's contract, sections 1.4 to 1.11, scenarios 8.1 and 8.7. */
import { createHash, randomBytes } from 'node:crypto'
import { beforeAll, expect, test } from 'vitest'
import {
  initialisation,
  initialise,
  makeResource,
  mintCast,
  octets,
  organisations,
  paths,
  registerOwner,
  scopes,
  uploadFile,
  withGateway,
} from '../support/gateway.ts'

const gateway = withGateway()
const resource = 'life-of-a-transfer'
let cast: Awaited<ReturnType<typeof mintCast>>

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
  await makeResource(gateway, cast.owner, resource)
})

const path = (id: string, more = ''): string => `${paths.transfers}/${id}${more}`
const text = 'This is the contents of the uploaded file'
const md5 = (bytes: string | Uint8Array): string => createHash('md5').update(bytes).digest('hex')
const { sender, recipient, second } = organisations

test('a file goes from sender to recipient, and everyone sees how far it is (8.1, 1 to 7)', async () => {
  const propertyList = Object.fromEntries(
    Array.from({ length: 10 }, (_, index) => [`SuperProperty${String(index + 1).padStart(2, '0')}`, 'BLAHBLAHBLAH']),
  )
  const id = await initialise(gateway, cast.sender, resource, { propertyList })
  const before = await gateway.call('GET', path(id), { token: cast.sender })
  expect(before.json).toMatchObject({
    fileTransferId: id,
    resourceId: resource,
    fileName: 'input.txt',
    sendersFileTransferReference: 'test-data',
    checksum: null,
    fileTransferSize: 0,
    fileTransferStatus: 'Initialized',
    fileTransferStatusText: 'Ready for upload',
    sender: `0192:${sender}`,
    propertyList,
    published: null,
  })
  await uploadFile(gateway, cast.sender, id, text)
  const published = await gateway.call('GET', path(id), { token: cast.recipient })
  expect(published.json).toMatchObject({
    fileTransferStatus: 'Published',
    fileTransferStatusText: 'Ready for download',
    fileTransferSize: 41,
    checksum: md5(text),
    recipients: [{ recipient: `0192:${recipient}`, currentRecipientFileTransferStatusCode: 'Initialized' }],
  })
  expect(Date.parse(published.json.published)).toBeGreaterThan(Date.parse('2026-01-01'))

  const download = await gateway.call('GET', path(id, '/download'), { token: cast.recipient })
  expect(download.status).toBe(200)
  expect(download.text).toBe(text)
  expect(Object.fromEntries(download.headers)).toMatchObject({
    'content-type': 'application/octet-stream',
    'content-length': '41',
    'accept-ranges': 'bytes',
    'content-disposition': expect.stringMatching(/^attachment; filename=.*input\.txt/),
  })
  const started = await gateway.call('GET', path(id, '/details'), { token: cast.sender })
  expect(started.json.fileTransferStatus).toBe('Published')
  expect(started.json).not.toHaveProperty('published')
  expect(codes(started.json)).toEqual(['Initialized', 'DownloadStarted'])

  const confirmed = await gateway.call('POST', path(id, '/confirmdownload'), { token: cast.recipient })
  expect(confirmed.status).toBe(204)
  expect(confirmed.bytes.length).toBe(0)
  const after = await gateway.call('GET', path(id, '/details'), { token: cast.sender })
  expect(after.json.fileTransferStatus).toBe('AllConfirmedDownloaded')
  expect(codes(after.json)).toEqual(['Initialized', 'DownloadStarted', 'DownloadConfirmed'])
  expect(
    after.json.fileTransferStatusHistory.map((row: { fileTransferStatus: string }) => row.fileTransferStatus),
  ).toEqual(['Initialized', 'UploadStarted', 'Published', 'AllConfirmedDownloaded'])
  const again = await gateway.call('GET', path(id, '/download'), { token: cast.recipient })
  expect(again.text).toBe(text)
  const late = await gateway.call('POST', path(id, '/confirmdownload'), { token: cast.recipient })
  expect(late).toMatchObject({ status: 400, json: { code: 'BRO-00010' } })
})

const codes = (details: {
  readonly recipientFileTransferStatusHistory: readonly { readonly recipientFileTransferStatusCode: string }[]
}) => details.recipientFileTransferStatusHistory.map((row) => row.recipientFileTransferStatusCode)

test('every recipient confirms for itself, once (1.11)', async () => {
  const id = await initialise(gateway, cast.sender, resource, { recipients: [`0192:${recipient}`, `0192:${second}`] })
  expect(await gateway.call('POST', path(id, '/confirmdownload'), { token: cast.recipient })).toMatchObject({
    status: 400,
    json: { code: 'BRO-00003' },
  })
  await uploadFile(gateway, cast.sender, id, text)
  expect(await gateway.call('POST', path(id, '/confirmdownload'), { token: cast.recipient })).toMatchObject({
    status: 400,
    json: { code: 'BRO-00019' },
  })
  for (const token of [cast.recipient, cast.second]) {
    expect((await gateway.call('GET', path(id, '/download'), { token })).status).toBe(200)
    expect((await gateway.call('POST', path(id, '/confirmdownload'), { token })).status).toBe(204)
    if (token === cast.recipient) {
      expect((await gateway.call('POST', path(id, '/confirmdownload'), { token })).status).toBe(204)
      expect((await gateway.call('GET', path(id), { token })).json.fileTransferStatus).toBe('Published')
    }
  }
  expect((await gateway.call('GET', path(id), { token: cast.sender })).json.fileTransferStatus).toBe(
    'AllConfirmedDownloaded',
  )
})

test('both last confirmations at once close the transfer (9.2, 4)', async () => {
  for (let round = 0; round < 5; round++) {
    const id = await initialise(gateway, cast.sender, resource, { recipients: [`0192:${recipient}`, `0192:${second}`] })
    await uploadFile(gateway, cast.sender, id, text)
    const both = [cast.recipient, cast.second]
    await Promise.all(both.map((token) => gateway.call('GET', path(id, '/download'), { token })))
    const confirmed = await Promise.all(
      both.map((token) => gateway.call('POST', path(id, '/confirmdownload'), { token })),
    )
    expect(confirmed.map(({ status }) => status)).toEqual([204, 204])
    expect((await gateway.call('GET', path(id), { token: cast.sender })).json.fileTransferStatus).toBe(
      'AllConfirmedDownloaded',
    )
  }
})

interface RangeCase {
  readonly range: string
  readonly status: 200 | 206 | 416
  readonly contentRange?: string
  readonly body?: string
}

const ten = '0123456789'
const ranges: readonly RangeCase[] = [
  { range: 'bytes=0-3', status: 206, contentRange: 'bytes 0-3/10', body: '0123' },
  { range: 'BYTES=7-', status: 206, contentRange: 'bytes 7-9/10', body: '789' },
  { range: 'bytes=-2', status: 206, contentRange: 'bytes 8-9/10', body: '89' },
  { range: 'bytes=5-5000', status: 206, contentRange: 'bytes 5-9/10', body: '56789' },
  { range: 'bytes=-50', status: 206, contentRange: 'bytes 0-9/10', body: ten },
  { range: 'bytes=10-', status: 416, contentRange: 'bytes */10' },
  { range: 'bytes=-0', status: 416, contentRange: 'bytes */10' },
  { range: 'bytes=abc', status: 200, body: ten },
  { range: 'bytes=9-2', status: 200, body: ten },
  { range: 'items=0-9', status: 200, body: ten },
  { range: 'bytes=0-1,3-4', status: 200, body: ten },
]

test('parts of a file (1.10), and the head of it alone', async () => {
  const id = await initialise(gateway, cast.sender, resource)
  await uploadFile(gateway, cast.sender, id, ten)
  for (const { range, status, contentRange, body } of ranges) {
    const answered = await gateway.call('GET', path(id, '/download'), { token: cast.recipient, headers: { range } })
    expect(answered.status, range).toBe(status)
    expect(answered.headers.get('content-range'), range).toBe(contentRange ?? null)
    if (body === undefined) expect(answered.json.code).toBe('BRO-00029')
    else expect(answered.text, range).toBe(body)
  }
  const head = await gateway.call('HEAD', path(id, '/download'), { token: cast.recipient })
  expect(head).toMatchObject({ status: 200, text: '' })
  expect(head.headers.get('content-length')).toBe('10')
  const stale = await gateway.call('GET', path(id, '/download'), {
    token: cast.recipient,
    headers: { range: 'bytes=0-3', 'if-range': '"another file"' },
  })
  expect(stale).toMatchObject({ status: 200, text: ten })
  expect(
    (await gateway.call('GET', path(id, '/download'), { token: cast.stranger, headers: { range: 'bytes=0-3' } }))
      .status,
  ).toBe(401)
  expect((await gateway.call('HEAD', path(id, '/download'), { token: cast.stranger })).status).toBe(401)
  expect((await gateway.call('HEAD', path(id, '/download'))).status).toBe(401)
})

test('an empty file is a file; any range of it is not (3.1)', async () => {
  const id = await initialise(gateway, cast.sender, resource)
  await uploadFile(gateway, cast.sender, id, '')
  const whole = await gateway.call('GET', path(id, '/download'), { token: cast.recipient })
  expect(whole).toMatchObject({ status: 200, text: '' })
  expect(
    await gateway.call('GET', path(id, '/download'), { token: cast.recipient, headers: { range: 'bytes=0-0' } }),
  ).toMatchObject({
    status: 416,
    json: { code: 'BRO-00029' },
  })
})

test('checksums: given and kept, computed when not given, and refused when wrong (8.5, 63 to 70)', async () => {
  const right = await initialise(gateway, cast.sender, resource, { checksum: md5(text) })
  await uploadFile(gateway, cast.sender, right, text)
  expect((await gateway.call('GET', path(right), { token: cast.sender })).json.checksum).toBe(md5(text))

  const wrong = await initialise(gateway, cast.sender, resource, { checksum: md5('NOT THE CONTENTS OF UPLOADED FILE') })
  const upload = () => gateway.call('POST', path(wrong, '/upload'), { token: cast.sender, body: text, headers: octets })
  expect(await upload()).toMatchObject({ status: 400, json: { code: 'BRO-00009' } })
  const failed = await gateway.call('GET', path(wrong), { token: cast.sender })
  expect(failed.json).toMatchObject({ fileTransferStatus: 'Failed', fileTransferStatusText: 'Checksum mismatch' })
  expect(await gateway.call('GET', path(wrong, '/download'), { token: cast.recipient })).toMatchObject({
    status: 403,
    json: { code: 'BRO-00007' },
  })
  expect(await upload()).toMatchObject({ status: 409, json: { code: 'BRO-00004' } })
})

test('uploads at once: one wins, the others harm nothing (9.2, 1)', async () => {
  const id = await initialise(gateway, cast.sender, resource)
  const bodies = Array.from({ length: 6 }, (_, index) => Buffer.alloc(300_000, index + 1))
  const answers = await Promise.all(
    bodies.map((body) => gateway.call('POST', path(id, '/upload'), { token: cast.sender, body, headers: octets })),
  )
  const won = answers.flatMap(({ status }, index) => (status === 200 ? [index] : []))
  expect(won).toHaveLength(1)
  expect(answers.filter(({ status }) => status === 409)).toHaveLength(5)
  const { bytes } = await gateway.call('GET', path(id, '/download'), { token: cast.recipient })
  expect(bytes.equals(bodies[won[0]!]!)).toBe(true)
})

test('a body of unknown length is counted as it comes (9.2, 2); one that is announced as too long is not read', async () => {
  await makeResource(gateway, cast.owner, 'small-files', { settings: { maxFileTransferSize: 100_000 } })
  const stream = (size: number) =>
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (let sent = 0; sent < size; sent += 50_000)
          controller.enqueue(new Uint8Array(Math.min(50_000, size - sent)))
        controller.close()
      },
    })
  const fits = await initialise(gateway, cast.sender, 'small-files')
  expect(
    (await gateway.call('POST', path(fits, '/upload'), { token: cast.sender, body: stream(100_000), headers: octets }))
      .status,
  ).toBe(200)
  const large = await initialise(gateway, cast.sender, 'small-files')
  for (const body of [stream(100_001), new Uint8Array(100_001)]) {
    const answered = await gateway.call('POST', path(large, '/upload'), { token: cast.sender, body, headers: octets })
    expect(answered).toMatchObject({ status: 400, json: { code: 'BRO-00016', detail: 'File size exceeds maximum' } })
  }
  await uploadFile(gateway, cast.sender, large, 'small enough')
})

test('a large file keeps every byte', async () => {
  const id = await initialise(gateway, cast.sender, resource, { fileName: 'ærlig "stor" fil.bin' })
  const bytes = randomBytes(12_345_678)
  await uploadFile(gateway, cast.sender, id, bytes)
  const download = await gateway.call('GET', path(id, '/download'), { token: cast.recipient })
  expect(download.bytes.equals(bytes)).toBe(true)
  expect(download.headers.get('content-disposition')).toContain("filename*=UTF-8''%C3%A6rlig%20%22stor%22%20fil.bin")
})

test('search: own transfers alone, by role, state and time (1.9)', async () => {
  const id = 'searched-resource'
  await makeResource(gateway, cast.owner, id)
  const first = await initialise(gateway, cast.sender, id)
  const published = await initialise(gateway, cast.sender, id)
  await uploadFile(gateway, cast.sender, published, text)
  const other = await initialise(gateway, cast.sender, id, { recipients: [`0192:${second}`] })
  const search = async (token: string, query: string): Promise<unknown> =>
    (await gateway.call('GET', `${paths.transfers}?resourceId=${id}${query}`, { token })).json
  expect(await search(cast.sender, '')).toEqual([other, published, first])
  expect(await search(cast.sender, '&orderAscending=true')).toEqual([first, published, other])
  expect(await search(cast.sender, '&role=Sender&status=Initialized')).toEqual([other, first])
  expect(await search(cast.sender, '&role=recipient')).toEqual([])
  expect(await search(cast.recipient, '')).toEqual([published, first])
  expect(await search(cast.recipient, '&status=3')).toEqual([published])
  expect(await search(cast.recipient, '&recipientStatus=Initialized&role=Sender')).toEqual([published, first])
  expect(await search(cast.second, '')).toEqual([other])
  expect(await search(cast.sender, '&from=2020-01-01 00:00:00&to=2021-01-01%2000:00:00')).toEqual([])
  expect(await search(cast.sender, '&from=2020-01-01T00:00:00%2B01:00')).toEqual([other, published, first])
  expect(await gateway.call('GET', `${paths.transfers}?resourceId=${id}`, { token: cast.stranger })).toMatchObject({
    status: 401,
    json: { code: 'BRO-00006' },
  })
  for (const query of [
    '',
    'resourceId=',
    `resourceId=${id}&status=Unknown`,
    `resourceId=${id}&from=yesterday`,
    `resourceId=${id}&role=Both`,
  ]) {
    const answered = await gateway.call('GET', `${paths.transfers}?${query}`, { token: cast.sender })
    expect(answered.status, query).toBe(400)
    expect(answered.json.errors, query).toBeDefined()
  }
})

test('a system user sends for its party alone; a third party sees nothing', async () => {
  const id = await initialise(gateway, cast.sender, resource)
  await uploadFile(gateway, cast.sender, id, text)
  for (const more of ['', '/details', '/download']) {
    expect(await gateway.call('GET', path(id, more), { token: cast.stranger })).toMatchObject({
      status: 401,
      json: { code: 'BRO-00006' },
    })
  }
  // the policy lets it read, but it is no recipient of this one
  expect((await gateway.call('GET', path(id), { token: cast.second })).status).toBe(401)
  expect((await gateway.call('POST', path(id, '/confirmdownload'), { token: cast.second })).status).toBe(401)
  const asOther = initialisation(resource, { sender: `0192:${recipient}`, recipients: [`0192:${second}`] })
  expect((await gateway.call('POST', paths.transfers, { token: cast.sender, json: asOther })).status).toBe(401)
  const both = await gateway.token(sender, scopes.both)
  expect((await gateway.call('GET', path(id, '/download'), { token: both })).status).toBe(401)
})
