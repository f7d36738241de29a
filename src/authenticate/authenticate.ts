/**
 * The first step: from the bearer token of an arrival to the caller. The unverified `iss` chooses the issuer, and everything
 * else is verified with that issuer's own keys, audience and algorithms. Keys are never taken from the token (`jwk`, `jku`,
 * `x5c`, `x5u` of the header are not looked at).
 */
import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from 'jose'
import type { Arrival, Authenticated } from '../steps.ts'
import { type SignatureAlgorithm, signatureAlgorithms } from './algorithms.ts'
import { isAccessTokenType, readBearer, readUnverified, type Unverified } from './bearer.ts'
import { readCaller } from './caller.ts'
import { createFetchDocument } from './fetch-document.ts'
import { checkIssuers, type IssuerSettings, levelOf } from './issuer.ts'
import { createFixedKeySet, createRemoteKeySet, type KeySet, type KeySetTimes, type KeysFetched } from './key-set.ts'
import { type AuthenticationReason, type AuthenticationRefusal, refuse } from './refusals.ts'
import { createVerifiedTokens } from './verified-tokens.ts'

export interface AuthenticatorOptions {
  readonly issuers: readonly IssuerSettings[]
  /** Seconds that clocks may differ, 0–60; default 30. */
  readonly clockSkew?: number
  /** Characters; default 16,384. */
  readonly maxTokenLength?: number
  /** Verified tokens kept in memory; default 10,000, 0 for none. */
  readonly verifiedTokens?: number
  /** Keys may be fetched over http from this machine. For development and tests. */
  readonly allowInsecureLoopback?: boolean
  readonly fetch?: typeof globalThis.fetch
  /** Milliseconds for one answer of an issuer; default 5,000. */
  readonly fetchTimeout?: number
  readonly keySetTimes?: KeySetTimes
  /** Told of every fetch of keys, and why it failed; must not throw. */
  readonly keysFetched?: KeysFetched
}

export type Authenticate = (arrival: Arrival) => Promise<Authenticated | AuthenticationRefusal>

interface Issuer {
  readonly settings: IssuerSettings
  readonly algorithms: readonly SignatureAlgorithm[]
  readonly level: number
  readonly keys: KeySet
}

/** The step. Throws a TypeError for issuers that `checkIssuers` finds fault with; fetches nothing before the first token. */
export const createAuthenticator = async (options: AuthenticatorOptions): Promise<Authenticate> => {
  const clockSkew = options.clockSkew ?? 30
  if (!(clockSkew >= 0 && clockSkew <= 60)) throw new TypeError('the clock skew must be from 0 to 60 seconds')
  const maxTokenLength = options.maxTokenLength ?? 16_384
  const issuers = await buildIssuers(options)
  const verified = createVerifiedTokens(options.verifiedTokens ?? 10_000)

  return async (arrival) => {
    const bearer = readBearer(arrival.authorization, maxTokenLength)
    if (bearer.kind === 'unreadable') return refuse(arrival, bearer.reason, bearer.detail)
    const digest = verified.digest(bearer.token)
    const known = verified.find(digest, arrival.now, (name) => issuers.get(name)?.keys.fingerprint(arrival.now))
    if (known !== undefined) return { kind: 'authenticated', arrival, caller: known }

    const token = readUnverified(bearer.token)
    if (token.kind === 'unreadable') return refuse(arrival, token.reason, token.detail)
    const issuer = token.issuer === undefined ? undefined : issuers.get(token.issuer)
    if (issuer === undefined) return refuse(arrival, 'unknown-issuer', 'the issuer of the token is not configured')
    const checked = await check(token, issuer, arrival.now, clockSkew)
    if (checked.kind === 'bad') return refuse(arrival, checked.reason, `${issuer.settings.issuer}: ${checked.detail}`)
    const read = readCaller(checked.claims, { issuer: issuer.settings.issuer, level: issuer.level })
    if (read.kind === 'refused') return refuse(arrival, 'claims', `${issuer.settings.issuer}: ${read.detail}`)
    verified.keep(digest, {
      caller: read.caller,
      issuer: issuer.settings.issuer,
      notBefore: checked.claims.nbf ?? 0,
      fingerprint: checked.fingerprint,
    })
    return { kind: 'authenticated', arrival, caller: read.caller }
  }
}

const buildIssuers = async (options: AuthenticatorOptions): Promise<ReadonlyMap<string, Issuer>> => {
  const allowInsecureLoopback = options.allowInsecureLoopback ?? false
  const [problem] = checkIssuers(options.issuers, allowInsecureLoopback)
  if (problem !== undefined) throw new TypeError(problem)
  const fetchDocument = createFetchDocument({
    fetch: options.fetch ?? globalThis.fetch,
    timeout: options.fetchTimeout ?? 5_000,
    maxSize: 512 * 1024,
  })
  const given = {
    ...(options.keySetTimes === undefined ? {} : { times: options.keySetTimes }),
    ...(options.keysFetched === undefined ? {} : { fetched: options.keysFetched }),
  }
  const issuers = new Map<string, Issuer>()
  for (const settings of options.issuers)
    issuers.set(settings.issuer, {
      settings,
      algorithms: settings.algorithms ?? signatureAlgorithms,
      level: levelOf(settings),
      keys:
        settings.jwks === undefined
          ? createRemoteKeySet({ settings, fetchDocument, allowInsecureLoopback, ...given })
          : await createFixedKeySet(settings.jwks),
    })
  return issuers
}

/* ── one token ───────────────────────────────────────────────────────────────────────────────────────────────── */

type Checked = { readonly kind: 'good'; readonly claims: JWTPayload; readonly fingerprint: string } | Bad

interface Bad {
  readonly kind: 'bad'
  readonly reason: AuthenticationReason
  readonly detail: string
}

const bad = (reason: AuthenticationReason, detail: string): Bad => ({ kind: 'bad', reason, detail })

const check = async (token: Unverified, issuer: Issuer, now: Date, clockSkew: number): Promise<Checked> => {
  if (!(issuer.algorithms as readonly string[]).includes(token.algorithm))
    return bad('algorithm', 'the algorithm is not among those allowed')
  if (!isAccessTokenType(token.type)) return bad('wrong-type', 'the type in the header is not that of an access token')
  if (token.critical) return bad('critical-header', 'the header has critical extensions, and none is understood')
  const found = await issuer.keys.find({ alg: token.algorithm, kid: token.keyId }, now)
  if (found.kind === 'unreachable') return bad('issuer-unreachable', found.reason)
  if (found.kind === 'unknown-key') return bad('unknown-key', 'no key of the issuer has this id and algorithm')
  const { audience } = issuer.settings
  const options: JWTVerifyOptions = {
    issuer: issuer.settings.issuer,
    algorithms: [...issuer.algorithms],
    requiredClaims: ['exp'],
    clockTolerance: clockSkew,
    currentDate: now,
    ...(audience === undefined ? {} : { audience: typeof audience === 'string' ? audience : [...audience] }),
  }
  let failure = bad('bad-signature', 'no key verifies the signature')
  for (const key of found.keys) {
    const verified = await verify(token.token, key, options)
    if (verified.kind === 'good') return checkClaims(verified.claims, found.fingerprint)
    failure = verified
    if (verified.reason !== 'bad-signature') break
  }
  return failure
}

const checkClaims = (claims: JWTPayload, fingerprint: string): Checked => {
  if (claims.cnf !== undefined && claims.cnf !== null)
    return bad('sender-constrained', 'the token is bound to a key of its client')
  // 2^53 seconds and 1e400 are numbers to JSON
  if (!Number.isSafeInteger(Math.floor(Number(claims.exp)))) return bad('claims', '`exp` is out of range')
  return { kind: 'good', claims, fingerprint }
}

const verify = async (
  token: string,
  key: CryptoKey,
  options: JWTVerifyOptions,
): Promise<{ readonly kind: 'good'; readonly claims: JWTPayload } | Bad> => {
  try {
    const { payload } = await jwtVerify(token, key, options)
    return { kind: 'good', claims: payload }
  } catch (error) {
    // anything else is a bug or a broken runtime, and must not look like a bad token
    if (error instanceof errors.JOSEError) return reasonOf(error)
    throw error
  }
}

const claimReasons: Readonly<Record<string, AuthenticationReason>> = {
  aud: 'wrong-audience',
  exp: 'no-expiry',
  iss: 'unknown-issuer',
  nbf: 'not-yet-valid',
}

const reasonOf = (error: errors.JOSEError): Bad => {
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return bad('bad-signature', 'the signature is not that of the key')
  if (error instanceof errors.JWTExpired) return bad('expired', 'the token has expired')
  if (error instanceof errors.JWTClaimValidationFailed)
    return bad(
      (error.reason === 'invalid' ? undefined : claimReasons[error.claim]) ?? 'claims',
      `claim \`${error.claim}\` ${error.reason}`,
    )
  if (error instanceof errors.JOSEAlgNotAllowed || error instanceof errors.JOSENotSupported)
    return bad('algorithm', 'the algorithm is not supported')
  return bad('malformed', 'not a signed JWT')
}
