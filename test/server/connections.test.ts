/** Who keeps a connection, on a bare server: what is counted, who is cut for others, and who is cut at the end. */
import { createServer, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, describe, expect, test } from 'vitest'
import { type Attendance, attend } from '../../src/server/connections.ts'
import { openWire, type Wire } from '../support/wire.ts'

const places = 10
const wires: Wire[] = []
let server: Server

afterEach(async () => {
  for (const wire of wires.splice(0)) wire.end()
  await new Promise((resolve) => server.close(resolve))
})

async function start(answer: (outgoing: ServerResponse) => void): Promise<Attendance> {
  server = createServer()
  const attendance = attend(server, { connections: places, idle: 60_000 })
  server.on('request', (_incoming, outgoing) => {
    attendance.begin(outgoing)
    answer(outgoing)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return attendance
}

async function open(said = ''): Promise<Wire> {
  const wire = await openWire((server.address() as AddressInfo).port)
  wires.push(wire)
  if (said !== '') wire.send(said)
  return wire
}

const many = <T>(count: number, make: () => Promise<T>): Promise<readonly T[]> =>
  Promise.all(Array.from({ length: count }, make))
const request = 'GET / HTTP/1.1\r\nHost: server\r\n\r\n'
const half = 'GET / HTTP/1.1\r\nHost: '
const sayYes = (outgoing: ServerResponse): void => void outgoing.end('yes')
const openConnections = (): Promise<number> =>
  new Promise((resolve, reject) =>
    server.getConnections((error, count) => (error === null ? resolve(count) : reject(error))),
  )

async function asked(): Promise<Wire> {
  const wire = await open(request)
  await wire.until(/yes/)
  return wire
}

describe('requests one behind the other', () => {
  test('are no longer counted when their connection is gone', async () => {
    const attendance = await start(() => {})
    const wire = await open(request.repeat(5))
    await expect.poll(attendance.running).toBe(5)
    wire.end()
    await expect.poll(attendance.running).toBe(0)
  })

  test('are counted until each is answered, and then the connection waits', async () => {
    const answers: ServerResponse[] = []
    const attendance = await start((outgoing) => answers.push(outgoing))
    const wire = await open(request.repeat(3))
    await expect.poll(attendance.running).toBe(3)
    answers[0]?.end('yes')
    await expect.poll(attendance.running).toBe(2)
    attendance.dismiss()
    for (const outgoing of answers) outgoing.end('yes')
    await wire.until(/(yes.*){3}/s)
    await expect.poll(attendance.running).toBe(0)
    attendance.dismiss()
    await wire.toEnd()
  })
})

describe('where there is no place left', () => {
  test('many that say nothing have half the places, and cost nobody else the other half', async () => {
    await start(sayYes)
    const idle = [await asked(), await asked(), await asked()]
    const halfway = await open(half)
    for (let index = 0; index < 4 * places; index++) {
      await open()
      await expect.poll(openConnections).toBeLessThanOrEqual(places)
    }
    for (const wire of idle) {
      wire.send(request)
      await wire.until(/yes.*yes/s)
    }
    halfway.send('server\r\n\r\n')
    await halfway.until(/yes/)
  })

  test('who has just come is not cut at once for those that hold theirs by half a header', async () => {
    await start(sayYes)
    await many(places, () => open(half))
    const newcomer = await open()
    for (let index = 0; index < places / 2; index++) {
      await open(half)
      await expect.poll(openConnections).toBeLessThanOrEqual(places)
    }
    newcomer.send(request)
    await newcomer.until(/yes/)
  })
})

describe('at the end', () => {
  test.each([
    ['nothing', ''],
    ['half a header', half],
  ])('who has said %s is cut', async (_name, said) => {
    const attendance = await start(sayYes)
    const [first, second] = [await open(said), await asked()]
    second.send(said)
    await expect.poll(openConnections).toBe(2)
    await new Promise((resolve) => setTimeout(resolve, 100))
    attendance.dismiss()
    await first.toEnd()
    await second.toEnd()
  })

  test('who still sends the body of a request that has been answered is left alone', async () => {
    const attendance = await start(sayYes)
    const wire = await open('POST / HTTP/1.1\r\nHost: server\r\nContent-Length: 5\r\n\r\nhe')
    await wire.until(/yes/)
    attendance.dismiss()
    wire.send(`llo${request}`)
    await wire.until(/yes.*yes/s)
  })
})
