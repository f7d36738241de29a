import { createHmac, createSecretKey } from 'node:crypto'
import { exportSPKI, importJWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import {
  type Authenticate,
  type AuthenticatorOptions,
  createAuthenticator,
} from '../../src/authenticate/authenticate.ts'
import type { AuthenticationReason } from '../../src/authenticate/refusals.ts'
import { arrivalWith, base64url, createKey, issuer, later, now, type SigningKey, seconds, sign } from './issuing.ts'

let key: SigningKey
let rsa: SigningKey
let stranger: SigningKey
let other: SigningKey
let authenticate: Authenticate

const otherIssuer = 'https://other.test/'

const build = (options: Partial<AuthenticatorOptions> = {}): Promise<Authenticate> =>
  createAuthenticator({
    issuers: [
      { issuer, jwks: { keys: [key.publicJwk, rsa.publicJwk] }, audience: ['portvakt', 'second'], maskinporten: true },
      { issuer: otherIssuer, jwks: { keys: [other.publicJwk] }, algorithms: ['ES256'] },
    ],
    ...options,
  })

beforeAll(async () => {
  ;[key, rsa, stranger, other] = await Promise.all([
    createKey('one'),
    createKey('two', 'RS256'),
    createKey('one'),
    createKey('one'),
  ])
  authenticate = await build()
})

const good = { aud: 'portvakt', consumer: { ID: '0192:991825827' } }

const ask = async (token: string, at = now, by = authenticate) => by(arrivalWith(`Bearer ${token}`, at))

describe('good tokens', () => {
  test('the caller, with the level of a Maskinporten issuer', async () => {
    expect(await ask(await sign(key, good))).toMatchObject({
      kind: 'authenticated',
      caller: { organisation: '991825827', level: 3, issuer, expiresAt: seconds + 600 },
    })
  })

  test.each(['RS256', 'PS256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'])('%s', async (alg) => {
    const signing = await createKey('k', alg)
    const by = await createAuthenticator({ issuers: [{ issuer, jwks: { keys: [signing.publicJwk] } }] })
    expect(await ask(await sign(signing), now, by)).toMatchObject({ kind: 'authenticated', caller: { level: 0 } })
  })

  test.each<readonly [string, () => Promise<string>]>([
    ['without a key id, tried with every key that fits', () => sign(key, good, { kid: undefined })],
    ['type JWT', () => sign(key, good, { typ: 'JWT' })],
    ['type at+jwt', () => sign(key, good, { typ: 'AT+jwt' })],
    ['one of several audiences', () => sign(key, { ...good, aud: ['x', 'second'] })],
    ['expired within the clock skew', () => sign(key, { ...good, exp: seconds - 29 })],
    ['not yet valid within the clock skew', () => sign(key, { ...good, nbf: seconds + 30 })],
  ])('%s', async (_, make) => {
    expect(await ask(await make())).toMatchObject({ kind: 'authenticated' })
  })

  test('the scheme in any case', async () => {
    expect(await authenticate(arrivalWith(`bEARER  ${await sign(key, good)}`))).toMatchObject({ kind: 'authenticated' })
  })

  test('several keys without ids: each is tried', async () => {
    const nameless = [stranger, key].map(({ publicJwk: { kid: _, ...jwk } }) => jwk)
    const by = await createAuthenticator({ issuers: [{ issuer, jwks: { keys: nameless } }] })
    expect(await ask(await sign(key, good, { kid: undefined }), now, by)).toMatchObject({ kind: 'authenticated' })
  })
})

/** A token with any header and claims and a chosen signature: what no honest library would write. */
const forge = (header: unknown, claims: unknown, signature: (input: string) => string = () => ''): string => {
  const input = `${base64url(header)}.${base64url(claims)}`
  return `${input}.${signature(input)}`
}
const claims = () => ({ iss: issuer, exp: seconds + 600, ...good })
const hmac = (secret: string) => (input: string) => createHmac('sha256', secret).update(input).digest('base64url')

const badTokens: readonly (readonly [string, AuthenticationReason, () => string | Promise<string>])[] = [
  ['expired', 'expired', () => sign(key, { ...good, exp: seconds - 31 })],
  ['expires at this very second, skew included', 'expired', () => sign(key, { ...good, exp: seconds - 30 })],
  ['not yet valid', 'not-yet-valid', () => sign(key, { ...good, nbf: seconds + 31 })],
  ['no expiry', 'no-expiry', () => sign(key, { ...good, exp: undefined })],
  ['expiry as text', 'claims', () => sign(key, { ...good, exp: '9999999999' as unknown as number })],
  ['expiry without end', 'claims', () => forgeSigned('{"iss":"https://issuer.test/","aud":"portvakt","exp":1e400}')],
  ['wrong audience', 'wrong-audience', () => sign(key, { ...good, aud: 'x' })],
  ['no audience', 'wrong-audience', () => sign(key, { ...good, aud: undefined })],
  ['unknown issuer', 'unknown-issuer', () => sign(key, { ...good, iss: 'https://evil.test/' })],
  ['issuer without its slash', 'unknown-issuer', () => sign(key, { ...good, iss: issuer.slice(0, -1) })],
  ['issuer as a list', 'unknown-issuer', () => sign(key, { ...good, iss: [issuer] as unknown as string })],
  ['no issuer', 'unknown-issuer', () => sign(key, { ...good, iss: undefined })],
  ['another issuer, with a key id that both have', 'bad-signature', () => sign(key, { ...good, iss: otherIssuer })],
  ['key of a stranger under a known id', 'bad-signature', () => sign(stranger, good)],
  ['key of a stranger without an id', 'bad-signature', () => sign(stranger, good, { kid: undefined })],
  ['unknown key id', 'unknown-key', () => sign(key, good, { kid: 'three' })],
  ['empty key id', 'unknown-key', () => sign(key, good, { kid: '' })],
  ['key id that is a path', 'unknown-key', () => sign(key, good, { kid: '../../../dev/null' })],
  ['key id that is long', 'malformed', () => sign(key, good, { kid: 'x'.repeat(257) })],
  ['key id that is no text', 'malformed', () => forge({ alg: 'ES256', kid: ['one'] }, claims())],
  ['key id of a key for another algorithm', 'unknown-key', () => sign(rsa, good, { kid: 'one' })],
  ['unsigned', 'algorithm', () => forge({ alg: 'none' }, claims())],
  ['unsigned, written otherwise', 'algorithm', () => forge({ alg: 'NonE', kid: 'one' }, claims())],
  ['no algorithm', 'algorithm', () => forge({ kid: 'one' }, claims())],
  ['signature left out', 'bad-signature', () => forge({ alg: 'ES256', kid: 'one' }, claims())],
  [
    'HS256 with the public key as secret',
    'algorithm',
    async () => forge({ alg: 'HS256', kid: 'two' }, claims(), hmac(await exportSPKI(await publicKeyOf(rsa)))),
  ],
  ['RS512 although only ES256 is allowed', 'algorithm', () => sign(rsa, { iss: otherIssuer })],
  ['own key in the header (jwk)', 'bad-signature', () => sign(stranger, good, { jwk: stranger.publicJwk })],
  [
    'address of own keys in the header (jku)',
    'unknown-key',
    () => sign(stranger, good, { kid: 'mine', jku: 'https://evil.test/jwks' }),
  ],
  [
    'critical extension',
    'critical-header',
    () => forge({ alg: 'ES256', kid: 'one', crit: ['b64'], b64: false }, claims()),
  ],
  ['critical extension list, empty', 'critical-header', () => forge({ alg: 'ES256', kid: 'one', crit: [] }, claims())],
  ['identity token', 'wrong-type', () => sign(key, good, { typ: 'id_token+jwt' })],
  ['logout token', 'wrong-type', () => sign(key, good, { typ: 'logout+jwt' })],
  ['bound to a key of the client', 'sender-constrained', () => sign(key, { ...good, cnf: { jkt: 'x' } })],
  ['claims out of bounds', 'claims', () => sign(key, { ...good, 'urn:example:x': 'a\nb' })],
  ['no JSON', 'malformed', () => forge('{"alg":', claims())],
  ['claims that are a list', 'malformed', () => forge({ alg: 'ES256' }, [])],
  [
    'claims that are not UTF-8',
    'malformed',
    () => `${base64url({ alg: 'ES256' })}.${Buffer.from([123, 255, 125]).toString('base64url')}.AA`,
  ],
  ['two parts', 'malformed', () => `${base64url({ alg: 'ES256' })}.${base64url(claims())}`],
  ['five parts (encrypted)', 'malformed', () => 'a.b.c.d.e'],
  ['padding', 'malformed', () => `${base64url({ alg: 'ES256' })}=.${base64url(claims())}.AA`],
  ['text', 'malformed', () => 'hello'],
  ['huge', 'too-large', () => sign(key, { ...good, x: 'x'.repeat(16_384) })],
  ['two tokens', 'malformed', async () => `${await sign(key, good)}, Bearer ${await sign(key, good)}`],
]

const publicKeyOf = async (signing: SigningKey): Promise<CryptoKey> => {
  const imported = await importJWK({ ...signing.publicJwk, ext: true }, signing.alg)
  if (imported instanceof Uint8Array) throw new TypeError('not a public key')
  return imported
}

/** Signed claims that are not what JSON.stringify would write. */
const forgeSigned = async (text: string): Promise<string> => {
  const { CompactSign } = await import('jose')
  return new CompactSign(Buffer.from(text)).setProtectedHeader({ alg: 'ES256', kid: 'one' }).sign(key.privateKey)
}

describe('bad tokens', () => {
  test.each(badTokens)('%s: %s', async (_, reason, make) => {
    const token = await make()
    const answer = await ask(token)
    expect(answer).toMatchObject({
      kind: 'not-authenticated',
      reason,
      status: 401,
      code: 'PVK-00002',
      headers: { 'www-authenticate': 'Bearer error="invalid_token"' },
    })
    if (answer.kind === 'not-authenticated') expect(answer.detail).not.toContain(token.slice(0, 20))
  })

  test('every character of a token that has been accepted before counts', async () => {
    const token = await sign(key, good)
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' })
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' })
    // the last character holds bits that no byte of the signature uses
    for (let at = 0; at < token.length - 1; at += 7) {
      const changed = token.slice(0, at) + (token[at] === 'A' ? 'B' : 'A') + token.slice(at + 1)
      expect((await ask(changed)).kind).toBe('not-authenticated')
    }
  })

  test('symmetric keys in a key set are never used', async () => {
    const secret = Buffer.alloc(32, 1)
    const oct = { kty: 'oct', k: secret.toString('base64url'), alg: 'HS256', kid: 'oct' }
    const by = await createAuthenticator({ issuers: [{ issuer, jwks: { keys: [oct, key.publicJwk] } }] })
    const token = await new SignJWT(claims())
      .setProtectedHeader({ alg: 'HS256', kid: 'oct' })
      .sign(createSecretKey(secret))
    expect(await ask(token, now, by)).toMatchObject({ reason: 'algorithm' })
    await expect(createAuthenticator({ issuers: [{ issuer, jwks: { keys: [oct] } }] })).rejects.toThrow(TypeError)
  })
})

describe('the header', () => {
  test.each<readonly [string | undefined, AuthenticationReason]>([
    [undefined, 'no-token'],
    ['', 'no-token'],
    ['Basic dXNlcjpwYXNz', 'no-token'],
    ['Bearerx', 'no-token'],
    ['more than one Authorization header', 'no-token'],
    ['Bearer', 'malformed'],
    ['Bearer ', 'malformed'],
    ['Bearer a b', 'malformed'],
  ])('%j: %s', async (header, reason) => {
    expect(await authenticate(arrivalWith(header))).toMatchObject({ reason, status: 401 })
  })

  test('no token is challenged without an error (RFC 6750 section 3.1)', async () => {
    expect(await authenticate(arrivalWith(undefined))).toMatchObject({ headers: { 'www-authenticate': 'Bearer' } })
  })
})

describe('verified tokens', () => {
  test('the same caller again, until it expires', async () => {
    const token = await sign(key, good)
    const first = await ask(token)
    const again = await ask(token, later(599_000))
    if (first.kind !== 'authenticated' || again.kind !== 'authenticated') throw new Error('refused')
    expect(again.caller).toBe(first.caller)
    const skewed = await ask(token, later(601_000))
    expect(skewed).toMatchObject({ kind: 'authenticated' })
    expect(await ask(token, later(631_000))).toMatchObject({ reason: 'expired' })
    expect(await ask(token, later(-3600_000))).toMatchObject({ kind: 'authenticated' })
  })

  test('not before its time either, when the clock goes back', async () => {
    const token = await sign(key, { ...good, nbf: seconds })
    expect(await ask(token)).toMatchObject({ kind: 'authenticated' })
    expect(await ask(token, later(-60_000))).toMatchObject({ reason: 'not-yet-valid' })
  })

  test('can be switched off', async () => {
    const by = await build({ verifiedTokens: 0 })
    const token = await sign(key, good)
    const first = await ask(token, now, by)
    const again = await ask(token, now, by)
    if (first.kind !== 'authenticated' || again.kind !== 'authenticated') throw new Error('refused')
    expect(again.caller).not.toBe(first.caller)
  })
})

test.each<readonly [string, object, number]>([
  ['https://maskinporten.no/', {}, 3],
  ['https://test.maskinporten.no/', {}, 3],
  ['https://evilmaskinporten.no/', {}, 0],
  ['https://maskinporten.no.test/', {}, 0],
  ['https://maskinporten.no/', { maskinporten: false }, 0],
  ['https://maskinporten.no/', { level: 2 }, 2],
  ['https://proxy.test/', { maskinporten: true }, 3],
])('level of %s with %j: %i', async (name, settings, level) => {
  const by = await createAuthenticator({ issuers: [{ issuer: name, jwks: { keys: [key.publicJwk] }, ...settings }] })
  expect(await ask(await sign(key, { iss: name }), now, by)).toMatchObject({ caller: { level } })
})

describe('settings', () => {
  test.each<readonly [string, Partial<AuthenticatorOptions>]>([
    ['clock skew above a minute', { clockSkew: 61 }],
    [
      'an issuer twice',
      {
        issuers: [
          { issuer, jwksUri: 'https://a.test/' },
          { issuer, jwksUri: 'https://b.test/' },
        ],
      },
    ],
    ['symmetric algorithm', { issuers: [{ issuer, algorithms: ['HS256' as 'RS256'] }] }],
    ['no algorithm', { issuers: [{ issuer, algorithms: [] }] }],
    ['keys over http', { issuers: [{ issuer, jwksUri: 'http://issuer.test/jwks' }] }],
    ['keys over http from loopback, in production', { issuers: [{ issuer, jwksUri: 'http://127.0.0.1/jwks' }] }],
    ['keys from a file', { issuers: [{ issuer, jwksUri: 'file:///etc/passwd' }] }],
    ['password in the address', { issuers: [{ issuer, jwksUri: 'https://a:b@issuer.test/jwks' }] }],
    ['keys from two places', { issuers: [{ issuer, jwksUri: 'https://a.test/', discovery: 'https://a.test/' }] }],
    ['empty audience', { issuers: [{ issuer, audience: [] }] }],
    ['empty key set', { issuers: [{ issuer, jwks: { keys: [] } }] }],
  ])('%s is a start that fails', async (_, options) => {
    await expect(build(options)).rejects.toThrow(TypeError)
  })
})
