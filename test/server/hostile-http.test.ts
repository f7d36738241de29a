/** Requests that no honest client sends, byte for byte: every one is refused or cut off, and the gateway goes on. */
import { beforeAll, describe, expect, test } from 'vitest'
import {
  initialisation,
  initialise,
  makeResource,
  mintCast,
  octets,
  paths,
  registerOwner,
  withGateway,
} from '../support/gateway.ts'
import { exchange, openWire, statusOf } from '../support/wire.ts'

const gateway = withGateway({ PORTVAKT_UPLOAD_IDLE_SECONDS: '1' })
const resource = 'hostile-http'
let cast: Awaited<ReturnType<typeof mintCast>>
let id: string

beforeAll(async () => {
  cast = await mintCast(gateway)
  await registerOwner(gateway, cast.owner)
  await makeResource(gateway, cast.owner, resource)
  id = await initialise(gateway, cast.sender, resource)
})

const head = (start: string, headers: readonly string[] = []): string =>
  `${[`${start} HTTP/1.1`, 'Host: gateway', 'Connection: close', ...headers].join('\r\n')}\r\n\r\n`
const bearer = (token: string): string => `Authorization: Bearer ${token}`
const overview = (): string => `GET ${paths.transfers}/${id}`

describe('request lines and headers', () => {
  const cases: readonly (readonly [name: string, request: () => string, statuses: readonly number[]])[] = [
    ['no HTTP at all', () => 'hello\r\n\r\n', [400]],
    ['a target that is no path', () => head('GET foo'), [400]],
    ['two slashes', () => head('GET //'), [400, 404]],
    ['two slashes and a host', () => head('GET //evil.example/health'), [400, 404]],
    ['an absolute target', () => head(`GET http://evil.example${paths.transfers}/${id}`, [bearer('x')]), [400, 401]],
    ['CONNECT', () => head('CONNECT evil.example:443'), []],
    ['TRACE', () => head('TRACE /health'), [404, 405]],
    ['an unknown method', () => head('BREW /health'), [400]],
    ['OPTIONS', () => head(`OPTIONS ${paths.transfers}`), [405]],
    ['no Host', () => 'GET /health HTTP/1.1\r\nConnection: close\r\n\r\n', [400]],
    ['a Host that is none', () => 'GET /health HTTP/1.1\r\nHost: a b\r\nConnection: close\r\n\r\n', [400]],
    ['two Hosts', () => 'GET /health HTTP/1.1\r\nHost: a\r\nHost: b\r\nConnection: close\r\n\r\n', [400, 200]],
    ['a fraction of a percent', () => head(`GET ${paths.transfers}/%zz`, [bearer(cast.sender)]), [400]],
    ['an encoded slash', () => head(`GET ${paths.transfers}%2f${id}`, [bearer(cast.sender)]), [404]],
    [
      'an encoded slash in the id',
      () => head(`GET ${paths.transfers}/${id}%2fdownload`, [bearer(cast.recipient)]),
      [400],
    ],
    ['dots', () => head(`GET ${paths.transfers}/../filetransfer/${id}`, [bearer(cast.sender)]), [200, 400, 404]],
    ['encoded dots', () => head(`GET ${paths.transfers}/%2e%2e/%2e%2e/health`, [bearer(cast.sender)]), [400, 404]],
    ['a backslash', () => head(`GET ${paths.transfers}\\${id}`, [bearer(cast.sender)]), [400, 404]],
    ['a semicolon', () => head(`GET ${paths.transfers};x=1/${id}`, [bearer(cast.sender)]), [404]],
    ['NUL in the path', () => head(`GET ${paths.transfers}/${id}%00`, [bearer(cast.sender)]), [400, 404]],
    ['a header with a line break in it', () => head(overview(), ['X-A: b\n']), [400]],
    ['a header name with a space', () => head(overview(), [`Authorization : Bearer ${cast.sender}`]), [400]],
    ['a folded header', () => head(overview(), ['Authorization: Bearer', `  ${cast.sender}`]), [400, 401]],
    ['40 KB of headers', () => head(overview(), [`X-Long: ${'x'.repeat(40_000)}`]), [431]],
    [
      '3,000 headers',
      () =>
        head(
          overview(),
          Array.from({ length: 3_000 }, (_, index) => `X-${index}: y`),
        ),
      [431, 401],
    ],
    ['a long path', () => head(`GET /${'x'.repeat(60_000)}`), [431, 404]],
    ['two tokens', () => head(overview(), [bearer(cast.sender), bearer(cast.sender)]), [401]],
    ['a good token and another after it', () => head(overview(), [bearer(cast.sender), bearer('x')]), [401]],
    ['a token in the query', () => head(`${overview()}?access_token=${cast.sender}`, ['Connection: close']), [401]],
    ['a cookie', () => head(overview(), [`Cookie: AltinnStudioRuntime=${cast.sender}`]), [401]],
    [
      'length and chunks (smuggling)',
      () =>
        `${head(`POST ${paths.transfers}`, [bearer(cast.sender), 'Content-Type: application/json', 'Content-Length: 5', 'Transfer-Encoding: chunked'])}0\r\n\r\nGET /health HTTP/1.1\r\nHost: x\r\n\r\n`,
      [400],
    ],
    [
      'two lengths',
      () => `${head(`POST ${paths.transfers}`, [bearer(cast.sender), 'Content-Length: 1', 'Content-Length: 2'])}ab`,
      [400],
    ],
    ['a negative length', () => head(`POST ${paths.transfers}`, ['Content-Length: -1']), [400]],
    ['a length in words', () => head(`POST ${paths.transfers}`, ['Content-Length: 0x10']), [400]],
    ['chunked, not last', () => head(`POST ${paths.transfers}`, ['Transfer-Encoding: chunked, identity']), [400, 501]],
    ['an unknown coding', () => head(`POST ${paths.transfers}`, ['Transfer-Encoding: xchunked']), [400, 501]],
    [
      'a chunk of no size',
      () =>
        `${head(`POST ${paths.transfers}`, [bearer(cast.sender), 'Content-Type: application/json', 'Transfer-Encoding: chunked'])}zz\r\n`,
      [400],
    ],
  ]
  test.each(cases)('%s', async (...given) => {
    const [name, request, statuses] = given as unknown as (typeof cases)[number]
    const response = await exchange(gateway.port, request(), 3_000).catch((error: Error) => error.message)
    if (statuses.length > 0 || response !== '')
      expect(statuses, `${name}: ${response.slice(0, 900)}`).toContain(statusOf(response))
    if (response !== '') {
      expect(response.toLowerCase(), name).toContain('x-content-type-options: nosniff')
      expect(response.toLowerCase(), name).toContain('cache-control: no-store')
    }
    // one request, one answer: nothing was taken for a second one
    expect(response.match(/HTTP\/1\.1 \d{3}/g)?.length ?? 0, name).toBeLessThanOrEqual(1)
    expect((await gateway.call('GET', '/health')).status).toBe(200)
  })
})

const uploadHead = (transfer: string, token: string, headers: readonly string[]): string =>
  head(`POST ${paths.transfers}/${transfer}/upload`, [
    bearer(token),
    'Content-Type: application/octet-stream',
    ...headers,
  ])

describe('Expect: 100-continue', () => {
  test('a refusal comes before the body is asked for', async () => {
    for (const [token, status] of [
      [cast.stranger, 401],
      [cast.recipient, 403],
      ['x', 401],
    ] as const) {
      const response = await exchange(
        gateway.port,
        uploadHead(id, token, ['Content-Length: 1000000', 'Expect: 100-continue']),
      )
      expect(statusOf(response), response).toBe(status)
      expect(response).not.toContain('100 Continue')
    }
  })

  test('a permit asks for it, for files and for JSON', async () => {
    const transfer = await initialise(gateway, cast.sender, resource)
    const wire = await openWire(gateway.port)
    wire.send(uploadHead(transfer, cast.sender, ['Content-Length: 5', 'Expect: 100-continue']))
    await wire.until(/100 Continue\r\n\r\n/)
    wire.send('hello')
    expect(await wire.toEnd()).toContain('HTTP/1.1 200 OK')
    const json = JSON.stringify(initialisation(resource))
    const second = await openWire(gateway.port)
    second.send(
      head(`POST ${paths.transfers}`, [
        bearer(cast.sender),
        'Content-Type: application/json',
        `Content-Length: ${json.length}`,
        'Expect: 100-continue',
      ]),
    )
    await second.until(/100 Continue\r\n\r\n/)
    second.send(json)
    expect(await second.toEnd()).toContain('HTTP/1.1 200 OK')
  })

  test('nor is it asked for when the file cannot be taken', async () => {
    const transfer = await initialise(gateway, cast.sender, resource)
    const response = await exchange(
      gateway.port,
      uploadHead(transfer, cast.sender, ['Content-Length: 1677721600001', 'Expect: 100-continue']),
    )
    expect(response).toContain('BRO-00016')
    expect(response).not.toContain('100 Continue')
  })

  test('another expectation is refused', async () => {
    const response = await exchange(gateway.port, head('GET /health', ['Expect: miracles']))
    expect(statusOf(response)).toBe(417)
  })
})

describe('bodies', () => {
  test('a JSON body that is too large is answered, not cut off', async () => {
    const large = 'x'.repeat(2_000_000)
    const announced = await gateway.call('POST', paths.transfers, { token: cast.sender, json: `"${large}"` })
    expect(announced).toMatchObject({ status: 413, json: { code: 'PVK-00007' } })
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        for (let sent = 0; sent < 2_000_000; sent += 100_000) controller.enqueue(Buffer.alloc(100_000, 'x'))
        controller.close()
      },
    })
    const chunked = await gateway.call('POST', paths.transfers, {
      token: cast.sender,
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(chunked).toMatchObject({ status: 413, json: { code: 'PVK-00007' } })
  })

  test.each(['Content-Length: 2000000', 'Transfer-Encoding: chunked'])(
    'and the connection serves the next request: %s',
    async (framing) => {
      const wire = await openWire(gateway.port)
      const post = (header: string): string =>
        `POST ${paths.transfers} HTTP/1.1\r\nHost: a\r\n${bearer(cast.sender)}\r\nContent-Type: application/json\r\n${header}\r\n\r\n`
      const piece = 'x'.repeat(100_000)
      const framed = framing.startsWith('C') ? piece : `${piece.length.toString(16)}\r\n${piece}\r\n`
      wire.send(post(framing) + framed.repeat(20) + (framing.startsWith('C') ? '' : '0\r\n\r\n'))
      await wire.until(/HTTP\/1\.1 413/)
      wire.send(post('Content-Length: 500000') + 'x'.repeat(500_000))
      await wire.until(/HTTP\/1\.1 400/)
      wire.end()
    },
  )

  test.each([
    ['invalid UTF-8', Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])],
    ['very deep JSON', '['.repeat(500_000)],
    ['deep and closed', `${'{"propertyList":'.repeat(50_000)}1${'}'.repeat(50_000)}`],
    ['__proto__', '{"__proto__":{"fileName":"x","resourceId":"hostile-http"}}'],
    ['constructor', '{"constructor":{"prototype":{"x":1}},"propertyList":{"__proto__":{"a":"b"}}}'],
    ['a NUL', 'null'],
    ['a number', '1e400'],
    ['UTF-16', Buffer.from('{"fileName":"x"}', 'utf16le')],
    ['a mark before it', '\ufeff{"fileName":"x"}'],
  ])('JSON: %s → 400', async (_name, body) => {
    const answered = await gateway.call('POST', paths.transfers, {
      token: cast.sender,
      body,
      headers: { 'content-type': 'application/json' },
    })
    expect(answered.status, answered.text).toBe(400)
    expect(answered.json.code).toBe('PVK-00001')
    expect(({} as { fileName?: string }).fileName).toBeUndefined()
  })

  test('__proto__ is a property like any other', async () => {
    const body = JSON.stringify(initialisation(resource, { propertyList: { a: '1' } })).replace(
      '"a":"1"',
      '"__proto__":"x","constructor":"y"',
    )
    const { status, json } = await gateway.call('POST', paths.transfers, { token: cast.sender, json: body })
    expect(status).toBe(200)
    const overview = await gateway.call('GET', `${paths.transfers}/${json.fileTransferId}`, { token: cast.sender })
    expect(overview.text).toContain('"__proto__":"x"')
    expect(overview.text).toContain('"constructor":"y"')
  })
})

describe('uploads that do not end', () => {
  const state = async (transfer: string): Promise<string> =>
    (await gateway.call('GET', `${paths.transfers}/${transfer}`, { token: cast.sender })).json.fileTransferStatus

  test('cut off in the middle: not published, and may be sent again', async () => {
    const transfer = await initialise(gateway, cast.sender, resource)
    const wire = await openWire(gateway.port)
    wire.send(uploadHead(transfer, cast.sender, ['Content-Length: 1000']) + 'x'.repeat(500))
    await expect.poll(() => state(transfer)).toBe('UploadStarted')
    wire.end()
    const again = async () =>
      (
        await gateway.call('POST', `${paths.transfers}/${transfer}/upload`, {
          token: cast.sender,
          body: 'whole',
          headers: octets,
        })
      ).status
    expect(await again()).toBe(200)
    expect(await state(transfer)).toBe('Published')
    expect((await gateway.call('GET', `${paths.transfers}/${transfer}/download`, { token: cast.recipient })).text).toBe(
      'whole',
    )
  })

  test('stalled: ended by the gateway with an answer', async () => {
    const transfer = await initialise(gateway, cast.sender, resource)
    const response = await exchange(
      gateway.port,
      uploadHead(transfer, cast.sender, ['Content-Length: 1000']) + 'x'.repeat(500),
      20_000,
    )
    expect(statusOf(response), response).toBe(408)
    expect(response).toContain('PVK-00018')
    expect(await state(transfer)).toBe('UploadStarted')
  })

  test('fifty that go away at once leave nothing behind', async () => {
    const transfer = await initialise(gateway, cast.sender, resource)
    await Promise.all(
      Array.from({ length: 50 }, async () => {
        const wire = await openWire(gateway.port)
        wire.send(`${uploadHead(transfer, cast.sender, ['Transfer-Encoding: chunked'])}3\r\nabc\r\n`)
        wire.end()
      }),
    )
    await expect
      .poll(
        async () =>
          (
            await gateway.call('POST', `${paths.transfers}/${transfer}/upload`, {
              token: cast.sender,
              body: 'whole',
              headers: octets,
            })
          ).status,
      )
      .toBe(200)
    expect(await state(transfer)).toBe('Published')
  })
})

test('two requests on one connection are two requests', async () => {
  const wire = await openWire(gateway.port)
  const keep = (token: string): string => `GET ${paths.transfers}/${id} HTTP/1.1\r\nHost: a\r\n${bearer(token)}\r\n\r\n`
  wire.send(keep(cast.sender) + keep(cast.stranger) + head(overview(), [bearer(cast.sender)]))
  const response = await wire.toEnd()
  expect([...response.matchAll(/HTTP\/1\.1 (\d{3})/g)].map(([, status]) => status)).toEqual(['200', '401', '200'])
})
