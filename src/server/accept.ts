/** The Accept check (HTTP contract of the broker, section 1.1): before authentication, and only where a type is declared. */

/** True when `accept` lets the endpoint answer: no header, the declared type, or a full wildcard; parameters do not count. */
export function accepts(accept: string | undefined, declared: string | undefined): boolean {
  if (accept === undefined || declared === undefined) return true
  return accept.split(',').some((element) => {
    const mediaType = element.split(';', 1)[0]!.trim().toLowerCase()
    return mediaType === declared || mediaType === '*/*'
  })
}
