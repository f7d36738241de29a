/** From the claims of a verified token to the caller. Pure; the order of claims is that of the broker's contract, section 4.1. */
import type { Caller } from '../steps.ts'
import { readFurtherClaims } from './further-claims.ts'
import { isOtherIdentityClaim } from './reserved-claims.ts'

export type Claims = Readonly<Record<string, unknown>>

export interface IssuerOfClaims {
  readonly issuer: string
  /** For tokens that do not say it. */
  readonly level: number
}

export type ReadCaller =
  | { readonly kind: 'caller'; readonly caller: Caller }
  | { readonly kind: 'refused'; readonly detail: string }

/** Nobody: what an operation that needs no token is decided on. */
export const anonymous: Caller = Object.freeze({
  kind: 'anonymous',
  scopes: [],
  level: 0,
  issuer: '',
  claims: [],
  expiresAt: Number.MAX_SAFE_INTEGER,
})

/**
 * Claims that name no usable organisation leave it out rather than refuse the token: policies then find no organisation.
 * Refused are only tokens whose claims are out of bounds. `claims.exp` must have been verified.
 */
export const readCaller = (claims: Claims, from: IssuerOfClaims): ReadCaller => {
  const identity = readIdentity(claims)
  const further = readFurtherClaims(claims)
  if (typeof further === 'string') return { kind: 'refused', detail: further }
  const person = identity.kind === 'person' ? personNumber(claims.pid) : undefined
  const ownClaims = identity.kind === 'system-user' ? further.filter(({ id }) => !isOtherIdentityClaim(id)) : further
  const tokenId = label(claims.jti)
  return {
    kind: 'caller',
    caller: Object.freeze({
      ...identity,
      ...defined({
        vendor: organisationOf(claims.consumer),
        serviceOwnerCode: label(claims['urn:altinn:org']),
        tokenId,
        clientId: label(claims.client_id),
        sessionId: label(claims.sid) ?? tokenId,
      }),
      scopes: Object.freeze(readScopes(claims)),
      level: readLevel(claims['urn:altinn:authlevel']) ?? from.level,
      issuer: from.issuer,
      claims: Object.freeze(
        person === undefined ? ownClaims : [...ownClaims, { id: 'urn:altinn:person:identifier-no', values: [person] }],
      ),
      expiresAt: Number(claims.exp),
    }),
  }
}

/* ── who ─────────────────────────────────────────────────────────────────────────────────────────────────────── */

type Identity = Pick<Caller, 'kind' | 'organisation' | 'systemUser'>

/** authorization_details, then a person's claims, then urn:altinn:orgNumber, then consumer. */
const readIdentity = (claims: Claims): Identity => {
  const details = claims.authorization_details
  if (details !== undefined && details !== null) {
    const entries = jsonList(details)
    // what cannot be read may have named a system user: never fall back to the organisation that runs it
    if (entries === undefined) return { kind: 'organisation' }
    const entry = entries.find(isSystemUserEntry)
    if (entry !== undefined) return systemUserIdentity(entry)
  }
  const organisation = organisationOf(claims['urn:altinn:orgNumber'])
  // the consumer of a person's token is the organisation whose web site the person logged in to
  if (isPerson(claims)) return { kind: 'person', ...defined({ organisation }) }
  if (claims['urn:altinn:orgNumber'] !== undefined) return { kind: 'organisation', ...defined({ organisation }) }
  return { kind: 'organisation', ...defined({ organisation: organisationOf(claims.consumer) }) }
}

const isPerson = (claims: Claims): boolean =>
  claims.pid !== undefined ||
  claims['urn:altinn:userid'] !== undefined ||
  claims['urn:altinn:person:uuid'] !== undefined

const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

const isSystemUserEntry = (entry: unknown): entry is Claims =>
  isObject(entry) &&
  (entry.type === 'urn:altinn:systemuser' || (entry.type === undefined && entry.systemuser_id !== undefined))

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i

/** Both or neither: an organisation without the id of its system user would stand for all its machines. */
const systemUserIdentity = (entry: Claims): Identity => {
  const ids = entry.systemuser_id
  const first: unknown = Array.isArray(ids) ? ids[0] : ids
  if (typeof first !== 'string' || !uuid.test(first)) return { kind: 'system-user' }
  const organisation = organisationOf(entry.systemuser_org)
  return { kind: 'system-user', systemUser: first.toLowerCase(), ...defined({ organisation }) }
}

/**
 * Nine digits from `0192:123456789`, `{"authority":…,"ID":"0192:…"}`, a JSON string of it, or a list of one of these; anything up
 * to the last colon is stripped.
 */
const organisationOf = (claim: unknown): string | undefined => {
  const value = single(claim)
  const id = isObject(value) ? value.ID : value
  if (typeof id !== 'string') return undefined
  const digits = id.slice(id.lastIndexOf(':') + 1)
  return /^[0-9]{9}$/.test(digits) ? digits : undefined
}

/** Not recursive: how deep a claim is nested is the sender's choice. */
const single = (claim: unknown): unknown => {
  const value = Array.isArray(claim) ? (claim as unknown[])[0] : claim
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value
  const parsed = parseJson(value)
  return Array.isArray(parsed) ? (parsed as unknown[])[0] : parsed
}

/** A list, a list of one written without brackets, either as a JSON string, or a list of one such string. */
const jsonList = (claim: unknown): readonly unknown[] | undefined => {
  const outer: unknown = Array.isArray(claim) && claim.length === 1 && typeof claim[0] === 'string' ? claim[0] : claim
  const value = typeof outer === 'string' ? parseJson(outer) : outer
  if (Array.isArray(value)) return value
  return isObject(value) ? [value] : undefined
}

const parseJson = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

const personNumber = (pid: unknown): string | undefined =>
  typeof pid === 'string' && /^[0-9]{11}$/.test(pid) ? pid : undefined

/* ── what else ───────────────────────────────────────────────────────────────────────────────────────────────── */

/** RFC 6749 section 3.3. */
const scopeToken = /^[\x21\x23-\x5b\x5d-\x7e]{1,256}$/

const readScopes = (claims: Claims): readonly string[] => {
  const texts = [claims.scope, claims['urn:altinn:scope']].flat().filter((value) => typeof value === 'string')
  const scopes = texts.flatMap((text) => text.split(' ')).filter((scope) => scopeToken.test(scope))
  return [...new Set(scopes)]
}

/** Undefined when the claim is absent; a claim that cannot be read is the lowest level, never the issuer's. */
const readLevel = (claim: unknown): number | undefined => {
  if (claim === undefined) return undefined
  const text = typeof claim === 'number' ? String(claim) : claim
  return typeof text === 'string' && /^[0-9]$/.test(text) ? Number(text) : 0
}

/** A short printable string, or nothing. */
const label = (claim: unknown): string | undefined =>
  typeof claim === 'string' && /^[\x20-\x7e]{1,256}$/.test(claim) ? claim : undefined

type Defined<T> = { [K in keyof T]?: Exclude<T[K], undefined> }

/** The properties that have a value: absent and undefined are not the same under exactOptionalPropertyTypes. */
const defined = <T extends Record<string, unknown>>(properties: T): Defined<T> =>
  Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)) as Defined<T>
