import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { createAuthenticator } from '../../src/authenticate/authenticate.ts'
import {
  createDevelopmentIssuer,
  type DevelopmentIssuer,
  type DevelopmentIssuerOptions,
} from '../../src/authenticate/development-issuer.ts'
import { developmentIssuerRoutes } from '../../src/authenticate/development-issuer-routes.ts'
import { developmentKeyFile } from '../../src/authenticate/development-key.ts'
import { readTokenRequest } from '../../src/authenticate/token-request.ts'
import { arrivalWith, now } from './issuing.ts'

let folder: string
let settings: DevelopmentIssuerOptions & { readonly dataFolder: string }

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-issuer-'))
  settings = { issuer: 'http://127.0.0.1:8080/development', host: '127.0.0.1', issuers: [], dataFolder: folder }
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const create = async (options: Partial<DevelopmentIssuerOptions> = {}): Promise<DevelopmentIssuer> => {
  const issuer = await createDevelopmentIssuer({ ...settings, ...options })
  if (issuer.kind !== 'development-issuer') throw new Error(issuer.detail)
  return issuer
}

const accept = async (issuer: DevelopmentIssuer, token: string) =>
  (await createAuthenticator({ issuers: [issuer.settings] }))(arrivalWith(`Bearer ${token}`))

const systemUser = 'a0a0a0a0-1111-4222-8333-444444444444'

describe('the tokens it mints are callers', () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>, object]>([
    [
      'organisation',
      { kind: 'organisation', organisation: '991825827', scope: 'altinn:broker.write' },
      {
        kind: 'organisation',
        organisation: '991825827',
        vendor: '991825827',
        level: 3,
        scopes: ['altinn:broker.write'],
      },
    ],
    [
      'organisation whose system somebody else runs',
      { kind: 'organisation', organisation: '991825827', vendor: '123456789', level: 0 },
      { kind: 'organisation', organisation: '991825827', vendor: '123456789', level: 0 },
    ],
    [
      'system user',
      { kind: 'system-user', organisation: '991825827', vendor: '123456789', systemUser: systemUser.toUpperCase() },
      { kind: 'system-user', organisation: '991825827', vendor: '123456789', systemUser },
    ],
    [
      'service owner',
      { kind: 'service-owner', organisation: '991825827', code: 'digdir', level: '4', lifetime: 60 },
      {
        kind: 'organisation',
        organisation: '991825827',
        serviceOwnerCode: 'digdir',
        level: 4,
        expiresAt: now.getTime() / 1000 + 60,
      },
    ],
  ])('%s', async (_, given, expected) => {
    const issuer = await create()
    const read = readTokenRequest(given)
    if (read.kind !== 'token-request') throw new Error(read.detail)
    const { access_token } = await issuer.mint(read.request, now)
    expect(await accept(issuer, access_token)).toMatchObject({ kind: 'authenticated', caller: expected })
  })
})

describe('what is asked is checked', () => {
  test.each<readonly [string, Readonly<Record<string, unknown>>]>([
    ['no kind', { organisation: '991825827' }],
    ['unknown kind', { kind: 'admin', organisation: '991825827' }],
    ['no organisation', { kind: 'organisation' }],
    ['organisation of eight digits', { kind: 'organisation', organisation: '99182582' }],
    ['system user without its id', { kind: 'system-user', organisation: '991825827' }],
    ['id of a system user for another kind', { kind: 'organisation', organisation: '991825827', systemUser }],
    ['service owner without code', { kind: 'service-owner', organisation: '991825827' }],
    ['more than a day', { kind: 'organisation', organisation: '991825827', lifetime: 86_401 }],
    ['no time at all', { kind: 'organisation', organisation: '991825827', lifetime: 0 }],
    ['level 5', { kind: 'organisation', organisation: '991825827', level: 5 }],
    ['unknown property', { kind: 'organisation', organisation: '991825827', admin: 'true' }],
    ['scope with a line break', { kind: 'organisation', organisation: '991825827', scope: 'a\nb' }],
    ['scope without end', { kind: 'organisation', organisation: '991825827', scope: 'x'.repeat(2001) }],
    ['a list', { kind: 'organisation', organisation: ['991825827'] }],
  ])('%s', (_, given) => {
    expect(readTokenRequest(given)).toMatchObject({ kind: 'invalid' })
  })
})

describe('where it may exist', () => {
  test.each<readonly [string, Partial<DevelopmentIssuerOptions>, string]>([
    ['beside a real issuer', { issuers: [{ issuer: 'https://maskinporten.no/' }] }, 'real-issuer'],
    ['on every address', { host: '0.0.0.0' }, 'not-loopback'],
    ['on every address of IPv6', { host: '::' }, 'not-loopback'],
    ['on a network', { host: '10.0.0.1' }, 'not-loopback'],
    ['on a name that begins like loopback', { host: '127.0.0.1.evil.test' }, 'not-loopback'],
    ['under a public name', { issuer: 'https://portvakt.test/development' }, 'not-loopback'],
  ])('not %s', async (_, options, reason) => {
    expect(await createDevelopmentIssuer({ ...settings, ...options })).toMatchObject({
      kind: 'development-issuer-refused',
      reason,
    })
    expect(await readdir(folder)).toEqual([])
  })

  test.each(['localhost', '127.0.0.1', '127.1.2.3', '::1', '[::1]'])('on %s', async (host) => {
    expect(await createDevelopmentIssuer({ ...settings, host })).toMatchObject({ kind: 'development-issuer' })
  })
})

describe('its key', () => {
  test('stays, for the owner of the folder only', async () => {
    const one = await create()
    expect((await stat(join(folder, developmentKeyFile))).mode & 0o777).toBe(0o600)
    expect((await create()).jwks).toEqual(one.jwks)
    expect(one.jwks.keys[0]).not.toHaveProperty('d')
  })

  test('is one when two start at once, and nothing is left beside it', async () => {
    const issuers = await Promise.all(Array.from({ length: 8 }, () => create()))
    expect(new Set(issuers.map(({ jwks }) => JSON.stringify(jwks))).size).toBe(1)
    expect(await readdir(folder)).toEqual([developmentKeyFile])
  })

  test('is refused when others can read it, or when it is broken, without showing it', async () => {
    await create()
    const path = join(folder, developmentKeyFile)
    const { d } = JSON.parse(await readFile(path, 'utf8')) as { d: string }
    await chmod(path, 0o644)
    await expect(create()).rejects.toThrow(/chmod 600/)
    await chmod(path, 0o600)
    await writeFile(path, `{"d":"${d}"`)
    await expect(create()).rejects.toThrow(/is not JSON/)
    await expect(create()).rejects.not.toThrow(d)
    await writeFile(path, '{"kty":"oct","k":"AA"}')
    await expect(create()).rejects.toThrow(/not a private P-256 key/)
  })

  test('dies with the process when there is no folder', async () => {
    const { dataFolder: _, ...inMemory } = settings
    const [one, two] = await Promise.all([createDevelopmentIssuer(inMemory), createDevelopmentIssuer(inMemory)])
    if (one.kind !== 'development-issuer' || two.kind !== 'development-issuer') throw new Error('refused')
    expect(one.jwks).not.toEqual(two.jwks)
  })
})

describe('over HTTP', () => {
  const ask = async (path: string, init: RequestInit = {}, host = '127.0.0.1:8080') => {
    const routes = developmentIssuerRoutes(await create(), () => now)
    return routes.request(path, { ...init, headers: { host, ...init.headers } })
  }
  const form = { 'content-type': 'application/x-www-form-urlencoded' }

  test('metadata and keys', async () => {
    const metadata = await (await ask('/.well-known/openid-configuration')).json()
    expect(metadata).toMatchObject({ issuer: settings.issuer, jwks_uri: `${settings.issuer}/jwks` })
    expect(await (await ask('/jwks')).json()).toMatchObject({ keys: [{ kty: 'EC', alg: 'ES256', use: 'sig' }] })
  })

  test.each([
    ['a form', { body: 'kind=organisation&organisation=991825827&lifetime=60&scope=a+b', headers: form }],
    [
      'JSON',
      {
        body: '{"kind":"organisation","organisation":"991825827","lifetime":60,"scope":"a b"}',
        headers: { 'content-type': 'application/json; charset=utf-8' },
      },
    ],
  ])('a token for %s', async (_, init) => {
    const response = await ask('/token', { method: 'POST', ...init })
    expect(response.status).toBe(200)
    expect(response.headers.get('cache-control')).toBe('no-store')
    const answer = (await response.json()) as { access_token: string }
    expect(answer).toMatchObject({ token_type: 'Bearer', expires_in: 60, scope: 'a b' })
    expect(await accept(await create(), answer.access_token)).toMatchObject({ caller: { scopes: ['a', 'b'] } })
  })

  test.each<readonly [string, number, RequestInit, string | undefined]>([
    ['a wrong property', 400, { method: 'POST', body: 'kind=admin', headers: form }, undefined],
    [
      'JSON that is none',
      400,
      { method: 'POST', body: '{', headers: { 'content-type': 'application/json' } },
      undefined,
    ],
    [
      'JSON that is a list',
      400,
      { method: 'POST', body: '[]', headers: { 'content-type': 'application/json' } },
      undefined,
    ],
    [
      '__proto__',
      400,
      { method: 'POST', body: '{"__proto__":{}}', headers: { 'content-type': 'application/json' } },
      undefined,
    ],
    [
      'another type',
      400,
      { method: 'POST', body: 'kind=organisation', headers: { 'content-type': 'text/plain' } },
      undefined,
    ],
    ['too much', 413, { method: 'POST', body: 'x'.repeat(9000), headers: form }, undefined],
    ['GET', 404, {}, undefined],
    ['a name that was made to point here', 403, { method: 'POST', body: '', headers: form }, 'evil.test:8080'],
    ['a name that begins like loopback', 403, { method: 'POST', body: '', headers: form }, '127.0.0.1.evil.test'],
  ])('%s: %i', async (_, status, init, host) => {
    expect((await ask('/token', init, host)).status).toBe(status)
  })
})
