/**
 * `clean` may be said only of a file that was looked at from the first byte to the last. `unscannable`: it will never be
 * (too large, encrypted where that is refused). `unavailable`: it could not be now; ask again.
 */
export type Verdict =
  | { readonly kind: 'clean' }
  | { readonly kind: 'infected'; readonly detail: string }
  | { readonly kind: 'unscannable'; readonly detail: string }
  | { readonly kind: 'unavailable'; readonly detail: string }

export interface Scanner {
  /** Bytes; larger files are not accepted for scanning. */
  readonly limit: number
  /** `size` is what `body` must bring; anything else is never clean. */
  scan(body: AsyncIterable<Uint8Array>, size: number, signal: AbortSignal): Promise<Verdict>
}
