import { setTimeout as pause } from 'node:timers/promises'
import type { JWK } from 'jose'
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import {
  type Authenticate,
  type AuthenticatorOptions,
  createAuthenticator,
} from '../../src/authenticate/authenticate.ts'
import type { IssuerSettings } from '../../src/authenticate/issuer.ts'
import { keySetTimes } from '../../src/authenticate/key-set.ts'
import {
  arrivalWith,
  createKey,
  type IssuerServer,
  json,
  later,
  type SigningKey,
  sign,
  startIssuerServer,
} from './issuing.ts'

let first: SigningKey
let second: SigningKey
let server: IssuerServer
let authenticate: Authenticate

beforeAll(async () => {
  ;[first, second] = await Promise.all([createKey('first'), createKey('second')])
})

const build = (settings: Partial<IssuerSettings> = {}, options: Partial<AuthenticatorOptions> = {}) =>
  createAuthenticator({
    issuers: [{ issuer: server.address, jwksUri: `${server.address}/jwks`, ...settings }],
    allowInsecureLoopback: true,
    ...options,
  })

beforeEach(async () => {
  server = await startIssuerServer()
  serve(first)
  authenticate = await build()
})

afterEach(() => server.close())

const serve = (...keys: readonly SigningKey[]): void => {
  server.answer = (_, response) => json(response, { keys: keys.map(({ publicJwk }) => publicJwk) })
}
const fail = (): void => {
  server.answer = (request) => request.destroy()
}

/** Seconds after the start; each token is another one, so that no verified token is found again. */
let count = 0
const ask = async (key: SigningKey, at = 0, by = authenticate): Promise<string> => {
  const token = await sign(key, {
    iss: server.address,
    exp: later(1000 * 3600 * 24 * 30).getTime() / 1000,
    jti: `${count++}`,
  })
  const answer = await by(arrivalWith(`Bearer ${token}`, later(at * 1000)))
  return answer.kind === 'authenticated' ? 'ok' : answer.reason
}

/** Lets a fetch in the background come to its end. */
const settled = async (fetches: number): Promise<void> => {
  for (let turn = 0; turn < 400 && server.asked.length < fetches; turn++) await pause(5)
  await pause(30)
}

describe('fetching', () => {
  test('nothing before the first token, then once for all who wait', async () => {
    expect(server.asked).toEqual([])
    expect(await Promise.all(Array.from({ length: 20 }, () => ask(first)))).toEqual(Array(20).fill('ok'))
    expect(server.asked).toEqual(['/jwks'])
  })

  test('a key that has been rotated in is found at once, and the old one goes on while it is published', async () => {
    await ask(first)
    serve(first, second)
    expect(await ask(second, 5)).toBe('ok')
    expect(await ask(first, 6)).toBe('ok')
    expect(server.asked).toHaveLength(2)
  })

  test('unknown key ids cause one fetch a minute', async () => {
    await ask(first)
    for (let at = 1; at <= 60; at++) expect(await ask(second, at)).toBe('unknown-key')
    expect(server.asked).toHaveLength(2)
    expect(await ask(second, 61)).toBe('unknown-key')
    expect(server.asked).toHaveLength(3)
  })

  test('unknown key ids cause one fetch a minute while the issuer cannot be reached, too', async () => {
    await ask(first)
    fail()
    for (let at = 1; at <= 60; at += 5) expect(await ask(second, at)).toBe('issuer-unreachable')
    expect(server.asked).toHaveLength(2)
    expect(await ask(first, 60)).toBe('ok')
  })

  test('keys are renewed in the background: a withdrawn one is refused soon after', async () => {
    await ask(first)
    serve(second)
    const due = keySetTimes.refresh / 1000 + 1
    expect(await ask(first, due)).toBe('ok')
    await settled(2)
    expect(await ask(first, due + 1)).toBe('unknown-key')
    expect(await ask(second, due + 1)).toBe('ok')
  })

  test('a verified token is not accepted with keys that have been withdrawn', async () => {
    const token = `Bearer ${await sign(first, { iss: server.address, exp: later(3600_000).getTime() / 1000 })}`
    expect(await authenticate(arrivalWith(token))).toMatchObject({ kind: 'authenticated' })
    serve(second)
    expect(await authenticate(arrivalWith(token, later(601_000)))).toMatchObject({ kind: 'authenticated' })
    await settled(2)
    expect(await authenticate(arrivalWith(token, later(602_000)))).toMatchObject({ reason: 'unknown-key' })
  })
})

describe('an issuer that cannot be reached', () => {
  test('before there are keys: 503, and not asked again for ten seconds', async () => {
    fail()
    for (let at = 0; at < 10; at++) expect(await ask(first, at)).toBe('issuer-unreachable')
    expect(server.asked).toHaveLength(1)
    serve(first)
    expect(await ask(first, 10)).toBe('ok')
    const answer = await (await build())(arrivalWith('Bearer a.b.c'))
    expect(answer).toMatchObject({ status: 401 })
  })

  test('the answer is 503 with a time to retry, and no challenge', async () => {
    fail()
    const token = await sign(first, { iss: server.address })
    expect(await authenticate(arrivalWith(`Bearer ${token}`))).toMatchObject({
      status: 503,
      code: 'PVK-00010',
      headers: { 'retry-after': '5' },
    })
  })

  test('cached keys go on working, for three days', async () => {
    await ask(first)
    fail()
    expect(await ask(first, 2 * 3600)).toBe('ok')
    await settled(2)
    expect(await ask(first, 71 * 3600)).toBe('ok')
    await settled(3)
    expect(await ask(first, 73 * 3600)).toBe('issuer-unreachable')
    serve(first)
    expect(await ask(first, 74 * 3600)).toBe('ok')
  })

  const answers: readonly (readonly [string, IssuerServer['answer']])[] = [
    ['an error', (_, response) => response.writeHead(500).end('{"keys":[]}')],
    ['a redirect', (_, response) => response.writeHead(302, { location: '/elsewhere' }).end()],
    ['no JSON', (_, response) => response.end('<html>')],
    ['no key set', (_, response) => json(response, { keys: 'none' })],
    ['no keys', (_, response) => json(response, { keys: [] })],
    ['no usable key', (_, response) => json(response, { keys: [{ kty: 'oct', k: 'AA' }, { kty: 'EC' }, null, 7, {}] })],
    ['too much', (_, response) => json(response, { keys: [], padding: 'x'.repeat(600_000) })],
    ['nothing, ever', () => undefined],
    ['half of it, then nothing', (_, response) => response.writeHead(200).write('{"keys":')],
  ]
  test.each(answers)('because it answers %s', async (_, answer) => {
    server.answer = answer
    const told: (string | undefined)[] = []
    authenticate = await build({}, { fetchTimeout: 200, keysFetched: (_issuer, failure) => told.push(failure) })
    expect(await ask(first)).toBe('issuer-unreachable')
    expect(server.asked).toEqual(['/jwks'])
    expect(told).toEqual([expect.stringContaining(`${server.address}/jwks`)])
  })
})

describe('broken keys in a set', () => {
  const broken: readonly (readonly [string, (jwk: JWK) => unknown])[] = [
    ['a private key', (jwk) => ({ ...jwk, d: 'AA' })],
    ['a point that is not on the curve', (jwk) => ({ ...jwk, x: jwk.y })],
    ['an unknown curve', (jwk) => ({ ...jwk, crv: 'P-192' })],
    [
      'a short RSA key',
      () => ({ kty: 'RSA', n: Buffer.alloc(128, 255).toString('base64url'), e: 'AQAB', kid: 'first' }),
    ],
    ['text', () => 'text'],
  ]
  test.each(broken)('%s does not take the others down', async (_, change) => {
    server.answer = (_, response) => json(response, { keys: [change(first.publicJwk), second.publicJwk] })
    expect(await ask(second)).toBe('ok')
    expect(await ask(first, 1)).toBe('unknown-key')
  })

  test('a key for encryption does not verify', async () => {
    server.answer = (_, response) => json(response, { keys: [{ ...first.publicJwk, use: 'enc' }, second.publicJwk] })
    expect(await ask(first)).toBe('unknown-key')
  })
})

describe('the metadata document', () => {
  const metadata = (path: string, document: () => unknown): void => {
    server.answer = (request, response) => {
      if (request.url === '/keys') return json(response, { keys: [first.publicJwk] })
      if (request.url === path) return json(response, document())
      return response.writeHead(404).end()
    }
  }
  const good = () => ({ issuer: server.address, jwks_uri: `${server.address}/keys` })

  test.each(['/.well-known/oauth-authorization-server', '/.well-known/openid-configuration'])('at %s', async (path) => {
    metadata(path, good)
    const by = await createAuthenticator({ issuers: [{ issuer: server.address }], allowInsecureLoopback: true })
    expect(await ask(first, 0, by)).toBe('ok')
  })

  test('at an address of its own', async () => {
    metadata('/meta', good)
    const by = await createAuthenticator({
      issuers: [{ issuer: server.address, discovery: `${server.address}/meta` }],
      allowInsecureLoopback: true,
    })
    expect(await ask(first, 0, by)).toBe('ok')
    expect(server.asked).toEqual(['/meta', '/keys'])
  })

  test.each<readonly [string, () => unknown]>([
    ['names another issuer', () => ({ ...good(), issuer: 'https://evil.test' })],
    ['names no keys', () => ({ issuer: server.address })],
    ['names keys over http elsewhere', () => ({ ...good(), jwks_uri: 'http://issuer.test/jwks' })],
    ['names keys in a file', () => ({ ...good(), jwks_uri: 'file:///etc/passwd' })],
    ['is a list', () => []],
  ])('%s: not believed', async (_, document) => {
    metadata('/.well-known/openid-configuration', document)
    const by = await createAuthenticator({ issuers: [{ issuer: server.address }], allowInsecureLoopback: true })
    expect(await ask(first, 0, by)).toBe('issuer-unreachable')
    expect(server.asked).not.toContain('/keys')
  })
})
