/** Paths match whatever the case of their fixed words, and a trailing slash is ignored: clients in the field send both. */

/** Lower-cases the segments that are words of our routes; everything else, ids above all, stays exactly as it came. */
export function normalisePath(pathname: string, words: ReadonlySet<string>): string {
  let normal = ''
  for (const segment of pathname.split('/')) {
    if (segment === '') continue
    const lower = segment.toLowerCase()
    normal += `/${words.has(lower) ? lower : segment}`
  }
  return normal === '' ? '/' : normal
}

/** The fixed words of route patterns such as `/broker/api/v1/filetransfer/:id`. */
export const wordsOf = (patterns: readonly string[]): ReadonlySet<string> =>
  new Set(
    patterns.flatMap((pattern) => pattern.split('/').filter((segment) => segment !== '' && !segment.startsWith(':'))),
  )

/** The path of a request target, without decoding: `http://host/a/b?c` and `/a/b?c` give `/a/b`. */
export function pathOf(url: string): string {
  const start = url.startsWith('/') ? 0 : url.indexOf('/', url.indexOf('://') + 3)
  if (start < 0) return '/'
  const end = url.slice(start).search(/[?#]/)
  return end < 0 ? url.slice(start) : url.slice(start, start + end)
}
