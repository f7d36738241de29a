/** From the Authorization header to an unverified token. Nothing that is read here is trusted before the signature is checked. */
import type { AuthenticationReason } from './refusals.ts'

export interface Unverified {
  readonly kind: 'unverified'
  readonly token: string
  readonly algorithm: string
  readonly keyId: string | undefined
  readonly type: string | undefined
  readonly critical: boolean
  readonly issuer: string | undefined
}

export interface Unreadable {
  readonly kind: 'unreadable'
  readonly reason: AuthenticationReason
  readonly detail: string
}

const unreadable = (reason: AuthenticationReason, detail: string): Unreadable => ({
  kind: 'unreadable',
  reason,
  detail,
})

/** The bearer token of an Authorization header (RFC 6750 section 2.1; the scheme in any case). */
export const readBearer = (
  authorization: string | undefined,
  maxLength: number,
): { kind: 'bearer'; token: string } | Unreadable => {
  if (authorization === undefined) return unreadable('no-token', 'no authorization header, or more than one')
  if (authorization.length > maxLength + 16) return unreadable('too-large', `longer than ${maxLength} characters`)
  const match = /^bearer +([^\s]+)$/i.exec(authorization.trim())
  if (match?.[1] === undefined)
    return /^bearer\b/i.test(authorization)
      ? unreadable('malformed', 'the bearer scheme without exactly one token')
      : unreadable('no-token', 'another scheme than bearer')
  if (match[1].length > maxLength) return unreadable('too-large', `longer than ${maxLength} characters`)
  return { kind: 'bearer', token: match[1] }
}

const compact = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)$/

/** Decode the header and the issuer of a token without verifying anything. */
export const readUnverified = (token: string): Unverified | Unreadable => {
  const match = compact.exec(token)
  if (match?.[1] === undefined || match[2] === undefined) return unreadable('malformed', 'not three base64url parts')
  const header = jsonObject(match[1])
  if (header === undefined) return unreadable('malformed', 'the header is not a JSON object')
  const claims = jsonObject(match[2])
  if (claims === undefined) return unreadable('malformed', 'the claims set is not a JSON object')
  const { alg, kid, typ, crit } = header
  if (typeof alg !== 'string') return unreadable('algorithm', 'no `alg` in the header')
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > 256))
    return unreadable('malformed', '`kid` is not a string of at most 256 characters')
  if (typ !== undefined && typeof typ !== 'string') return unreadable('malformed', '`typ` is not a string')
  return {
    kind: 'unverified',
    token,
    algorithm: alg,
    keyId: kid,
    type: typ,
    critical: crit !== undefined,
    issuer: typeof claims.iss === 'string' ? claims.iss : undefined,
  }
}

const strictUtf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

const jsonObject = (part: string): Readonly<Record<string, unknown>> | undefined => {
  try {
    const value: unknown = JSON.parse(strictUtf8.decode(Buffer.from(part, 'base64url')))
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined
  } catch {
    return undefined
  }
}

/** Access tokens say `JWT`, `at+jwt` (RFC 9068) or nothing; identity, logout and proof tokens say something else. */
export const isAccessTokenType = (type: string | undefined): boolean =>
  type === undefined || ['jwt', 'at+jwt', 'application/jwt', 'application/at+jwt'].includes(type.toLowerCase())
