/** Conditional requests (RFC 9110, section 13) on the version of a registry row. */
import type { Refusal } from './result.ts'

/** Versions that a tag list names, or `*`. */
export type Tags = '*' | readonly string[]

export interface Precondition {
  readonly ifMatch?: Tags
  readonly ifNoneMatch?: Tags
}

/** The ETag of a row: its version in quotes. */
export function printETag(version: number): string {
  return `"${version}"`
}

/**
 * Reads the two headers; undefined when one of them is not a tag list. A weak tag counts as a strong one: our tags name
 * versions, not bytes, and the registries that clients know answer with weak ones.
 */
export function parsePrecondition(
  ifMatch: string | undefined,
  ifNoneMatch: string | undefined,
): Precondition | undefined {
  const match = ifMatch === undefined ? undefined : parseTags(ifMatch)
  const noneMatch = ifNoneMatch === undefined ? undefined : parseTags(ifNoneMatch)
  if (match === 'garbage' || noneMatch === 'garbage') return undefined
  return {
    ...(match === undefined ? {} : { ifMatch: match }),
    ...(noneMatch === undefined ? {} : { ifNoneMatch: noneMatch }),
  }
}

function parseTags(header: string): Tags | 'garbage' {
  const text = header.trim()
  if (text === '*') return '*'
  if (text.length > 4_000) return 'garbage'
  const tags = text.split(',').map((tag) => /^(?:W\/)?"([^"\s]{0,200})"$/.exec(tag.trim())?.[1])
  return tags.every((tag) => tag !== undefined) ? tags : 'garbage'
}

/** `version` is that of the row as it stands; undefined when there is none. */
export function meets(precondition: Precondition | undefined, version: number | undefined): boolean {
  if (precondition === undefined) return true
  const { ifMatch, ifNoneMatch } = precondition
  if (ifMatch !== undefined && !names(ifMatch, version)) return false
  return ifNoneMatch === undefined || !names(ifNoneMatch, version)
}

function names(tags: Tags, version: number | undefined): boolean {
  if (version === undefined) return false
  return tags === '*' || tags.includes(String(version))
}

/** The refusal of a write whose condition does not hold. */
export function checkPrecondition(
  precondition: Precondition | undefined,
  version: number | undefined,
  what: string,
): Refusal | undefined {
  if (meets(precondition, version)) return undefined
  return { kind: 'precondition-failed', what, ...(version === undefined ? {} : { version }) }
}
