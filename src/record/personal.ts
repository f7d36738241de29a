/**
 * What is personal in a record, and how it is committed to. Organisation numbers are not: they are public. Names of
 * natural persons, of system users, of sessions and tokens, and client addresses are.
 */
import { hash } from 'node:crypto'
import type { Text } from './entry.ts'

/** Attributes whose values are personal, whoever the caller is. */
const personalAttributes: ReadonlySet<string> = new Set([
  'pid',
  'urn:altinn:userid',
  'urn:altinn:username',
  'urn:altinn:user:name',
  'urn:altinn:person:identifier-no',
  'urn:altinn:person:uuid',
  'urn:altinn:party:uuid',
  'urn:altinn:partyid',
  'urn:altinn:ssn',
  'urn:altinn:sessionid',
  'urn:altinn:systemuser:uuid',
  'urn:altinn:enterpriseuser:uuid',
  'urn:portvakt:client:address',
  'urn:oasis:names:tc:xacml:1.0:subject:subject-id',
  'urn:oasis:names:tc:xacml:1.0:subject:authn-locality:ip-address',
  'urn:oasis:names:tc:xacml:1.0:subject:authn-locality:dns-name',
])

/** National identity numbers have eleven digits; an organisation number has nine. */
const nationalIdentity = /(?<!\d)\d{11}(?!\d)/
const identityLength = 11

/** The last group of a GUID may be eleven digits and a letter; that names no person. */
const guids = /(?<![0-9a-z])[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}(?![0-9a-z])/gi

/** Shorter values are too common to be recognised inside other text. */
const recognisable = 6

const saltLength = 16
const saltsAtOnce = 256

/** A salt and the value it was committed with, as kept beside the record. */
export type Opening = readonly [salt: string, value: string]

/** The personal values of one record. Equal values have one commitment. */
export interface PersonalValues {
  /** Commits to a value that is personal by where it stands. */
  commit(value: string): Text
  /** A value that is personal and is not recorded itself: what mentions it is committed. */
  notice(value: string): void
  /** An attribute's value: committed when its attribute is personal, else as free text is. */
  attribute(id: string, value: string): Text
  /** Free text: committed as a whole when it mentions a personal value of this record. */
  free(text: string): Text
  readonly openings: readonly Opening[]
}

/** Makes salts of 16 bytes from larger pieces of randomness. */
export function createSaltSource(random: (size: number) => Uint8Array): () => Uint8Array {
  let pool: Uint8Array = new Uint8Array(0)
  let next = 0
  return () => {
    if (next === pool.length) {
      pool = random(saltLength * saltsAtOnce)
      next = 0
    }
    const salt = pool.subarray(next, next + saltLength)
    next += saltLength
    return salt
  }
}

const scratch = Buffer.alloc(1024)

/** SHA-256(salt ‖ UTF-8 of the value), base64url without padding. */
export function commitmentOf(salt: Uint8Array, value: string): string {
  if (value.length * 3 > scratch.length - saltLength)
    return hash('sha256', Buffer.concat([salt, Buffer.from(value)]), 'base64url')
  scratch.set(salt)
  return hash('sha256', scratch.subarray(0, saltLength + scratch.write(value, saltLength)), 'base64url')
}

export function createPersonalValues(salt: () => Uint8Array): PersonalValues {
  const commitments = new Map<string, Text>()
  const mentioned: string[] = []
  let shortest = identityLength
  const openings: Opening[] = []

  const write = (value: string): Text => {
    const bytes = salt()
    const text = { sha256: commitmentOf(bytes, value) }
    commitments.set(value, text)
    openings.push([(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)).toString('base64url'), value])
    return text
  }

  const notice = (value: string): void => {
    if (value.length < recognisable || mentioned.includes(value)) return
    mentioned.push(value)
    if (value.length < shortest) shortest = value.length
  }

  const commit = (value: string): Text => {
    const known = commitments.get(value)
    if (known !== undefined) return known
    notice(value)
    return write(value)
  }

  const isMention = (text: string): boolean => {
    for (const value of mentioned) if (value.length <= text.length && text.includes(value)) return true
    return mentionsIdentity(text)
  }

  // what mentions a value is not noticed for itself: whatever mentions it mentions that value too
  const free = (text: string): Text => {
    if (text.length < shortest) return text
    return isMention(text) || (text.includes('%') && isMention(decode(text)))
      ? (commitments.get(text) ?? write(text))
      : text
  }

  return {
    openings,
    commit,
    notice,
    attribute: (id, value) => (personalAttributes.has(id) ? commit(value) : free(value)),
    free,
  }
}

export const isPersonalAttribute = (id: string): boolean => personalAttributes.has(id)

/** So many digits in a row hold every eleventh character at least once: most texts are ruled out by one or two looks. */
function mentionsIdentity(text: string): boolean {
  for (let at = identityLength - 1; at < text.length; at += identityLength) {
    const code = text.charCodeAt(at)
    if (code >= 48 && code <= 57)
      return nationalIdentity.test(text) && nationalIdentity.test(text.replaceAll(guids, ' '))
  }
  return false
}

/** Of a path: `%20` before a number would lengthen it. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text.replaceAll(/%[0-9a-f]{2}/gi, ' ')
  }
}

/** Openings as the one column that holds them; undefined when there are none. */
export function printOpenings(openings: readonly Opening[]): string | undefined {
  return openings.length === 0 ? undefined : JSON.stringify(openings)
}

/** Reads what `printOpenings` wrote. Throws on anything else: then somebody has written to the table by hand. */
export function parseOpenings(column: string | null): Opening[] {
  if (column === null) return []
  const given: unknown = JSON.parse(column)
  if (!Array.isArray(given) || !given.every(isOpening)) throw new Error('the personal values of a record are malformed')
  return given
}

function isOpening(given: unknown): given is Opening {
  return Array.isArray(given) && given.length === 2 && given.every((part) => typeof part === 'string')
}

/** Does this opening belong to one of these commitments? */
export function opensOne([salt, value]: Opening, commitments: ReadonlySet<string>): boolean {
  return commitments.has(commitmentOf(Buffer.from(salt, 'base64url'), value))
}

/** Values by commitment, for reading a record back. */
export function openCommitments(openings: readonly Opening[]): ReadonlyMap<string, string> {
  return new Map(openings.map(([salt, value]) => [commitmentOf(Buffer.from(salt, 'base64url'), value), value]))
}

/** The text; undefined when it has been erased. */
export function readText(text: Text, values: ReadonlyMap<string, string>): string | undefined {
  return typeof text === 'string' ? text : values.get(text.sha256)
}
