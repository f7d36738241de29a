/** The Range header of a download (RFC 9110 section 14, broker API 1.10): one range of bytes, or the header is ignored. */

export type Range =
  | { readonly kind: 'whole' }
  /** Bytes, both included. */
  | { readonly kind: 'part'; readonly first: number; readonly last: number }
  | { readonly kind: 'unsatisfiable' }

const headerPattern = /^\s*bytes\s*=\s*([0-9]*)\s*-\s*([0-9]*)\s*$/i
const whole: Range = { kind: 'whole' }

/** Missing, malformed, of another unit, or several ranges: the whole file. `size` in bytes. */
export function parseRange(header: string | undefined, size: number): Range {
  // Longer than any range of a file can be: not worth reading.
  const match = header === undefined || header.length > 200 ? null : headerPattern.exec(header)
  const [, from = '', to = ''] = match ?? []
  if (match === null || (from === '' && to === '')) return whole
  if (from === '') return suffix(BigInt(to), size)
  const first = BigInt(from)
  if (to !== '' && BigInt(to) < first) return whole
  if (first >= BigInt(size)) return { kind: 'unsatisfiable' }
  const last = to === '' || BigInt(to) >= BigInt(size) ? size - 1 : Number(to)
  return { kind: 'part', first: Number(first), last }
}

function suffix(length: bigint, size: number): Range {
  if (length === 0n || size === 0) return { kind: 'unsatisfiable' }
  return { kind: 'part', first: length >= BigInt(size) ? 0 : size - Number(length), last: size - 1 }
}

/**
 * Whether a range may be answered under this If-Range (RFC 9110 section 13.1.5): only when it names exactly the file there
 * is. A date is never exact enough, so it never matches, and neither does a weak tag.
 */
export const isSameFile = (ifRange: string | undefined, etag: string): boolean =>
  ifRange === undefined || ifRange.trim() === etag
