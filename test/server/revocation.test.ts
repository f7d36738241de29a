/** A change that narrows access ends what is under way: the connection, not only the next request. */
import { beforeAll, expect, test } from 'vitest'
import {
  initialise,
  makeResource,
  mintCast,
  organisationId,
  organisations,
  paths,
  policyText,
  putPolicy,
  registerOwner,
  resourceDocument,
  uploadFile,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'
import { openWire, type Wire } from '../support/wire.ts'

const gateway = withGateway()
const { sender, recipient } = organisations
let cast: Awaited<ReturnType<typeof mintCast>>

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
})

/** Access lists on, with both parties on one. */
async function listed(id: string): Promise<string> {
  await makeResource(gateway, cast.owner, id, { document: { accessListMode: 'Enabled' } })
  const list = `${paths.lists}/digdir/${id}`
  const put = (path: string, json: unknown) => gateway.call('PUT', path, { token: cast.owner, json })
  await put(list, { name: id })
  await put(`${list}/resource-connections/${id}`, {})
  await put(`${list}/members`, { data: [sender, recipient].map((number) => `${organisationId}:${number}`) })
  return list
}

type Revoke = (id: string, list: string, party: string) => Promise<unknown>

const without = (party: string) => ({
  allow: [
    ...usualAllowances.filter(({ organisation }) => organisation !== party),
    { organisation: '999999999', actions: ['read'] },
  ],
})
const revocations: readonly (readonly [name: string, revoke: Revoke])[] = [
  ['the policy is replaced', (id, _list, party) => putPolicy(gateway, cast.owner, id, policyText(id, without(party)))],
  [
    'the party is taken off the list',
    (_id, list, party) =>
      gateway.call('DELETE', `${list}/members`, { token: cast.owner, json: { data: [`${organisationId}:${party}`] } }),
  ],
  [
    'the list is disconnected',
    (id, list) => gateway.call('DELETE', `${list}/resource-connections/${id}`, { token: cast.owner }),
  ],
]

const request = (method: string, path: string, token: string, headers = ''): string =>
  `${method} ${path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${token}\r\n${headers}\r\n`

test.each(revocations)('an upload ends when %s, and nothing is published', async (...given) => {
  const [name, revoke] = given
  const id = `revoked-up-${revocations.findIndex(([other]) => other === name)}`
  const list = await listed(id)
  const transfer = await initialise(gateway, cast.sender, id)
  const status = async (): Promise<string> => {
    const [row] = await gateway.database.sql<
      { status: string }[]
    >`select status from portvakt.transfer where id = ${transfer}`
    return row!.status
  }
  const wire = await openWire(gateway.port)
  wire.send(
    request(
      'POST',
      `${paths.transfers}/${transfer}/upload`,
      cast.sender,
      'Content-Type: application/octet-stream\r\nContent-Length: 10000000\r\n',
    ),
  )
  wire.send(Buffer.alloc(1_000_000))
  await expect.poll(status).toBe('UploadStarted')
  await revoke(id, list, sender)
  expect(await wire.until(/"code":"BRO-\d+"/)).toMatch(/^HTTP\/1\.1 401 .*"code":"BRO-00006"/s)
  wire.end()
  expect(await status()).toBe('UploadStarted')
  expect(
    (await gateway.call('POST', `${paths.transfers}/${transfer}/upload`, { token: cast.sender, body: 'x' })).status,
  ).toBe(401)
})

test.each(revocations)('a download ends when %s', async (...given) => {
  const [name, revoke] = given
  const id = `revoked-down-${revocations.findIndex(([other]) => other === name)}`
  const list = await listed(id)
  const transfer = await initialise(gateway, cast.sender, id)
  const size = 40_000_000
  await uploadFile(gateway, cast.sender, transfer, Buffer.alloc(size, 'a'))
  const wire = await beginDownload(transfer)
  await revoke(id, list, recipient)
  wire.socket.resume()
  const received = await wire.toEnd()
  expect(received.length).toBeLessThan(size)
  await expect.poll(async () => (await outcomesOf(transfer)).map((outcome) => outcome.status)).toEqual([499])
  const again = await gateway.call('GET', `${paths.transfers}/${transfer}/download`, { token: cast.recipient })
  expect(again).toMatchObject({ status: 401, json: { code: 'BRO-00006' } })
})

/** Takes the head and a little of the body, and no more. */
async function beginDownload(transfer: string): Promise<Wire> {
  const wire = await openWire(gateway.port)
  wire.send(request('GET', `${paths.transfers}/${transfer}/download`, cast.recipient))
  await wire.until(/HTTP\/1\.1 200 OK.*a/s)
  wire.socket.pause()
  return wire
}

interface Outcome {
  readonly status: number
  readonly bytes: number
}

const outcomesOf = (transfer: string): Promise<readonly Outcome[]> => gateway.database.sql<Outcome[]>`
  select o.status, o.bytes from portvakt.decision d join portvakt.decision_outcome o on o.decision_id = d.id
  where d.instance = ${transfer} and d.operation = 'download' and d.decision = 'Permit'`

test('what another party loses, and what is given, ends nothing', async () => {
  const id = 'revoked-other'
  const list = await listed(id)
  const transfer = await initialise(gateway, cast.sender, id)
  const size = 40_000_000
  await uploadFile(gateway, cast.sender, transfer, Buffer.alloc(size, 'a'))
  const wire = await beginDownload(transfer)
  const change = (method: string, json: unknown) => gateway.call(method, `${list}/members`, { token: cast.owner, json })
  await change('DELETE', { data: [`${organisationId}:${sender}`] })
  await change('POST', { data: [`${organisationId}:${organisations.second}`] })
  await putPolicy(gateway, cast.owner, id, policyText(id, { allow: usualAllowances.slice(1) }))
  const document = resourceDocument(id, { accessListMode: 'Disabled' })
  await gateway.call('PUT', `${paths.resources}/${id}`, { token: cast.owner, json: document })
  wire.socket.resume()
  await expect.poll(() => wire.received().length, { timeout: 20_000 }).toBeGreaterThan(size)
  wire.end()
})
