/**
 * An issuer of tokens for development, shaped like Maskinporten and Altinn, so that a first run needs no registration anywhere.
 * Whoever reaches it can be anyone: it does not exist beside a real issuer, nor on an address that others can reach.
 */
import { randomUUID } from 'node:crypto'
import { type JSONWebKeySet, type JWTPayload, SignJWT } from 'jose'
import { isLoopback } from '../settings/loopback.ts'
import { createDevelopmentKey, type DevelopmentKey, loadDevelopmentKey } from './development-key.ts'
import type { IssuerSettings } from './issuer.ts'
import type { TokenRequest } from './token-request.ts'

export interface DevelopmentIssuerOptions {
  /** Base address, e.g. `http://127.0.0.1:8080/development`; the `iss` of its tokens. Without a slash at the end. */
  readonly issuer: string
  /** The address the server listens on. */
  readonly host: string
  /** The other issuers of the settings; there must be none. */
  readonly issuers: readonly IssuerSettings[]
  /** Where the key is kept; in memory when absent. */
  readonly dataFolder?: string
}

export interface DevelopmentIssuer {
  readonly kind: 'development-issuer'
  readonly issuer: string
  /** What the authenticator needs to accept its tokens. */
  readonly settings: IssuerSettings
  readonly jwks: JSONWebKeySet
  /** The metadata document (RFC 8414). */
  readonly metadata: Readonly<Record<string, unknown>>
  mint(request: TokenRequest, now: Date): Promise<MintedToken>
}

/** The answer of the token endpoint (RFC 6749 section 5.1). */
export interface MintedToken {
  readonly access_token: string
  readonly token_type: 'Bearer'
  /** Seconds. */
  readonly expires_in: number
  readonly scope: string
}

export interface DevelopmentIssuerRefused {
  readonly kind: 'development-issuer-refused'
  readonly reason: 'real-issuer' | 'not-loopback'
  readonly detail: string
}

/** Why there must be no development issuer with these settings, or undefined. */
export const refuseDevelopmentIssuer = (
  options: Pick<DevelopmentIssuerOptions, 'issuer' | 'host' | 'issuers'>,
): DevelopmentIssuerRefused | undefined => {
  const real = options.issuers.find(({ issuer }) => issuer !== options.issuer)
  if (real !== undefined)
    return {
      kind: 'development-issuer-refused',
      reason: 'real-issuer',
      detail: `the development issuer cannot be on together with issuer \`${real.issuer}\`; switch one of them off`,
    }
  const named = URL.canParse(options.issuer) ? new URL(options.issuer).hostname : ''
  for (const host of [options.host, named])
    if (!isLoopback(host))
      return {
        kind: 'development-issuer-refused',
        reason: 'not-loopback',
        detail: `the development issuer gives tokens to anyone and works on a loopback address only, not on \`${host}\`; configure an issuer, or listen on 127.0.0.1`,
      }
  return undefined
}

/** Throws only for a key file that cannot be read or written. */
export const createDevelopmentIssuer = async (
  options: DevelopmentIssuerOptions,
): Promise<DevelopmentIssuer | DevelopmentIssuerRefused> => {
  const refused = refuseDevelopmentIssuer(options)
  if (refused !== undefined) return refused
  const key = await (options.dataFolder === undefined ? createDevelopmentKey() : loadDevelopmentKey(options.dataFolder))
  const jwks: JSONWebKeySet = { keys: [key.publicJwk] }
  return {
    kind: 'development-issuer',
    issuer: options.issuer,
    jwks,
    settings: { issuer: options.issuer, jwks, algorithms: ['ES256'], level: 3 },
    metadata: metadataOf(options.issuer),
    mint: (request, now) => mint(options.issuer, key, request, now),
  }
}

const metadataOf = (issuer: string): Readonly<Record<string, unknown>> => ({
  issuer,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/jwks`,
  token_endpoint_auth_methods_supported: ['none'],
  token_endpoint_auth_signing_alg_values_supported: ['ES256'],
  response_types_supported: [],
  grant_types_supported: ['urn:portvakt:grant-type:development'],
})

const mint = async (issuer: string, key: DevelopmentKey, request: TokenRequest, now: Date): Promise<MintedToken> => {
  const issuedAt = Math.floor(now.getTime() / 1000)
  const access_token = await new SignJWT(claimsOf(request))
    .setProtectedHeader({ alg: 'ES256', kid: key.keyId, typ: 'JWT' })
    .setIssuer(issuer)
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + request.lifetime)
    .setJti(randomUUID())
    .sign(key.privateKey)
  return { access_token, token_type: 'Bearer', expires_in: request.lifetime, scope: request.scope }
}

/* ── the shapes of tokens ────────────────────────────────────────────────────────────────────────────────────── */

const organisationId = (organisation: string) => ({ authority: 'iso6523-actorid-upis', ID: `0192:${organisation}` })

const claimsOf = (request: TokenRequest): JWTPayload => ({
  ...common(request),
  ...(request.level === undefined ? {} : { 'urn:altinn:authlevel': String(request.level) }),
  ...ofKind(request),
})

const common = (request: TokenRequest): JWTPayload => ({
  scope: request.scope,
  token_type: 'Bearer',
  client_id: 'portvakt-development',
  consumer: organisationId(request.vendor ?? request.organisation),
})

const ofKind = (request: TokenRequest): JWTPayload => {
  switch (request.kind) {
    case 'organisation':
      // as Maskinporten; with another vendor as Altinn, which names the organisation in a claim of its own
      return request.vendor === undefined || request.vendor === request.organisation
        ? { client_amr: 'virksomhetssertifikat' }
        : { 'urn:altinn:orgNumber': request.organisation }
    case 'system-user':
      return {
        authorization_details: [
          {
            type: 'urn:altinn:systemuser',
            systemuser_id: [request.systemUser],
            systemuser_org: organisationId(request.organisation),
            system_id: request.system ?? `${request.vendor ?? request.organisation}_development`,
          },
        ],
      }
    case 'service-owner':
      return {
        'urn:altinn:org': request.code,
        'urn:altinn:orgNumber': request.organisation,
        'urn:altinn:authenticatemethod': 'maskinporten',
      }
  }
}
