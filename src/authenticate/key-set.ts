/**
 * The keys of one issuer, as they are now. jose's `createRemoteJWKSet` is not used: once its copy is older than
 * `cacheMaxAge` it refuses while the issuer is unreachable, it counts its cooldown from the last success (so that an
 * unreachable issuer is asked again for every token), and it reads the clock itself.
 */

import type { FetchDocument } from './fetch-document.ts'
import { discoveryAddresses, type IssuerSettings, isFetchable } from './issuer.ts'
import { type PublicKeys, readPublicKeys } from './public-keys.ts'

export type FoundKeys =
  | { readonly kind: 'keys'; readonly keys: readonly CryptoKey[]; readonly fingerprint: string }
  | { readonly kind: 'unknown-key' }
  | { readonly kind: 'unreachable'; readonly reason: string }

export interface KeySet {
  /** Never rejects because of the issuer. Fetches when there are no keys yet, or at most once a minute for an unknown one. */
  find(header: { readonly alg: string; readonly kid: string | undefined }, now: Date): Promise<FoundKeys>
  /** Names the keys in force: what was verified with others must be verified again. Starts a refresh when one is due. */
  fingerprint(now: Date): string | undefined
}

/** All in milliseconds. */
export interface KeySetTimes {
  /** A copy older than this is renewed in the background while it goes on being used. */
  readonly refresh: number
  /** Between two fetches that unknown key ids cause. */
  readonly unknownKey: number
  /** After a failed fetch, before the next one. */
  readonly retry: number
  /** A copy that could not be renewed for so long is not used any more: a withdrawn key must not live for ever. */
  readonly maxAge: number
}

export const keySetTimes: KeySetTimes = {
  refresh: 10 * 60_000,
  unknownKey: 60_000,
  retry: 10_000,
  maxAge: 72 * 3_600_000,
}

/** A key set that is given and never changes. Throws when it holds no usable key: the settings were checked at start. */
export const createFixedKeySet = async (jwks: unknown): Promise<KeySet> => {
  const keys = await readPublicKeys(jwks)
  if (keys === undefined) throw new TypeError('the key set holds no public signature key')
  return {
    find: async (header) => {
      return (await findIn(keys, header)) ?? { kind: 'unknown-key' }
    },
    fingerprint: () => keys.fingerprint,
  }
}

export interface RemoteKeySetOptions {
  readonly settings: IssuerSettings
  readonly fetchDocument: FetchDocument
  readonly allowInsecureLoopback: boolean
  readonly times?: KeySetTimes
  readonly fetched?: KeysFetched
}

/** Told of every fetch: cached keys hide an issuer that cannot be reached, until it is too late. */
export type KeysFetched = (issuer: string, failure: string | undefined) => void

/** Keys that are fetched from the issuer, when the first token of it comes. */
export const createRemoteKeySet = (options: RemoteKeySetOptions): KeySet => new RemoteKeySet(options)

class RemoteKeySet implements KeySet {
  readonly #options: RemoteKeySetOptions
  readonly #times: KeySetTimes
  #keys: PublicKeys | undefined
  #fetchedAt = Number.NEGATIVE_INFINITY
  #failedAt = Number.NEGATIVE_INFINITY
  #unknownAt = Number.NEGATIVE_INFINITY
  #failure: string | undefined
  /** At most one fetch is under way; everyone who needs it waits for the same one. */
  #pending: Promise<void> | undefined

  constructor(options: RemoteKeySetOptions) {
    this.#options = options
    this.#times = options.times ?? keySetTimes
  }

  fingerprint(now: Date): string | undefined {
    this.#refreshWhenDue(now.getTime())
    return this.#isTooOld(now.getTime()) ? undefined : this.#keys?.fingerprint
  }

  async find(header: { readonly alg: string; readonly kid: string | undefined }, now: Date): Promise<FoundKeys> {
    const time = now.getTime()
    if (this.#keys === undefined || this.#isTooOld(time)) {
      if (this.#pending !== undefined || this.#mayRetry(time)) await this.#fetch(time)
      if (this.#keys === undefined || this.#isTooOld(time)) return this.#unreachable()
    }
    this.#refreshWhenDue(time)
    return (await findIn(this.#keys, header)) ?? this.#findUnknown(header, time)
  }

  /** The issuer may have a new key. Its absence is believed for a minute, or anyone could make us flood the issuer. */
  async #findUnknown(header: { alg: string; kid: string | undefined }, time: number): Promise<FoundKeys> {
    if (this.#pending !== undefined) await this.#pending
    else if (time - this.#unknownAt >= this.#times.unknownKey && this.#fetchedAt !== time) {
      this.#unknownAt = time
      await this.#fetch(time)
    }
    const found = this.#keys === undefined ? undefined : await findIn(this.#keys, header)
    return found ?? (this.#failure === undefined ? { kind: 'unknown-key' } : this.#unreachable())
  }

  #unreachable(): FoundKeys {
    return { kind: 'unreachable', reason: this.#failure ?? 'no keys' }
  }

  #isTooOld(time: number): boolean {
    return time - this.#fetchedAt > this.#times.maxAge
  }

  #mayRetry(time: number): boolean {
    return time - this.#failedAt >= this.#times.retry
  }

  #refreshWhenDue(time: number): void {
    if (this.#pending === undefined && time - this.#fetchedAt > this.#times.refresh && this.#mayRetry(time))
      void this.#fetch(time)
  }

  #fetch(time: number): Promise<void> {
    this.#pending ??= this.#load()
      // also runs in the background, where a throw would end the process
      .catch((error: unknown) => `the keys cannot be read: ${error instanceof Error ? error.name : 'unknown error'}`)
      .then((loaded) => this.#apply(loaded, time))
      .finally(() => {
        this.#pending = undefined
      })
    return this.#pending
  }

  #apply(loaded: PublicKeys | string, time: number): void {
    if (typeof loaded === 'string') {
      this.#failure = loaded
      this.#failedAt = time
    } else {
      this.#failure = undefined
      this.#fetchedAt = time
      // the same keys stay the same object, with what has been imported and verified
      if (this.#keys?.fingerprint !== loaded.fingerprint) this.#keys = loaded
    }
    this.#options.fetched?.(this.#options.settings.issuer, this.#failure)
  }

  /** The keys, or why they could not be had. */
  async #load(): Promise<PublicKeys | string> {
    const address = this.#options.settings.jwksUri ?? (await this.#discover())
    if (typeof address !== 'string') return address.reason
    const fetched = await this.#options.fetchDocument(address)
    if (fetched.kind === 'failed') return fetched.reason
    return (await readPublicKeys(fetched.document)) ?? `\`${address}\` holds no public signature key`
  }

  /** RFC 8414 section 3.3: the document must name the issuer it was asked about, or another one could stand in for it. */
  async #discover(): Promise<string | { readonly reason: string }> {
    const { settings, fetchDocument, allowInsecureLoopback } = this.#options
    let reason = 'no metadata address'
    for (const address of discoveryAddresses(settings)) {
      const fetched = await fetchDocument(address)
      if (fetched.kind === 'failed') {
        reason = fetched.reason
        continue
      }
      const found = keyAddressOf(fetched.document, settings.issuer)
      if (found !== undefined && isFetchable(found, allowInsecureLoopback)) return found
      reason = `\`${address}\` is not the metadata of this issuer with an https \`jwks_uri\``
    }
    return { reason }
  }
}

const findIn = async (
  keys: PublicKeys,
  header: { readonly alg: string; readonly kid: string | undefined },
): Promise<FoundKeys | undefined> => {
  const found = await keys.find(header)
  return found.length === 0 ? undefined : { kind: 'keys', keys: found, fingerprint: keys.fingerprint }
}

const keyAddressOf = (metadata: unknown, issuer: string): string | undefined => {
  if (typeof metadata !== 'object' || metadata === null) return undefined
  const { issuer: named, jwks_uri: address } = metadata as Record<string, unknown>
  return named === issuer && typeof address === 'string' ? address : undefined
}
