/** Every claim whose name is a URN and that is not reserved, as attributes of the subject. */
import type { Caller } from '../steps.ts'
import { isReservedClaim } from './reserved-claims.ts'

const maxClaims = 64
const maxValues = 64
/** Characters. */
const maxNameLength = 256
const maxValueLength = 2048

/** RFC 8141 section 2, with the characters a policy can name. */
const urn = /^urn:[a-z0-9][a-z0-9-]{0,31}:[\x21-\x7e]+$/i

/** The claims in the order of the token, or what is out of bounds: a claim left out silently could turn off a rule that denies. */
export const readFurtherClaims = (claims: Readonly<Record<string, unknown>>): Caller['claims'] | string => {
  const found: { readonly id: string; readonly values: readonly string[] }[] = []
  for (const [id, claim] of Object.entries(claims)) {
    if (!urn.test(id) || isReservedClaim(id)) continue
    const values = valuesOf(claim)
    if (id.length > maxNameLength) return 'the name of a claim is too long'
    // structured claims have no form that a policy could name
    if (values === undefined) continue
    if (values.length > maxValues) return `claim \`${id}\` has more than ${maxValues} values`
    if (!values.every(isPlain)) return `claim \`${id}\` has a value that is too long or not printable`
    found.push({ id, values })
    if (found.length > maxClaims) return `more than ${maxClaims} claims are named by URNs`
  }
  return found
}

const valuesOf = (claim: unknown): readonly string[] | undefined => {
  const list: readonly unknown[] = Array.isArray(claim) ? claim : [claim]
  const values: string[] = []
  for (const value of list) {
    if (value === null) continue
    if (typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value)) values.push(String(value))
    else return undefined
  }
  return values
}

/** Neither control characters, which a log line or a database could not hold, nor half of a surrogate pair. */
const isPlain = (value: string): boolean => value.length <= maxValueLength && !/[\p{Cc}\p{Cs}]/u.test(value)
