/**
 * A JSON Web Key Set reduced to what may verify: asymmetric public signature keys that can be imported. What a set holds
 * beyond that (symmetric, private, weak, broken or unknown keys) is left out one by one, so that one bad entry at an issuer
 * does not take down the others.
 */
import { createHash } from 'node:crypto'
import { createLocalJWKSet, errors, importJWK, type JWK, type JWSHeaderParameters } from 'jose'

export interface PublicKeys {
  /** SHA-256 over the keys: the same keys in the same order have the same fingerprint. */
  readonly fingerprint: string
  /** The keys that may verify a token with this header; empty when there is none. A token without `kid` may fit several. */
  find(header: { readonly alg: string; readonly kid: string | undefined }): Promise<readonly CryptoKey[]>
}

/** More keys than any issuer publishes; the rest of a longer set is not looked at. */
const maxKeys = 100

/** A token that names no key is tried against so many at most: each try costs 0.1 ms. */
const maxCandidates = 8

/** Read a key set; undefined when it is not one, or when none of its keys can be used. */
export const readPublicKeys = async (document: unknown): Promise<PublicKeys | undefined> => {
  if (typeof document !== 'object' || document === null || !('keys' in document) || !Array.isArray(document.keys))
    return undefined
  const keys: JWK[] = []
  for (const entry of document.keys.slice(0, maxKeys) as unknown[])
    if (isPublicJwk(entry) && (await isUsable(entry))) keys.push(entry)
  if (keys.length === 0) return undefined
  const local = createLocalJWKSet({ keys })
  return {
    fingerprint: createHash('sha256').update(JSON.stringify(keys)).digest('base64url'),
    find: async ({ alg, kid }) => {
      const header: JWSHeaderParameters = kid === undefined ? { alg } : { alg, kid }
      try {
        return [await local(header)]
      } catch (error) {
        if (error instanceof errors.JWKSNoMatchingKey) return []
        if (error instanceof errors.JWKSMultipleMatchingKeys) return firstOf(error)
        throw error
      }
    },
  }
}

const firstOf = async (candidates: AsyncIterable<CryptoKey>): Promise<readonly CryptoKey[]> => {
  const keys: CryptoKey[] = []
  for await (const key of candidates) {
    keys.push(key)
    if (keys.length === maxCandidates) break
  }
  return keys
}

const isPublicJwk = (entry: unknown): entry is JWK =>
  typeof entry === 'object' &&
  entry !== null &&
  'kty' in entry &&
  entry.kty !== 'oct' &&
  !('d' in entry) &&
  !('k' in entry)

/** The algorithms to try an import with, by key type and curve, for keys that do not name one. */
const importAs = (jwk: JWK): string | undefined => {
  if (jwk.alg !== undefined) return jwk.alg
  switch (jwk.kty) {
    case 'RSA':
      return 'RS256'
    case 'EC':
      return { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }[jwk.crv ?? '']
    case 'OKP':
      return jwk.crv === 'Ed25519' ? 'EdDSA' : undefined
    default:
      return undefined
  }
}

const isUsable = async (jwk: JWK): Promise<boolean> => {
  const algorithm = importAs(jwk)
  if (algorithm === undefined) return false
  try {
    const key = await importJWK(jwk, algorithm)
    return !(key instanceof Uint8Array) && key.type === 'public' && isLongEnough(key)
  } catch {
    return false
  }
}

/** RFC 7518 section 3.3: RSA keys of 2048 bits or more. jose would throw at the first token instead. */
const isLongEnough = (key: CryptoKey): boolean =>
  !('modulusLength' in key.algorithm) || Number(key.algorithm.modulusLength) >= 2048
