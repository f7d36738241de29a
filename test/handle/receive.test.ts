import { createHash, randomUUID } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openLocalFolder, withoutFirst } from '../../src/handle/storage/local-folder.ts'
import type { Store } from '../../src/handle/storage/store.ts'
import { Interruption, receive } from '../../src/handle/transfer/receive.ts'
import { defaultPatience } from '../../src/handle/transfer/transfers.ts'
import { bytesOf, readAll } from './support.ts'

let folder = ''
let store: Store | undefined
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-receive-'))
  store = await openLocalFolder(folder)
})
afterAll(() => rm(folder, { recursive: true, force: true }))

async function put(parts: readonly Uint8Array[], limit: number, contentLength?: number) {
  const blob = randomUUID()
  const draft = await store!.begin(blob)
  const received = await receive({
    body: bytesOf(...parts),
    draft,
    limit,
    interruption: new Interruption(),
    patience: defaultPatience,
    ...(contentLength === undefined ? {} : { contentLength }),
  })
  if (received.kind === 'received') await draft.commit()
  else await draft.abort()
  return { blob, received }
}

const chunk = fc
  .record({ size: fc.oneof(fc.integer({ min: 0, max: 9 }), fc.integer({ min: 0, max: 400_000 })), fill: fc.nat(255) })
  .map(({ size, fill }) => Buffer.alloc(size, fill))

test('however a body is cut into chunks, the file is the body and the checksum its MD5', async () => {
  const property = fc.asyncProperty(fc.array(chunk, { maxLength: 30 }), async (parts) => {
    const whole = Buffer.concat(parts)
    const { blob, received } = await put(parts, whole.byteLength, whole.byteLength)
    expect(received).toEqual({
      kind: 'received',
      size: whole.byteLength,
      checksum: createHash('md5').update(whole).digest('hex'),
    })
    const reading = await store!.open(blob)
    const file = await readAll(reading!.read(0, whole.byteLength - 1))
    expect(file.equals(whole)).toBe(true)
    await store!.delete(blob)
  })
  await fc.assert(property, { numRuns: 40 })
})

test('one byte above the limit, or beside the announced length, is never received', async () => {
  const property = fc.asyncProperty(fc.array(chunk, { minLength: 1, maxLength: 8 }), async (parts) => {
    const size = parts.reduce((sum, part) => sum + part.byteLength, 0)
    fc.pre(size > 0)
    expect((await put(parts, size - 1)).received.kind).toBe('too-large')
    expect((await put(parts, size, size - 1)).received.kind).toBe('broken')
    expect((await put(parts, size, size + 1)).received.kind).toBe('broken')
  })
  await fc.assert(property, { numRuns: 15 })
})

test('after a short write exactly the rest is written', () => {
  const parts = fc.array(fc.uint8Array({ minLength: 1, maxLength: 20 }), { maxLength: 10 })
  const property = fc.property(parts, fc.nat(250), (chunks, wanted) => {
    const whole = Buffer.concat(chunks)
    const written = Math.min(wanted, whole.byteLength)
    expect(Buffer.concat(withoutFirst(chunks, written)).equals(whole.subarray(written))).toBe(true)
  })
  fc.assert(property)
})
