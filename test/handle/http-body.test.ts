/** Bodies as they really come: over a socket, with clients that stop, vanish or send too much. */
import { createServer, type IncomingMessage, request, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { isProblem } from '../../src/handle/problem.ts'
import { upload } from '../../src/handle/transfer/upload.ts'
import { bench, grant, resource, until } from './support.ts'

const at = bench()
const answers = new Map<string, string>()
let server: Server | undefined
let port = 0

beforeAll(async () => {
  server = createServer(async (incoming, outgoing) => {
    const id = incoming.url?.slice(1) ?? ''
    const length = incoming.headers['content-length']
    const transfers = at.with({ patience: { stallAfter: 300, minimumBytes: 1000 } })
    const limited = { ...resource, maxFileTransferSize: 2_000_000 }
    const iterator = incoming[Symbol.asyncIterator]()
    const answer = await upload(transfers, grant(), await at.read(id), limited, {
      body: { [Symbol.asyncIterator]: () => iterator },
      ...(length === undefined ? {} : { contentLength: Number(length) }),
    })
    answers.set(id, isProblem(answer) ? answer.code : answer.kind)
    outgoing.writeHead(isProblem(answer) ? 400 : 200)
    outgoing.end(answers.get(id))
    // What is still coming is read and forgotten for a while: closing at once would reset the connection under the answer.
    for (let bytes = 0; isProblem(answer) && bytes < 50_000_000; ) {
      const next = await iterator.next().catch(() => ({ done: true, value: undefined }) as const)
      if (next.done === true) break
      bytes += next.value.byteLength
    }
  })
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve))
  port = (server.address() as AddressInfo).port
})
afterAll(() => {
  server?.closeAllConnections()
  server?.close()
})

function post(id: string, headers: Record<string, string | number> = {}) {
  const client = request({ port, method: 'POST', path: `/${id}`, headers })
  const answer = new Promise<string>((resolve, reject) => {
    client.on('error', reject)
    client.on('response', (response: IncomingMessage) => {
      let text = ''
      response.on('data', (bytes) => {
        text += bytes
      })
      response.on('end', () => resolve(text))
    })
  })
  answer.catch(() => undefined)
  return { client, answer }
}

test('a body without length arrives, and one that is too long is answered while it is still being sent', async () => {
  const small = await at.make()
  const sending = post(small.id)
  sending.client.write(Buffer.alloc(700_000))
  sending.client.end(Buffer.alloc(700_000))
  expect(await sending.answer).toBe('uploaded')
  expect((await at.read(small.id)).size).toBe(1_400_000)

  const large = await at.make()
  const endless = post(large.id)
  const timer = setInterval(() => endless.client.write(Buffer.alloc(200_000)), 5)
  expect(await endless.answer).toBe('BRO-00016')
  clearInterval(timer)
  endless.client.end()
})

test('a client that vanishes leaves the transfer to be tried again', async () => {
  for (const headers of [{}, { 'Content-Length': 1_000_000 }]) {
    const { id } = await at.make()
    const { client } = post(id, headers)
    client.write(Buffer.alloc(300_000))
    await until(async () => (await at.read(id)).status === 'UploadStarted')
    client.destroy()
    await until(() => answers.has(id))
    expect(answers.get(id)).toBe('PVK-00018')
    expect((await at.read(id)).status).toBe('UploadStarted')
    const again = post(id)
    again.client.end('complete')
    expect(await again.answer).toBe('uploaded')
  }
})

test('a client that stops sending gets an answer', async () => {
  const { id } = await at.make()
  const { client, answer } = post(id, { 'Content-Length': 1_000_000 })
  client.write('a little')
  expect(await answer).toBe('PVK-00018')
  client.destroy()
})
