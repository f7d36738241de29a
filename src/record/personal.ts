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
const nationalIdentity = /^\d{11}$/

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
  /** An attribute's value: committed when its attribute, or the value itself, is personal. */
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
  const openings: Opening[] = []

  const commit = (value: string): Text => {
    const known = commitments.get(value)
    if (known !== undefined) return known
    const bytes = salt()
    const text = { sha256: commitmentOf(bytes, value) }
    commitments.set(value, text)
    openings.push([(Buffer.isBuffer(bytes) ? bytes : Buffer.from(bytes)).toString('base64url'), value])
    if (value.length >= recognisable) mentioned.push(value)
    return text
  }

  const recognise = (value: string): Text => {
    if (value.length < recognisable) return value
    const known = commitments.get(value)
    if (known !== undefined) return known
    return value.length === 11 && nationalIdentity.test(value) ? commit(value) : value
  }

  return {
    openings,
    commit,
    attribute: (id, value) => (personalAttributes.has(id) ? commit(value) : recognise(value)),
    free: (text) => (mentioned.some((value) => text.includes(value)) ? commit(text) : recognise(text)),
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
