/** Which answer comes first when several are right, and what holds for every request: contract of the broker, 1.1 and 8.8. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Answered,
  type CallOptions,
  initialisation,
  initialise,
  makeResource,
  mintCast,
  octets,
  organisations,
  paths,
  registerOwner,
  scopes,
  withGateway,
} from '../support/gateway.ts'
import { exchange, statusOf } from '../support/wire.ts'

const gateway = withGateway()
const resource = 'ordered-answers'
const nobody = '00000000-0000-0000-0000-000000000000'
let cast: Awaited<ReturnType<typeof mintCast>>
let id: string

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
  await makeResource(gateway, cast.owner, resource)
  id = await initialise(gateway, cast.sender, resource)
})

type Call = () => Promise<Answered>
const answerOf = async (call: Call): Promise<string> => {
  const { status, json } = await call()
  return json === undefined ? String(status) : `${status} ${json.code}`
}

describe('the first of several', () => {
  const wrongAccept = { accept: 'text/plain' }
  const call =
    (method: string, path: string, options: CallOptions = {}): Call =>
    () =>
      gateway.call(method, path, options)
  const bad = { fileName: '', resourceId: resource, sender: `0192:${organisations.sender}`, recipients: [] }

  const cases: readonly (readonly [name: string, call: () => Call, answer: string])[] = [
    ['406 before the token', () => call('POST', paths.transfers, { headers: wrongAccept }), '406'],
    ['401 before the scope', () => call('POST', paths.transfers, { json: bad }), '401'],
    ['401 for what is no token', () => call('POST', paths.transfers, { token: 'abc', json: bad }), '401'],
    ['403 before the body', () => call('POST', paths.transfers, { token: cast.recipient, json: 'not json' }), '403'],
    [
      '403 before the transfer',
      () => call('GET', `${paths.transfers}/${nobody}/download`, { token: cast.sender }),
      '403',
    ],
    ['403 before the id', () => call('GET', `${paths.transfers}/no-guid/download`, { token: cast.sender }), '403'],
    [
      '404 before the access',
      () => call('GET', `${paths.transfers}/${nobody}`, { token: cast.stranger }),
      '404 BRO-00001',
    ],
    [
      '404 for an upload',
      () => call('POST', `${paths.transfers}/${nobody}/upload`, { token: cast.stranger, body: 'x', headers: octets }),
      '404 BRO-00001',
    ],
    [
      '401 before the state',
      () => call('GET', `${paths.transfers}/${id}/download`, { token: cast.stranger }),
      '401 BRO-00006',
    ],
    [
      '401 before the media type',
      () =>
        call('POST', `${paths.transfers}/${id}/upload`, {
          token: cast.stranger,
          body: 'x',
          headers: { 'content-type': 'text/plain' },
        }),
      '401 BRO-00006',
    ],
    [
      '401 before a wrong body that names its resource',
      () => call('POST', paths.transfers, { token: cast.stranger, json: bad }),
      '401 BRO-00006',
    ],
    ['400 at last', () => call('POST', paths.transfers, { token: cast.sender, json: bad }), '400 PVK-00001'],
    [
      '400 for JSON that is none (42)',
      () => call('POST', paths.transfers, { token: cast.sender, json: '{"fileName":' }),
      '400 PVK-00001',
    ],
    [
      '415 (42)',
      () =>
        call('POST', paths.transfers, { token: cast.sender, body: '{}', headers: { 'content-type': 'text/plain' } }),
      '415 PVK-00008',
    ],
    [
      '415 for an upload (75)',
      () =>
        call('POST', `${paths.transfers}/${id}/upload`, {
          token: cast.sender,
          body: 'x',
          headers: { 'content-type': 'text/plain' },
        }),
      '415 PVK-00008',
    ],
    [
      '400 for what is no id (90)',
      () => call('GET', `${paths.transfers}/not-a-guid`, { token: cast.sender }),
      '400 PVK-00001',
    ],
    [
      '400 for an id with more',
      () => call('GET', `${paths.transfers}/${nobody}x`, { token: cast.sender }),
      '400 PVK-00001',
    ],
    [
      '400 for an id in braces',
      () => call('GET', `${paths.transfers}/%7B${nobody}%7D`, { token: cast.sender }),
      '400 PVK-00001',
    ],
    [
      '403 before the file',
      () => call('GET', `${paths.transfers}/${id}/download`, { token: cast.recipient }),
      '403 BRO-00007',
    ],
    ['404 for no address', () => call('GET', '/broker/api/v1/nothing', { token: cast.sender }), '404 PVK-00004'],
    ['405 for no method', () => call('PATCH', paths.transfers, { token: cast.sender }), '405 PVK-00005'],
  ]
  test.each(cases)('%s', async (_name, make, answer) => {
    expect(await answerOf(make())).toBe(answer)
  })
})

test('every transfer endpoint, by nobody, by who lacks the scope, and about nothing', async () => {
  const endpoints = [
    ['POST', '', 'write'],
    ['GET', `?resourceId=${resource}`, 'any'],
    ['GET', `/${nobody}`, 'any'],
    ['GET', `/${nobody}/details`, 'any'],
    ['POST', `/${nobody}/upload`, 'write'],
    ['GET', `/${nobody}/download`, 'read'],
    ['POST', `/${nobody}/confirmdownload`, 'read'],
  ] as const
  const scopeless = await gateway.token(
    organisations.sender,
    'altinn:broker.writer altinn:broker.readx xaltinn:broker.read',
  )
  for (const [method, more, needed] of endpoints) {
    const path = paths.transfers + more
    const anonymous = await gateway.call(method, path)
    expect(anonymous.status, path).toBe(401)
    expect(anonymous.headers.get('www-authenticate'), path).toMatch(/^Bearer/)
    expect(anonymous.bytes.length, path).toBe(0)
    const scoped = await gateway.call(method, path, { token: scopeless })
    expect(scoped.status, path).toBe(403)
    expect(scoped.bytes.length, path).toBe(0)
    const other = needed === 'write' ? scopes.read : needed === 'read' ? scopes.write : undefined
    if (other !== undefined) {
      const token = await gateway.token(organisations.sender, other)
      expect((await gateway.call(method, path, { token })).status, path).toBe(403)
    }
    if (more.startsWith(`/${nobody}`)) {
      const token = await gateway.token(organisations.stranger, scopes.both)
      expect(await gateway.call(method, path, { token }), path).toMatchObject({
        status: 404,
        json: { code: 'BRO-00001', title: 'Not Found', status: 404 },
      })
    }
  }
})

describe('Accept (8.8)', () => {
  test.each([
    ['application/json', 200],
    ['*/*', 200],
    ['*/*, text/plain', 200],
    ['text/plain;q=0.9, text/markdown;q=0.8, application/json;q=0.5', 200],
    ['Application/JSON', 200],
    ['application/octet-stream', 406],
    ['application/*', 406],
    ['', 406],
  ] as const)('%s → %i', async (accept, status) => {
    const answered = await gateway.call('POST', paths.transfers, {
      token: cast.sender,
      json: initialisation(resource),
      headers: { accept },
    })
    // an empty header names nothing: some clients drop it, so either is sound
    if (accept === '') expect([200, 406]).toContain(answered.status)
    else expect(answered.status).toBe(status)
  })

  test('none at all (97), and several headers', async () => {
    const request = (accept: string): string =>
      `GET ${paths.transfers}/${id} HTTP/1.1\r\nHost: a\r\n${accept}Authorization: Bearer ${cast.sender}\r\nConnection: close\r\n\r\n`
    expect(statusOf(await exchange(gateway.port, request('')))).toBe(200)
    expect(statusOf(await exchange(gateway.port, request('Accept: text/plain\r\nAccept: application/json\r\n')))).toBe(
      200,
    )
    expect(statusOf(await exchange(gateway.port, request('Accept: text/plain\r\nAccept: text/html\r\n')))).toBe(406)
  })

  test('download is not checked (102)', async () => {
    const answered = await gateway.call('GET', `${paths.transfers}/${id}/download`, {
      token: cast.recipient,
      headers: { accept: 'application/json' },
    })
    expect(answered.json.code).toBe('BRO-00007')
  })
})

test('paths in any case, with a slash at the end, and headers that mean nothing (1.1)', async () => {
  const headers = { 'Ocp-Apim-Subscription-Key': 'abc', 'X-Original-URL': '/admin', 'X-HTTP-Method-Override': 'DELETE' }
  for (const path of [
    `${paths.transfers}/${id}/`,
    `/Broker/API/v1/FileTransfer/${id.toUpperCase()}`,
    `/broker/api/V1/filetransfer/${id}/DETAILS/`,
  ]) {
    const answered = await gateway.call('GET', path, { token: cast.sender, headers })
    expect(answered.status, path).toBe(200)
    expect(answered.json.fileTransferId, path).toBe(id)
  }
  const created = await gateway.call('POST', `${paths.transfers}/`, {
    token: cast.sender,
    json: initialisation(resource),
    headers,
  })
  expect(created.status).toBe(200)
})

describe('health (218)', () => {
  test('live and ready without a token', async () => {
    expect((await gateway.call('GET', '/health')).status).toBe(200)
    expect((await gateway.call('GET', '/ready')).json).toMatchObject({ ready: true, checks: { database: true } })
  })
})
