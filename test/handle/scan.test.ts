import { expect, test } from 'vitest'
import type { Scanner, Verdict } from '../../src/handle/scan/scanner.ts'
import { findDetails } from '../../src/handle/transfer/find.ts'
import { scanWaiting, startScanning } from '../../src/handle/transfer/scan-waiting.ts'
import { sweep } from '../../src/handle/transfer/sweep.ts'
import { upload } from '../../src/handle/transfer/upload.ts'
import { eventsOf } from '../support/events.ts'
import { bench, bytesOf, grant, resource, text, until } from './support.ts'

const at = bench()
const never = new AbortController().signal

/** A scanner that reads the whole file and says what it is told to. The real one is tested in clamd.test.ts. */
function says(verdict: Verdict, limit = 1_000_000): Scanner & { readonly seen: string[] } {
  const seen: string[] = []
  return {
    seen,
    limit,
    scan: async (body) => {
      let content = ''
      for await (const bytes of body) content += Buffer.from(bytes).toString()
      seen.push(content)
      return verdict
    },
  }
}

async function processing(scanner: Scanner): Promise<string> {
  const transfers = at.with({ scanner, allowUnscannedFiles: false })
  const transfer = await at.make({}, transfers)
  const answer = await upload(transfers, grant(), transfer, resource, { body: bytesOf(text) })
  expect(answer).toMatchObject({ kind: 'uploaded', status: 'UploadProcessing' })
  return transfer.id
}

test('a clean file is published after the scan, not before', async () => {
  const scanner = says({ kind: 'clean' })
  const id = await processing(scanner)
  expect(await scanWaiting(at.with({ scanner }), never)).toEqual({ published: 1, failed: 0, postponed: 0 })
  expect(scanner.seen).toEqual([text])
  const details = await findDetails(at.transfers.sql, id)
  expect(details?.history.map(({ status }) => status)).toEqual([
    'Initialized',
    'UploadStarted',
    'UploadProcessing',
    'Published',
  ])
  expect((await eventsOf(at.transfers.sql, id)).map(({ type }) => type)).toEqual([
    'filetransferinitialized',
    'uploadprocessing',
    'published',
    'published',
  ])
  expect(await scanWaiting(at.with({ scanner }), never)).toEqual({ published: 0, failed: 0, postponed: 0 })
})

test.each([
  [
    { kind: 'infected', detail: 'Eicar-Test-Signature' },
    'Malware scan: Malicious, {"malwareNamesFound":["Eicar-Test-Signature"]}',
  ],
  [{ kind: 'unscannable', detail: 'too large' }, 'Malware scan: Not Scanned, {"reason":"too large"}'],
] as const)('after %j the transfer fails and its file goes', async (verdict, statusText) => {
  const scanner = says(verdict)
  const id = await processing(scanner)
  const { blob } = await at.read(id)
  expect(await scanWaiting(at.with({ scanner }), never)).toMatchObject({ failed: 1 })
  expect(await at.read(id)).toMatchObject({ status: 'Failed', statusText })
  expect((await eventsOf(at.transfers.sql, id)).at(-1)?.type).toBe('uploadfailed')
  await sweep(at.transfers, new Date())
  expect(await at.files()).not.toContain(blob)
})

test('a scanner that is away is asked again later, and nothing is published meanwhile', async () => {
  const away = says({ kind: 'unavailable', detail: 'connection refused' })
  const id = await processing(away)
  expect(await scanWaiting(at.with({ scanner: away }), never)).toMatchObject({ postponed: 1 })
  expect((await at.read(id)).status).toBe('UploadProcessing')
  const back = says({ kind: 'clean' })
  expect(await scanWaiting(at.with({ scanner: back }), never)).toMatchObject({ published: 0 })
  const later = at.with({ scanner: back, clock: () => new Date(Date.now() + 3_600_000) })
  expect(await scanWaiting(later, never)).toMatchObject({ published: 1 })
})

test('a file above the limit of the scanner is refused, and never clean when the limit shrank since', async () => {
  const transfers = at.with({ scanner: says({ kind: 'clean' }, 10), allowUnscannedFiles: false })
  const transfer = await at.make({}, transfers)
  for (const announced of [{ contentLength: 41 }, {}]) {
    const answer = await upload(transfers, grant(), transfer, resource, { body: bytesOf(text), ...announced })
    expect(answer).toMatchObject({ code: 'BRO-00016' })
  }
  const id = await processing(says({ kind: 'clean' }))
  const smaller = says({ kind: 'clean' }, 10)
  expect(await scanWaiting(at.with({ scanner: smaller }), never)).toMatchObject({ failed: 1 })
  expect([(await at.read(id)).status, smaller.seen]).toEqual(['Failed', []])
})

test('what a dead node was scanning is taken up by another', async () => {
  const stuck: Scanner = { limit: 1e6, scan: (_body, _size, signal) => untilAborted(signal) }
  const id = await processing(stuck)
  const stop = new AbortController()
  const dying = scanWaiting(at.with({ scanner: stuck }), stop.signal)
  await until(async () => {
    const [row] = await at.transfers.sql<{ tries: number }[]>`
      select scan_tries as tries from upload_attempt where transfer = ${id} and state = 'won'`
    return row?.tries === 1
  })
  const scanner = says({ kind: 'clean' })
  expect(await scanWaiting(at.with({ scanner }), never)).toMatchObject({ published: 0 })
  const later = at.with({ scanner, clock: () => new Date(Date.now() + 120_000) })
  expect(await scanWaiting(later, never)).toMatchObject({ published: 1 })
  stop.abort()
  await dying
  expect((await at.read(id)).status).toBe('Published')
})

test('two nodes scanning at once publish each file once', async () => {
  const scanner = says({ kind: 'clean' })
  const ids = await Promise.all(Array.from({ length: 6 }, () => processing(scanner)))
  const transfers = at.with({ scanner })
  const runs = await Promise.all([scanWaiting(transfers, never), scanWaiting(transfers, never)])
  expect(runs.reduce((sum, run) => sum + run.published, 0)).toBe(ids.length)
  for (const id of ids) expect((await at.read(id)).status).toBe('Published')
})

test('an upload wakes the scanning that runs beside it', async () => {
  const errors: unknown[] = []
  const scanner = says({ kind: 'clean' })
  const scanning = startScanning(at.with({ scanner }), { every: 60_000, onError: (error) => errors.push(error) })
  const transfers = at.with({ scanner, onScanWaiting: scanning.wake })
  const transfer = await at.make()
  await upload(transfers, grant(), transfer, resource, { body: bytesOf(text) })
  await until(async () => (await at.read(transfer.id)).status === 'Published')
  await scanning.stop()
  expect(errors).toEqual([])
})

function untilAborted(signal: AbortSignal): Promise<Verdict> {
  return new Promise((resolve) => {
    signal.addEventListener('abort', () => resolve({ kind: 'unavailable', detail: 'stopped' }), { once: true })
  })
}
