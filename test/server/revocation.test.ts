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
  scopes,
  uploadFile,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'
import { openWire, type Wire } from '../support/wire.ts'

const gateway = withGateway()
const { sender, recipient, vendor } = organisations
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
  const wire = await beginUpload(transfer)
  await revoke(id, list, sender)
  expect(await wire.until(/"code":"BRO-\d+"/)).toMatch(/^HTTP\/1\.1 401 .*"code":"BRO-00006"/s)
  wire.end()
  expect(await statusOf(transfer)).toBe('UploadStarted')
  await expect.poll(() => outcomesOf(transfer, 'upload')).toMatchObject([{ status: 401, code: 'BRO-00006' }])
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

/** A machine of the party with one right on the resource, and how the party takes it back. */
async function machineOf(party: string, resource: string, action: string) {
  const system = `${vendor}_${resource}`
  const right = { action, resource: [{ id: 'urn:altinn:resource', value: resource }] }
  const partyToken = await gateway.token(party, 'altinn:authentication/systemuser.write')
  const post = async (token: string, path: string, json: unknown) => {
    const { status, text, json: made } = await gateway.call('POST', path, { token, json })
    expect(status, text).toBeLessThan(300)
    return made
  }
  await post(await gateway.token(vendor, 'altinn:authentication/systemregister.write'), paths.systems, {
    id: system,
    vendor: { ID: `0192:${vendor}` },
    name: resource,
    rights: [right],
  })
  const { id } = await post(partyToken, `${paths.users}/${party}`, { systemId: system })
  const rights = `${paths.users}/${party}/${id}/rights`
  await post(partyToken, rights, { rights: [right] })
  return {
    token: await gateway.token(party, scopes.both, { kind: 'system-user', vendor, systemUser: id }),
    withdraw: () => gateway.call('DELETE', rights, { token: partyToken, json: { rights: [right] } }),
  }
}

test('an upload of a machine ends when the party takes its right back', async () => {
  const id = 'revoked-machine-up'
  await listed(id)
  const transfer = await initialise(gateway, cast.sender, id)
  const machine = await machineOf(sender, id, 'write')
  const wire = await beginUpload(transfer, machine.token)
  expect((await machine.withdraw()).status).toBe(200)
  expect(await wire.until(/"code":"BRO-\d+"/)).toMatch(/^HTTP\/1\.1 401 .*"code":"BRO-00006"/s)
  wire.end()
  expect(await statusOf(transfer)).toBe('UploadStarted')
  await expect.poll(() => outcomesOf(transfer, 'upload')).toMatchObject([{ status: 401, code: 'BRO-00006' }])
})

test('a download of a machine ends when the party takes its right back', async () => {
  const id = 'revoked-machine-down'
  await listed(id)
  const transfer = await initialise(gateway, cast.sender, id)
  const size = 40_000_000
  await uploadFile(gateway, cast.sender, transfer, Buffer.alloc(size, 'a'))
  const machine = await machineOf(recipient, id, 'read')
  const wire = await beginDownload(transfer, machine.token)
  expect((await machine.withdraw()).status).toBe(200)
  wire.socket.resume()
  expect((await wire.toEnd()).length).toBeLessThan(size)
  await expect.poll(() => outcomesOf(transfer)).toMatchObject([{ status: 499 }])
})

/** Sends the head and a tenth of the file, and no more. */
async function beginUpload(transfer: string, token = cast.sender): Promise<Wire> {
  const wire = await openWire(gateway.port)
  const headers = 'Content-Type: application/octet-stream\r\nContent-Length: 10000000\r\n'
  wire.send(request('POST', `${paths.transfers}/${transfer}/upload`, token, headers))
  wire.send(Buffer.alloc(1_000_000))
  await expect.poll(() => statusOf(transfer)).toBe('UploadStarted')
  return wire
}

async function statusOf(transfer: string): Promise<string> {
  const [row] = await gateway.database.sql<{ status: string }[]>`
    select status from portvakt.transfer where id = ${transfer}`
  return row!.status
}

/** Takes the head and a little of the body, and no more. */
async function beginDownload(transfer: string, token = cast.recipient): Promise<Wire> {
  const wire = await openWire(gateway.port)
  wire.send(request('GET', `${paths.transfers}/${transfer}/download`, token))
  await wire.until(/HTTP\/1\.1 200 OK.*a/s)
  wire.socket.pause()
  return wire
}

interface Outcome {
  readonly status: number
  readonly code: string | null
  readonly bytes: number
}

/** Of what was permitted. */
const outcomesOf = (transfer: string, operation = 'download'): Promise<readonly Outcome[]> => gateway.database.sql<
  Outcome[]
>`
  select o.status, o.code, o.bytes from portvakt.decision d join portvakt.decision_outcome o on o.decision_id = d.id
  where d.instance = ${transfer} and d.operation = ${operation} and d.decision = 'Permit'`

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

test('an upload that changes do not concern is finished', async () => {
  const id = 'revoked-not-this'
  const list = await listed(id)
  const transfer = await initialise(gateway, cast.sender, id)
  const wire = await beginUpload(transfer)
  await gateway.call('DELETE', `${list}/members`, {
    token: cast.owner,
    json: { data: [`${organisationId}:${recipient}`] },
  })
  await putPolicy(gateway, cast.owner, id, policyText(id, without(recipient)))
  await listed('revoked-elsewhere')
  wire.send(Buffer.alloc(9_000_000))
  await wire.until(/^HTTP\/1\.1 200 /)
  wire.end()
  expect(await statusOf(transfer)).toBe('Published')
})
