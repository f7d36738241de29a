/** Callers of tokens that have been verified, so that the next request with the same token need not pay for the signature. */
import { hash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { Caller } from '../steps.ts'

interface Verified {
  readonly caller: Caller
  readonly issuer: string
  /** Seconds since 1970 before which the token is not good yet. */
  readonly notBefore: number
  /** Of the keys that verified it. */
  readonly fingerprint: string
}

export interface VerifiedTokens {
  /** The digest of the whole token, signature included: a changed token is another token. */
  digest(token: string): string
  find(digest: string, now: Date, fingerprintOf: (issuer: string) => string | undefined): Caller | undefined
  keep(digest: string, verified: Verified): void
}

/** @param max how many tokens are kept; 0 keeps none */
export const createVerifiedTokens = (max: number): VerifiedTokens => {
  if (max === 0) return { digest: () => '', find: () => undefined, keep: () => undefined }
  const cache = new LRUCache<string, Verified>({ max })
  return {
    digest: (token) => hash('sha256', token, 'base64'),
    find: (digest, now, fingerprintOf) => {
      const verified = cache.get(digest)
      if (verified === undefined) return undefined
      const seconds = now.getTime() / 1000
      // without the tolerance for skewed clocks: inside it, and before it, the token is verified anew
      if (seconds >= verified.notBefore && seconds < verified.caller.expiresAt)
        if (fingerprintOf(verified.issuer) === verified.fingerprint) return verified.caller
      cache.delete(digest)
      return undefined
    },
    keep: (digest, verified) => {
      cache.set(digest, verified)
    },
  }
}
