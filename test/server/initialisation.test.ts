/** What a new transfer may look like: the broker's contract, 1.4, scenarios 8.2, 8.3 and 8.4. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  initialisation,
  makeResource,
  mintCast,
  organisations,
  paths,
  registerOwner,
  scopes,
  withGateway,
} from '../support/gateway.ts'

const gateway = withGateway()
const resource = 'initialised-resource'
const { sender, recipient, second, stranger } = organisations
const urn = (organisation: string): string => `urn:altinn:organization:identifier-no:${organisation}`
const prefixed = (organisation: string): string => `0192:${organisation}`
let cast: Awaited<ReturnType<typeof mintCast>>

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
  await makeResource(gateway, cast.owner, resource)
})

const send = (body: unknown, token = cast.sender) => gateway.call('POST', paths.transfers, { token, json: body })

interface Case {
  readonly name: string
  readonly body: Readonly<Record<string, unknown>>
  readonly status: 200 | 400
  /** Name of the member that is complained about. */
  readonly error?: string
  /** What the message says. */
  readonly says?: RegExp
}

const properties = (count: number): Readonly<Record<string, string>> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`key-${index}`, 'value']))

const cases: readonly Case[] = [
  { name: 'ten properties', body: { propertyList: properties(10) }, status: 200 },
  {
    name: 'eleven properties (23)',
    body: { propertyList: properties(11) },
    status: 400,
    error: 'PropertyList',
    says: /10/,
  },
  {
    name: 'a key of 50 and a value of 3000 (27)',
    body: { propertyList: { ['k'.repeat(50)]: 'v'.repeat(3000) } },
    status: 200,
  },
  {
    name: 'a key of 54 (25)',
    body: { propertyList: { ['k'.repeat(54)]: 'v' } },
    status: 400,
    error: 'PropertyList',
    says: /key.*50/i,
  },
  {
    name: 'a value of 3001 (26)',
    body: { propertyList: { k: 'A'.repeat(3001) } },
    status: 400,
    error: 'PropertyList',
    says: /value.*3000/i,
  },
  { name: 'properties null', body: { propertyList: null }, status: 400, error: 'PropertyList' },
  { name: 'a property null', body: { propertyList: { k: null } }, status: 400, error: 'PropertyList' },
  { name: 'a property of another type', body: { propertyList: { k: 1 } }, status: 400, error: '$.propertyList.k' },
  { name: 'names as URNs (28)', body: { sender: urn(sender), recipients: [urn(recipient)] }, status: 200 },
  {
    name: 'names mixed (29)',
    body: { sender: urn(sender), recipients: [urn(recipient), prefixed(second)] },
    status: 200,
  },
  { name: 'a resource with its prefix (30)', body: { resourceId: `urn:altinn:resource:${resource}` }, status: 200 },
  { name: 'a sender without prefix (33)', body: { sender }, status: 400, error: 'Sender' },
  { name: 'a sender of eight digits (34)', body: { sender: '0192:12345678' }, status: 400, error: 'Sender' },
  { name: 'no recipients (35)', body: { recipients: [] }, status: 400, error: 'Recipients', says: /one or more/i },
  { name: 'a recipient that is none (36)', body: { recipients: ['abc'] }, status: 400, error: 'Recipients' },
  { name: 'a recipient null', body: { recipients: [prefixed(recipient), null] }, status: 400, error: 'Recipients' },
  { name: 'a recipient twice', body: { recipients: [prefixed(recipient), urn(recipient)] }, status: 200 },
  { name: 'recipients of another type', body: { recipients: 'abc' }, status: 400, error: '$.recipients' },
  { name: 'no file name (37)', body: { fileName: '' }, status: 400, error: 'FileName' },
  { name: 'a blank file name', body: { fileName: '   ' }, status: 400, error: 'FileName' },
  { name: 'a file name of 255 (37)', body: { fileName: 'f'.repeat(255) }, status: 200 },
  { name: 'a file name of 256 (37)', body: { fileName: 'f'.repeat(256) }, status: 400, error: 'FileName' },
  {
    name: 'no reference (38)',
    body: { sendersFileTransferReference: '' },
    status: 400,
    error: 'SendersFileTransferReference',
  },
  { name: 'a reference of 4096 (38)', body: { sendersFileTransferReference: 'r'.repeat(4096) }, status: 200 },
  {
    name: 'a reference of 4097 (38)',
    body: { sendersFileTransferReference: 'r'.repeat(4097) },
    status: 400,
    error: 'SendersFileTransferReference',
  },
  { name: 'a checksum of 31 (39)', body: { checksum: 'a'.repeat(31) }, status: 400, error: 'Checksum' },
  { name: 'a checksum in capitals (39)', body: { checksum: 'A'.repeat(32) }, status: 400, error: 'Checksum' },
  { name: 'a checksum that is not hexadecimal (39)', body: { checksum: 'z'.repeat(32) }, status: 200 },
  { name: 'an empty checksum (39)', body: { checksum: '' }, status: 200 },
  { name: 'an unknown member (41)', body: { deletionTime: 'soon' }, status: 200 },
  { name: 'without virus scan', body: { disableVirusScan: 'true' }, status: 200 },
  { name: 'NUL in a file name', body: { fileName: 'a\0b' }, status: 400, error: 'FileName' },
  {
    name: 'half a surrogate pair in a property',
    body: { propertyList: { k: '\ud800' } },
    status: 400,
    error: 'PropertyList',
  },
  { name: 'a path for a file name', body: { fileName: '../../etc/passwd' }, status: 200 },
]

test.each(cases)('$name → $status', async ({ body, status, error, says }) => {
  const answered = await send(initialisation(resource, body))
  expect(answered.status, answered.text).toBe(status)
  if (status === 200) {
    expect(answered.json).toEqual({
      fileTransferId: expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/),
    })
    return
  }
  expect(answered.json).toMatchObject({ code: 'PVK-00001', title: 'One or more validation errors occurred.' })
  expect(Object.keys(answered.json.errors)).toEqual([error])
  if (says !== undefined) expect(answered.json.errors[error!].join(' ')).toMatch(says)
})

test('names of members in any case, and numbers of another code (1.1)', async () => {
  const { fileName, resourceId, ...rest } = initialisation(resource)
  const answered = await send({ ...rest, FileName: fileName, RESOURCEID: resourceId })
  expect(answered.status).toBe(200)
  const { status, json } = await gateway.call('GET', `${paths.transfers}/${answered.json.fileTransferId}`, {
    token: cast.sender,
  })
  expect(status).toBe(200)
  expect(json.fileName).toBe('input.txt')
})

test('what came as URN is shown as the contract says (31)', async () => {
  const { json } = await send(
    initialisation(`urn:altinn:resource:${resource}`, { sender: urn(sender), recipients: [urn(recipient)] }),
  )
  const overview = await gateway.call('GET', `${paths.transfers}/${json.fileTransferId}`, { token: cast.sender })
  expect(overview.json).toMatchObject({
    resourceId: resource,
    sender: urn(sender),
    recipients: [{ recipient: prefixed(recipient) }],
  })
  const found = await gateway.call('GET', `${paths.transfers}?resourceId=${resource}&role=Sender`, {
    token: cast.sender,
  })
  expect(found.json).toContain(json.fileTransferId)
})

test('a time to live counts from now (47)', async () => {
  await makeResource(gateway, cast.owner, 'two-days', { settings: { fileTransferTimeToLive: 'P2D' } })
  for (const [id, days] of [
    ['two-days', 2],
    [resource, 30],
  ] as const) {
    const { json } = await send(initialisation(id))
    const overview = await gateway.call('GET', `${paths.transfers}/${json.fileTransferId}`, { token: cast.sender })
    const life = Date.parse(overview.json.expirationTime) - Date.parse(overview.json.created)
    expect(life / 86_400_000).toBeCloseTo(days, 3)
  }
})

describe('resources that are not ready', () => {
  test('unknown, without policy, or denied: 401 alike (32)', async () => {
    await makeResource(gateway, cast.owner, 'without-policy', { policy: null })
    for (const id of ['unknown-resource', 'without-policy']) {
      expect(await send(initialisation(id))).toMatchObject({ status: 401, json: { code: 'BRO-00006' } })
    }
  })

  test('permitted but not configured: told so', async () => {
    await makeResource(gateway, cast.owner, 'without-settings', { settings: null })
    const answered = await send(initialisation('without-settings'))
    expect(answered).toMatchObject({ status: 400, json: { code: 'BRO-00025' } })
  })
})

describe('required party (8.3)', () => {
  const id = 'required-party'
  const allow = [sender, stranger].map((organisation) => ({ organisation, actions: ['write', 'read'] }))
  beforeAll(async () => {
    const { policyText } = await import('../support/gateway.ts')
    await makeResource(gateway, cast.owner, id, {
      policy: policyText(id, { allow }),
      settings: { requiredParty: urn(sender) },
    })
  })
  const other = stranger
  test.each([
    { name: 'the party sends (48)', from: sender, to: [recipient], status: 200 },
    { name: 'the party is absent (49)', from: other, to: [recipient], status: 400, code: 'BRO-00026' },
    {
      name: 'the party among several recipients (50)',
      from: other,
      to: [recipient, sender],
      status: 400,
      code: 'BRO-00027',
    },
    { name: 'the party sends to several (51)', from: sender, to: [recipient, second], status: 200 },
    { name: 'the party is the only recipient (52)', from: other, to: [sender], status: 200 },
  ])('$name → $status', async ({ from, to, status, code }) => {
    const token = await gateway.token(from, scopes.write)
    const body = initialisation(id, { sender: prefixed(from), recipients: to.map(prefixed) })
    const answered = await send(body, token)
    expect(answered.status, answered.text).toBe(status)
    if (code !== undefined) expect(answered.json.code).toBe(code)
  })
})

describe('access list (8.4)', () => {
  const id = 'listed-parties'
  const list = `${paths.lists}/digdir/listed`
  beforeAll(async () => {
    await makeResource(gateway, cast.owner, id, { document: { accessListMode: 'Enabled' } })
    const put = (path: string, json: unknown) => gateway.call('PUT', path, { token: cast.owner, json })
    expect((await put(list, { name: 'Listed' })).status).toBe(200)
    expect((await put(`${list}/resource-connections/${id}`, {})).status).toBe(200)
    expect((await put(`${list}/members`, { data: [urn(sender), urn(recipient)] })).status).toBe(200)
  })
  const unlisted = '999999999'
  test.each([
    { name: 'on the list (56)', to: [prefixed(recipient)], status: 200 },
    { name: 'on the list, as URN (57)', to: [urn(recipient)], status: 200 },
    { name: 'not on it (54)', to: [prefixed(unlisted)], status: 400 },
    { name: 'not on it, as URN (55)', to: [urn(unlisted)], status: 400 },
    { name: 'one of two (58)', to: [prefixed(recipient), prefixed(unlisted)], status: 400 },
    { name: 'one of two, as URN (59)', to: [urn(recipient), urn(unlisted)], status: 400 },
  ])('$name → $status', async ({ to, status }) => {
    const answered = await send(initialisation(id, { recipients: to }))
    expect(answered.status, answered.text).toBe(status)
    if (status === 400) expect(answered.json.code).toBe('BRO-00028')
  })

  test('switched off, the list is not asked (62)', async () => {
    const answered = await send(initialisation(resource, { recipients: [prefixed(unlisted)] }))
    expect(answered.status).toBe(200)
  })

  test('a connection for reading alone lists no sender', async () => {
    const put = (actionFilters: readonly string[]) =>
      gateway.call('PUT', `${list}/resource-connections/${id}`, { token: cast.owner, json: { actionFilters } })
    await put(['read'])
    expect((await send(initialisation(id))).json.code).toBe('BRO-00006')
    await put(['write'])
    expect((await send(initialisation(id))).json.code).toBe('BRO-00028')
    await put([])
    expect((await send(initialisation(id))).status).toBe(200)
  })
})
