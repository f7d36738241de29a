/**
 * Every reason why a caller is not authenticated, in one table. The reason is for the log and the metric; the client reads
 * the status and a bare challenge, so that an answer never tells an attacker how far a forged token came.
 */
import type { ProblemCode } from '../problems.ts'
import type { Arrival } from '../steps.ts'

interface ReasonRow {
  readonly status: 401 | 503
  /** Whether the challenge says that a token was given and is not good (RFC 6750 section 3.1). */
  readonly challenge: 'none' | 'bare' | 'invalid_token'
}

const refused: ReasonRow = { status: 401, challenge: 'invalid_token' }

export const authenticationReasons = {
  /** No Authorization header, more than one, or another scheme than Bearer. */
  'no-token': { status: 401, challenge: 'bare' },
  /** Not three base64url parts that hold a JSON header and a JSON claims set. */
  malformed: refused,
  /** Longer than the settings allow. */
  'too-large': refused,
  /** `alg` is none, symmetric, unknown, or not among those allowed for the issuer. */
  algorithm: refused,
  /** `typ` says that this is another kind of JWT than an access token (RFC 8725 section 3.11). */
  'wrong-type': refused,
  /** `crit` names an extension; none is understood here (RFC 7515 section 4.1.11). */
  'critical-header': refused,
  /** `iss` is missing or not configured here. */
  'unknown-issuer': refused,
  /** The issuer has no key with this `kid` for this algorithm. */
  'unknown-key': refused,
  'bad-signature': refused,
  expired: refused,
  'not-yet-valid': refused,
  'no-expiry': refused,
  'wrong-audience': refused,
  /** Bound to a key of the client (`cnf`), and a bearer header proves no possession (RFC 7800, RFC 9449 section 7.1). */
  'sender-constrained': refused,
  /** Verified, but a claim is of the wrong type, or there are too many or too long ones. */
  claims: refused,
  /** The keys of the issuer could not be fetched, so nobody can say whether the token is good. */
  'issuer-unreachable': { status: 503, challenge: 'none' },
} as const satisfies Record<string, ReasonRow>

export type AuthenticationReason = keyof typeof authenticationReasons

/** The answer to a caller who could not be authenticated. Its body is empty. */
export interface AuthenticationRefusal {
  readonly kind: 'not-authenticated'
  readonly arrival: Arrival
  readonly reason: AuthenticationReason
  readonly status: 401 | 503
  readonly code: ProblemCode
  readonly headers: Readonly<Record<string, string>>
  /** For the log only: which issuer, what was wrong. Never the token nor a part of it. */
  readonly detail: string
}

const challenges: Readonly<Record<ReasonRow['challenge'], Readonly<Record<string, string>>>> = {
  none: { 'retry-after': '5' },
  bare: { 'www-authenticate': 'Bearer' },
  invalid_token: { 'www-authenticate': 'Bearer error="invalid_token"' },
}

export const refuse = (arrival: Arrival, reason: AuthenticationReason, detail: string): AuthenticationRefusal => {
  const row: ReasonRow = authenticationReasons[reason]
  return {
    kind: 'not-authenticated',
    arrival,
    reason,
    status: row.status,
    code: row.status === 503 ? 'PVK-00010' : 'PVK-00002',
    headers: challenges[row.challenge],
    detail,
  }
}
