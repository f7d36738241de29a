/** Clients that take their time for ever: each is cut off within its bound, and none takes the place of another. */
import { readdirSync, readlinkSync } from 'node:fs'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  initialise,
  makeResource,
  mintCast,
  paths,
  registerOwner,
  uploadFile,
  withGateway,
} from '../support/gateway.ts'
import { exchange, openWire, statusOf, type Wire } from '../support/wire.ts'

const connections = 30
const gateway = withGateway({
  PORTVAKT_HEADER_SECONDS: '1',
  PORTVAKT_BODY_SECONDS: '1',
  PORTVAKT_UPLOAD_IDLE_SECONDS: '1',
  PORTVAKT_CONNECTIONS: String(connections),
})
const resource = 'slow-clients'
/** Far above the bounds that are set here, far below what the defaults would be. */
const soon = 20_000
let cast: Awaited<ReturnType<typeof mintCast>>

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
  await makeResource(gateway, cast.owner, resource)
})

/** Sends one byte after another, the last over and over, until the other side ends the connection; gives what came back. */
async function trickle(wire: Wire, bytes: string): Promise<string> {
  let sent = 0
  const timer = setInterval(() => wire.send(bytes.at(sent++) ?? bytes.at(-1)!), 50)
  try {
    return await wire.toEnd(soon)
  } finally {
    clearInterval(timer)
    wire.end()
  }
}

const head = (start: string, token: string, headers: readonly string[] = []): string =>
  `${[`${start} HTTP/1.1`, 'Host: gateway', `Authorization: Bearer ${token}`, ...headers].join('\r\n')}\r\n\r\n`

describe.concurrent('headers', () => {
  test('that never come', async () => {
    const wire = await openWire(gateway.port)
    expect(await wire.toEnd(soon)).toMatch(/^$|^HTTP\/1\.1 408 /)
  })

  test.each([
    ['in the request line', '', 'GET /x'],
    ['after the request line', 'GET /health HTTP/1.1\r\nHost: gateway\r\nX-Slow: ', 'x'],
  ])('that come a byte at a time, %s', async (_name, start, slow) => {
    const wire = await openWire(gateway.port)
    wire.send(start)
    expect(statusOf(await trickle(wire, slow))).toBe(408)
  })

  test('that come a byte at a time, for the second request of a connection', async () => {
    const wire = await openWire(gateway.port)
    wire.send('GET /health HTTP/1.1\r\nHost: gateway\r\n\r\n')
    await wire.until(/HTTP\/1\.1 200/)
    expect(await trickle(wire, 'GET /x')).toContain('HTTP/1.1 408 ')
  })
})

describe.concurrent('JSON bodies', () => {
  const announced = ['Content-Type: application/json', 'Content-Length: 10000', 'Connection: close']

  test('that stall', async () => {
    const response = await exchange(gateway.port, `${head(`POST ${paths.transfers}`, cast.sender, announced)}{`, soon)
    expect(statusOf(response), response).toBe(408)
    expect(response).toContain('PVK-00018')
  })

  test('that come a byte at a time', async () => {
    const wire = await openWire(gateway.port)
    wire.send(head(`POST ${paths.transfers}`, cast.sender, announced))
    const response = await trickle(wire, ' ')
    expect(statusOf(response), response).toBe(408)
    expect(response).toContain('PVK-00018')
  })
})

/** More than the buffers of the system between the two ends can take. */
const manyBytes = 64 * 1024 * 1024

describe('requests one behind the other', () => {
  const health = 'GET /health HTTP/1.1\r\nHost: gateway\r\n\r\n'
  const last = health.replace('\r\n\r\n', '\r\nConnection: close\r\n\r\n')

  test('as many as may be under way at once are all answered', async () => {
    const wire = await openWire(gateway.port)
    wire.send(health.repeat(31) + last)
    expect((await wire.toEnd(soon)).match(/HTTP\/1\.1 200/g)).toHaveLength(32)
  })

  test('more than that cut the connection, and others are answered', async () => {
    const wire = await openWire(gateway.port)
    wire.send(health.repeat(500))
    expect((await wire.toEnd(soon)).match(/HTTP\/1\.1 200/g)?.length ?? 0).toBeLessThan(500)
    expect(await exchange(gateway.port, last)).toMatch(/^HTTP\/1\.1 200/)
  })
})

describe('answers that nobody reads', () => {
  const isLinux = process.platform === 'linux'
  const outcomesOf = (id: string) => gateway.database.sql<{ status: number; bytes: string }[]>`
    select o.status, o.bytes from portvakt.decision d join portvakt.decision_outcome o on o.decision_id = d.id
    where d.instance = ${id} and d.operation = 'download'`
  const openFiles = (): readonly string[] =>
    readdirSync('/proc/self/fd').flatMap((name) => {
      try {
        const path = readlinkSync(`/proc/self/fd/${name}`)
        return path.startsWith(gateway.folder) ? [path] : []
      } catch {
        return []
      }
    })

  test('a file is closed, and its record says how far it came', async () => {
    const id = await initialise(gateway, cast.sender, resource)
    await uploadFile(gateway, cast.sender, id, Buffer.alloc(manyBytes))
    const wire = await openWire(gateway.port)
    wire.send(head(`GET ${paths.transfers}/${id}/download`, cast.recipient))
    await wire.until(/HTTP\/1\.1 200/)
    wire.socket.pause()
    await expect.poll(() => outcomesOf(id), { timeout: soon }).toMatchObject([{ status: 499 }])
    const [{ bytes } = { bytes: '' }] = await outcomesOf(id)
    expect(Number(bytes)).toBeLessThan(manyBytes)
    if (isLinux) await expect.poll(openFiles).toEqual([])
    wire.socket.resume()
    await wire.toEnd(soon)
  })

  test.skipIf(!isLinux)('a file whose reader goes while it is being opened is closed (needs /proc)', async () => {
    const id = await initialise(gateway, cast.sender, resource)
    await uploadFile(gateway, cast.sender, id, 'never read')
    const wire = await openWire(gateway.port)
    const { sql } = gateway.database
    await sql.begin(async (transaction) => {
      await transaction`select from portvakt.transfer where id = ${id} for update`
      wire.send(head(`GET ${paths.transfers}/${id}/download`, cast.recipient))
      await expect.poll(openFiles, { timeout: soon }).toHaveLength(1)
      wire.end()
      await new Promise((resolve) => setTimeout(resolve, 200))
    })
    await expect.poll(() => outcomesOf(id), { timeout: soon }).toMatchObject([{ status: 499 }])
    await expect.poll(openFiles).toEqual([])
  })

  test('files one behind the other are all closed, and each is on record, when their connection goes', async () => {
    const id = await initialise(gateway, cast.sender, resource)
    await uploadFile(gateway, cast.sender, id, Buffer.alloc(manyBytes))
    const wire = await openWire(gateway.port)
    wire.socket.pause()
    wire.send(head(`GET ${paths.transfers}/${id}/download`, cast.recipient).repeat(5))
    await expect.poll(() => outcomesOf(id), { timeout: soon }).toHaveLength(5)
    expect((await outcomesOf(id)).map(({ status }) => status)).toEqual(Array(5).fill(499))
    if (isLinux) await expect.poll(openFiles).toEqual([])
    wire.end()
  })

  test('many small ones on one connection', async () => {
    const wire = await openWire(gateway.port)
    wire.socket.pause()
    const { length } = (await gateway.call('GET', '/openapi.json')).bytes
    wire.send('GET /openapi.json HTTP/1.1\r\nHost: gateway\r\n\r\n'.repeat(Math.ceil(manyBytes / length)))
    await expect.poll(() => isCut(wire), { timeout: soon, interval: 4_000 }).toBe(true)
    expect(wire.received().length).toBeLessThan(manyBytes)
  })
})

/** Who does not read learns only when writing that the connection has ended; what is written must be seldom, for it is a sign of life. */
const isCut = ({ socket }: Wire): Promise<boolean> =>
  new Promise((resolve) => {
    socket.write('\r\n', (error) => resolve(error instanceof Error || socket.destroyed))
  })

describe('connections that ask nothing', () => {
  test('make room for those that ask, the oldest first; a request under way is left alone', async () => {
    const id = await initialise(gateway, cast.sender, resource)
    const busy = await openWire(gateway.port)
    const length = ['Content-Type: application/octet-stream', 'Content-Length: 5', 'Connection: close']
    busy.send(`${head(`POST ${paths.transfers}/${id}/upload`, cast.sender, length)}he`)
    const status = async () =>
      (await gateway.call('GET', `${paths.transfers}/${id}`, { token: cast.sender })).json.fileTransferStatus
    await expect.poll(status).toBe('UploadStarted')
    const silent: Wire[] = []
    const closed: number[] = []
    for (let index = 0; index < 4 * connections; index++) {
      const wire = await openWire(gateway.port)
      wire.socket.once('close', () => closed.push(index))
      silent.push(wire)
      if (index === 2 * connections) expect((await exchange(gateway.port, health)).slice(0, 12)).toBe('HTTP/1.1 200')
    }
    expect((await exchange(gateway.port, health)).slice(0, 12)).toBe('HTTP/1.1 200')
    expect(closed.length).toBeGreaterThanOrEqual(3 * connections - 1)
    expect(closed.slice(0, connections)).toEqual(Array.from({ length: connections }, (_, index) => index))
    busy.send('llo')
    expect(statusOf(await busy.toEnd(soon))).toBe(200)
    for (const wire of silent) wire.end()
  })

  test('do not keep a gateway from stopping', async () => {
    const node = await gateway.node({
      PORTVAKT_SHUTDOWN_SECONDS: '3600',
      PORTVAKT_HEADER_SECONDS: '300',
      PORTVAKT_UPLOAD_IDLE_SECONDS: '300',
    })
    const silent = await openWire(node.port)
    const halfway = await openWire(node.port)
    halfway.send('GET /health HTTP/1.1\r\nHost: ')
    await new Promise((resolve) => setTimeout(resolve, 100))
    await node.close()
    for (const wire of [silent, halfway]) expect(await wire.toEnd(soon)).toBe('')
  })

  const health = 'GET /health HTTP/1.1\r\nHost: gateway\r\nConnection: close\r\n\r\n'
})
