/** A gateway that is killed: everything that was acknowledged is there afterwards, everything else is whole or absent. */
import { randomBytes } from 'node:crypto'
import { mkdtemp, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  initialisation,
  initialise,
  makeResource,
  mintCast,
  octets,
  organisations,
  paths,
  registerOwner,
  uploadFile,
} from '../support/gateway.ts'
import { type GatewayProcess, spawnGateway, startGateway } from '../support/process.ts'
import { openWire } from '../support/wire.ts'

const resource = 'killed-resource'
let folder: string
let running: GatewayProcess | undefined

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-killed-'))
})
afterAll(async () => {
  running?.kill('SIGTERM')
  await running?.ended
  await rm(folder, { recursive: true, force: true })
})

test('kill -9 in the middle of uploads and decisions, twice, on the same folder', async () => {
  running = await startGateway(folder)
  let cast = await mintCast(running)
  await registerOwner(running, cast.owner)
  await makeResource(running, cast.owner, resource)
  /** What the gateway has answered with 200, which nothing may take away. */
  const promised = { transfers: new Set<string>(), files: new Map<string, Buffer>(), traces: new Set<string>() }
  const touched = new Set<string>()

  for (let round = 0; round < 2; round++) {
    const gateway = running
    let stopped = false
    const traced = () => {
      const trace = randomBytes(16).toString('hex')
      return { trace, headers: { traceparent: `00-${trace}-00f067aa0ba902b7-01` } }
    }
    const sendFiles = async (): Promise<void> => {
      while (!stopped) {
        const bytes = randomBytes(200_000)
        const { trace, headers } = traced()
        const made = await gateway.call('POST', paths.transfers, {
          token: cast.sender,
          json: initialisation(resource),
          headers,
        })
        if (made.status !== 200) throw new Error(made.text)
        const id: string = made.json.fileTransferId
        touched.add(id)
        promised.transfers.add(id)
        promised.traces.add(trace)
        const uploaded = await gateway.call('POST', `${paths.transfers}/${id}/upload`, {
          token: cast.sender,
          body: bytes,
          headers: octets,
        })
        if (uploaded.status === 200) promised.files.set(id, bytes)
      }
    }
    const ask = async (): Promise<void> => {
      while (!stopped) {
        const { trace, headers } = traced()
        await gateway.call('GET', `${paths.transfers}?resourceId=${resource}`, { token: cast.stranger, headers })
        promised.traces.add(trace)
      }
    }
    const half = await initialise(gateway, cast.sender, resource)
    touched.add(half)
    const wire = await openWire(gateway.port)
    wire.send(
      `POST ${paths.transfers}/${half}/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${cast.sender}\r\nContent-Type: application/octet-stream\r\nContent-Length: 9000000\r\n\r\n`,
    )
    wire.send(Buffer.alloc(3_000_000))
    const workers = [sendFiles(), sendFiles(), ask(), ask()].map((worker) => worker.catch(() => undefined))
    const before = promised.files.size
    await expect.poll(() => promised.files.size, { timeout: 20_000 }).toBeGreaterThan(before + 8)
    gateway.kill('SIGKILL')
    await gateway.ended
    stopped = true
    await Promise.all(workers)
    wire.end()

    running = await startGateway(folder)
    cast = await mintCast(running)
    const seen = running
    const auditor = await seen.token(organisations.vendor, 'portvakt:decisions.read')
    const traces = new Set<string>()
    let next: string | null = `${paths.decisions}?limit=1000`
    while (next !== null) {
      const { json } = await seen.call('GET', next, { token: auditor })
      for (const row of json.data) traces.add(row.trace)
      next = json.links.next
    }
    expect([...promised.traces].filter((trace) => !traces.has(trace))).toEqual([])
    for (const id of promised.transfers)
      expect((await seen.call('GET', `${paths.transfers}/${id}`, { token: cast.sender })).status).toBe(200)
    for (const [id, bytes] of promised.files) {
      const { bytes: found } = await seen.call('GET', `${paths.transfers}/${id}/download`, { token: cast.recipient })
      expect(found.equals(bytes), id).toBe(true)
    }
    // what was not acknowledged is as it was or has moved on, never half, and can be brought to its end
    for (const id of touched) {
      if (promised.files.has(id)) continue
      const { json } = await seen.call('GET', `${paths.transfers}/${id}`, { token: cast.sender })
      expect(['Initialized', 'UploadStarted', 'Published']).toContain(json.fileTransferStatus)
      if (json.fileTransferStatus !== 'Published') await uploadFile(seen, cast.sender, id, 'again')
      const { bytes } = await seen.call('GET', `${paths.transfers}/${id}/download`, { token: cast.recipient })
      if (json.fileTransferStatus !== 'Published') expect(bytes.toString()).toBe('again')
      else expect(bytes.length).toBe(200_000)
      promised.files.set(id, bytes)
    }
  }
})

test('a second copy on the same folder says so and stops; the first goes on', async () => {
  running ??= await startGateway(folder)
  const second = spawnGateway(folder)
  const end = await second.ended
  expect(end).toBe(1)
  expect(second.output()).toMatch(/^portvakt: /m)
  expect(second.output()).toContain(folder)
  expect(second.output()).not.toMatch(/\n\s+at /)
  expect((await running.call('GET', '/ready')).json.ready).toBe(true)
})

test('SIGTERM lets what runs finish, and leaves a folder that starts again', async () => {
  running ??= await startGateway(folder)
  const cast = await mintCast(running)
  await registerOwner(running, cast.owner)
  const id = await initialise(running, cast.sender, resource)
  const wire = await openWire(running.port)
  wire.send(
    `POST ${paths.transfers}/${id}/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${cast.sender}\r\nContent-Type: application/octet-stream\r\nContent-Length: 1000\r\n\r\n`,
  )
  wire.send(Buffer.alloc(500))
  await expect
    .poll(
      async () =>
        (await running!.call('GET', `${paths.transfers}/${id}`, { token: cast.sender })).json.fileTransferStatus,
    )
    .toBe('UploadStarted')
  running.kill('SIGTERM')
  const { url } = running
  await expect
    .poll(() =>
      fetch(`${url}/health`).then(
        () => 'answers',
        () => 'refuses',
      ),
    )
    .toBe('refuses')
  wire.send(Buffer.alloc(500))
  expect(await wire.until(/fileTransferId/)).toContain('HTTP/1.1 200 OK')
  expect(await running.ended).toBe(0)
  running = await startGateway(folder)
  const again = await mintCast(running)
  const { json } = await running.call('GET', `${paths.transfers}/${id}`, { token: again.sender })
  expect(json).toMatchObject({ fileTransferStatus: 'Published', fileTransferSize: 1000 })
})

test('SIGTERM ends what does not finish in time, and nothing is published by half', async () => {
  running?.kill('SIGTERM')
  await running?.ended
  running = await startGateway(folder, { PORTVAKT_SHUTDOWN_SECONDS: '1' })
  const cast = await mintCast(running)
  const id = await initialise(running, cast.sender, resource)
  const wire = await openWire(running.port)
  wire.send(
    `POST ${paths.transfers}/${id}/upload HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${cast.sender}\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n`,
  )
  await expect
    .poll(
      async () =>
        (await running!.call('GET', `${paths.transfers}/${id}`, { token: cast.sender })).json.fileTransferStatus,
    )
    .toBe('UploadStarted')
  running.kill('SIGTERM')
  expect(await running.ended).toBe(0)
  running = await startGateway(folder)
  const again = await mintCast(running)
  await uploadFile(running, again.sender, id, 'whole')
  expect((await running.call('GET', `${paths.transfers}/${id}/download`, { token: again.recipient })).text).toBe(
    'whole',
  )
  expect((await readdir(folder)).length).toBeGreaterThan(0)
})
