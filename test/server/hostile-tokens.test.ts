/** Tokens that are no good, and good ones that claim what no token may: nobody becomes anybody else. */
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT, UnsecuredJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Client,
  initialisation,
  makeResource,
  organisations,
  paths,
  registerOwner,
  scopes,
  withGateway,
} from '../support/gateway.ts'

const issuer = 'https://maskinporten.example/'
const good = await generateKeyPair('RS256', { extractable: true })
const other = await generateKeyPair('RS256', { extractable: true })
const jwk = { ...(await exportJWK(good.publicKey)), kid: 'good', alg: 'RS256', use: 'sig' }
const gateway = withGateway({
  PORTVAKT_ISSUERS: JSON.stringify([{ issuer, audience: 'portvakt', jwks: { keys: [jwk] }, level: 3 }]),
})
const resource = 'hostile-tokens'
const { owner, sender, stranger } = organisations
const organisation = (number: string) => ({ authority: 'iso6523-actorid-upis', ID: `0192:${number}` })
const now = (): number => Math.floor(Date.now() / 1000)
const claims = (more: JWTPayload = {}): JWTPayload => ({
  iss: issuer,
  aud: 'portvakt',
  iat: now(),
  exp: now() + 600,
  scope: scopes.both,
  consumer: organisation(sender),
  ...more,
})
const sign = (
  payload: JWTPayload,
  header: Readonly<Record<string, unknown>> = {},
  key = good.privateKey,
): Promise<string> => new SignJWT(payload).setProtectedHeader({ alg: 'RS256', kid: 'good', ...header }).sign(key)
const search = `${paths.transfers}?resourceId=${resource}`
const statusWith = async (token: string): Promise<number> => (await gateway.call('GET', search, { token })).status

beforeAll(async () => {
  const token = await sign(claims({ consumer: organisation(owner), scope: scopes.owner }))
  const client: Client = gateway
  await registerOwner(client, token)
  await makeResource(client, token, resource)
})

test('a good one is good', async () => {
  expect(await statusWith(await sign(claims()))).toBe(200)
})

const without = (name: string): JWTPayload =>
  Object.fromEntries(Object.entries(claims()).filter(([key]) => key !== name))
const bad: readonly (readonly [name: string, token: () => Promise<string>])[] = [
  ['expired', () => sign(claims({ exp: now() - 60 }))],
  ['without an end', () => sign(without('exp'))],
  ['from tomorrow', () => sign(claims({ nbf: now() + 3600 }))],
  ['of another issuer', () => sign(claims({ iss: 'https://evil.example/' }))],
  ['of the issuer without its slash', () => sign(claims({ iss: issuer.slice(0, -1) }))],
  ['without an issuer', () => sign(without('iss'))],
  ['for another audience', () => sign(claims({ aud: 'other' }))],
  ['for nobody', () => sign(without('aud'))],
  ['signed with another key', () => sign(claims(), {}, other.privateKey)],
  ['that brings its own key', async () => sign(claims(), { jwk: await exportJWK(other.publicKey) }, other.privateKey)],
  ['of an unknown key', () => sign(claims(), { kid: 'unknown' }, other.privateKey)],
  ['unsigned', async () => new UnsecuredJWT(claims()).encode()],
  ['with its signature cut off', async () => (await sign(claims())).replace(/\.[^.]*$/, '.')],
  [
    'with another body',
    async () => {
      const [head, , signature] = (await sign(claims())).split('.')
      return `${head}.${Buffer.from(JSON.stringify(claims({ consumer: organisation(owner) }))).toString('base64url')}.${signature}`
    },
  ],
  [
    'HMAC with the public key',
    async () =>
      new SignJWT(claims())
        .setProtectedHeader({ alg: 'HS256', kid: 'good' })
        .sign(new TextEncoder().encode(JSON.stringify(jwk))),
  ],
  ['with a critical header that nobody knows', () => sign(claims(), { crit: ['x'], x: 1 }).catch(() => 'e30.e30.x')],
  ['of 20,000 characters', () => sign(claims({ filler: 'x'.repeat(20_000) }))],
  ['that is empty', async () => '.'],
  ['of five parts', async () => 'a.b.c.d.e'],
  ['that is no JSON', async () => `${Buffer.from('{').toString('base64url')}.e30.x`],
]

test.each(bad)('a token %s is none', async (...[, mint]) => {
  const answered = await gateway.call('GET', search, { token: await (mint as () => Promise<string>)() })
  expect(answered.status).toBe(401)
  expect(answered.bytes.length).toBe(0)
  expect(answered.headers.get('www-authenticate')).toMatch(/^Bearer/)
})

describe('claims', () => {
  test('that our registries provide are not taken from a token', async () => {
    const grabbing = {
      'urn:altinn:organization:identifier-no': sender,
      'urn:altinn:organizationnumber': sender,
      'urn:portvakt:subject:acts-for': sender,
      'urn:portvakt:subject:kind': 'organisation',
      'urn:altinn:access-list': 'digdir:partners',
      'urn:altinn:systemuser:uuid': '00000000-0000-0000-0000-000000000000',
      'urn:oasis:names:tc:xacml:1.0:action:action-id': 'read',
      'urn:scope': scopes.owner,
      __proto__: { consumer: organisation(sender) },
    }
    expect(await statusWith(await sign(claims({ consumer: organisation(stranger), ...grabbing })))).toBe(401)
  })

  test('of scope that are a list, or of another type, give no scope by accident', async () => {
    for (const scope of [{ a: scopes.both }, 1, null, [[scopes.both]]]) {
      expect([401, 403], JSON.stringify(scope)).toContain(await statusWith(await sign(claims({ scope }))))
    }
  })

  test('a consumer as a list or as text does not break anything (8.0)', async () => {
    for (const consumer of [
      [organisation(sender)],
      JSON.stringify(organisation(sender)),
      'nonsense',
      { ID: 'x' },
      null,
    ]) {
      expect([200, 401], JSON.stringify(consumer)).toContain(await statusWith(await sign(claims({ consumer }))))
    }
  })

  test('authorization_details that cannot be read never fall back to the vendor', async () => {
    const body = initialisation(resource)
    const type = 'urn:altinn:systemuser'
    const unreadable = ['nonsense', '[', 1]
    const incomplete = [
      { type },
      { type, systemuser_id: [], systemuser_org: organisation(sender) },
      { type, systemuser_id: ['x'] },
    ]
    for (const details of [...unreadable, ...incomplete.map((entry) => [entry]), ...incomplete]) {
      const token = await sign(claims({ authorization_details: details }))
      const answered = await gateway.call('POST', paths.transfers, { token, json: body })
      expect([401, 403], JSON.stringify(details)).toContain(answered.status)
    }
  })
})

test('the development issuer is not there beside a real one', async () => {
  expect(gateway.gateway.issuer).toBeUndefined()
  expect((await gateway.call('POST', '/development/token', { json: {} })).status).toBe(404)
})
