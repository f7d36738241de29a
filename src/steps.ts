/** The types that pass between the steps of a request, in order. Types only: how a step does its work is its folder's business. */
import type { ProblemCode } from './problems.ts'
import type { Decision, Obligation, Status, TypedValue } from './xacml/index.ts'

/* ── 0 · arrival ─────────────────────────────────────────────────────────────────────────────────────────────── */

/** One HTTP request as a door saw it. Ids, ranges and recipients are taken from it once, decided on, and passed on. */
export interface Arrival {
  /** UUID version 7: the id of the decision that will be recorded. */
  readonly id: string
  /** The one clock reading of this request. */
  readonly now: Date
  /** Which endpoint this is; scopes belong to operations (`policies/gateway.xml`), e.g. `initialize`, `download`. */
  readonly operation: string
  /** The Authorization header as it came, if it came exactly once. */
  readonly authorization: string | undefined
  readonly client: Client
  readonly trace: Trace
}

export interface Client {
  readonly address: string
  readonly method: string
  /** Path without query; it may hold ids, never secrets. */
  readonly path: string
}

/** W3C trace context. */
export interface Trace {
  readonly traceId: string
  readonly spanId: string
}

/* ── 1 · authenticate ────────────────────────────────────────────────────────────────────────────────────────── */

export type CallerKind = 'organisation' | 'system-user' | 'person' | 'anonymous'

/** Who is asking, from a verified token and nothing else. */
export interface Caller {
  readonly kind: CallerKind
  /** Nine digits: authorization_details → urn:altinn:orgNumber → consumer. */
  readonly organisation?: string
  /** Nine digits: the organisation that runs the system, always the token's consumer. */
  readonly vendor?: string
  /** UUID, lower case: the first system user id of the token. */
  readonly systemUser?: string
  readonly scopes: readonly string[]
  /** Authentication level: the claim, else what the settings say for the issuer. */
  readonly level: number
  /** Has a claim urn:altinn:org: the second bound of the authentication level may apply (authorization.md 1.8). */
  readonly serviceOwnerCode?: string
  readonly issuer: string
  /** jti, never the token. */
  readonly tokenId?: string
  readonly clientId?: string
  /** sid or jti. */
  readonly sessionId?: string
  /** Every other claim whose name is a URN, with its values in order. */
  readonly claims: readonly { readonly id: string; readonly values: readonly string[] }[]
  /** Seconds since 1970 after which the token is no longer good. */
  readonly expiresAt: number
}

export interface Authenticated {
  readonly kind: 'authenticated'
  readonly arrival: Arrival
  readonly caller: Caller
}

/* ── 2 · collect ─────────────────────────────────────────────────────────────────────────────────────────────── */

/** What is asked of the decision point for one HTTP request: `all` of the parts must permit, or `any` one of them. */
export interface Question {
  readonly combine: 'all' | 'any'
  /** At least one; at most 1,000. */
  readonly parts: readonly Ask[]
  /**
   * Decided and recorded too once the parts have permitted, but neither grants nor refuses: what the decision API was asked.
   * Their subject is theirs, not the caller.
   */
  readonly advisory?: readonly Ask[]
  /** The request is too malformed to say what it is about: a permit lets it be told so, and lets nothing be handled. */
  readonly unnamed?: true
}

/** The policy set at the root: every request of the gateway, or a question that somebody else will enforce. */
export type Root = 'gateway' | 'decision-api'

/** One request to the decision point, as given: what the registries know about it is added by collect, by need. */
export interface Ask {
  /** urn:oasis:names:tc:xacml:1.0:action:action-id. */
  readonly action: string
  /** Id in the resource registry, without prefix. */
  readonly resource?: string
  /** Transfer id. */
  readonly instance?: string
  /** Nine digits: the party on whose behalf (sender, recipient, owner). */
  readonly party?: string
  /** Recipients that are being addressed: their access lists are looked up, by need. */
  readonly recipients?: readonly string[]
  /** Further attributes that the request itself states (transfer status, recipients, owner, malformed …). */
  readonly facts: readonly AttributeFact[]
}

/** The categories of the gateway's own attributes, by short name. */
export type Category = 'subject' | 'resource' | 'action' | 'environment'

/** One attribute of the request context; an empty list of values says that it is known to have none. */
export interface AttributeFact {
  /** A short name, or the full URI of any other category (decision API). */
  readonly category: Category | (string & {})
  readonly id: string
  readonly issuer?: string
  readonly values: readonly TypedValue[]
  /** Never decide from the cache when a policy looks at this one: it may change without the change feed. */
  readonly volatile?: true
}

/** A question with what names it: `Matter` is what the route will hand to its handler after a grant. */
export interface Collected<Matter> {
  readonly kind: 'collected'
  readonly arrival: Arrival
  readonly caller: Caller
  readonly question: Question
  readonly matter: Matter
  /** The body or a parameter is wrong. Answered only after a permit, so that a refusal never depends on a body being well-formed. */
  readonly malformed?: Malformed
}

export interface Malformed {
  readonly code: ProblemCode
  readonly detail?: string
  /** Validation messages by property, PascalCase or `$.path`. */
  readonly errors?: Readonly<Record<string, readonly string[]>>
}

/** What the policies look at: nothing else is described, so that the engine never sees more than the record shows. */
export interface Interest {
  looksAt(category: string, id: string): boolean
  /** Of the attributes that a source gives (`{category} {id}`), those that are looked at. */
  wantedOf(gives: readonly string[]): readonly { readonly category: string; readonly id: string }[]
}

/** One part described: what is given, and where more can be had. Made by collect, drawn on by decide. */
export interface Described {
  /** All that is known of the caller, looked at or not: the same list for the same caller, so that decide need not sift it again. */
  readonly lasting: readonly AttributeFact[]
  readonly given: readonly AttributeFact[]
  readonly lookUps: readonly LookUp[]
}

/** A source of something that is looked at and has not been given. */
export interface LookUp {
  /** Entities of the change feed. */
  readonly restsOn: readonly string[]
  /** What else decides what is found, where that is not the resource: part of the key of a cached decision. */
  readonly by: readonly string[] | undefined
  fetch(): Promise<readonly AttributeFact[]>
}

export type Describe = (arrival: Arrival, caller: Caller, ask: Ask, interest: Interest) => Described

/* ── 3 · decide ──────────────────────────────────────────────────────────────────────────────────────────────── */

export type CacheLevel = 'none' | 'memory' | 'redis'

/** A policy of the store as a decision names it. */
export interface PolicyVersion {
  readonly id: string
  readonly version: string
  /** SHA-256 of its text, hexadecimal. */
  readonly hash: string
}

export interface DecidedPart {
  readonly ask: Ask
  readonly decision: Decision
  readonly status: Status
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Obligation[]
  /** Identifiers of the rules and policies that determined the decision, outermost first. */
  readonly determining: readonly string[]
  /** Every attribute given to the engine, so that the decision can be made again. */
  readonly attributes: readonly AttributeFact[]
  readonly policies: readonly PolicyVersion[]
  /** Entities of the registry that the decision rests on, as the change feed names them. */
  readonly restsOn: readonly string[]
  /** The version of each, read before anything else was: what was decided on is never older. Not recorded. */
  readonly versions: readonly bigint[]
  readonly cache: CacheLevel
}

export interface Decided<Matter> {
  readonly kind: 'decided'
  readonly collected: Collected<Matter>
  /** The parts that were decided, in order: an `any` stops at its first permit, an `all` at its first refusal. */
  readonly parts: readonly [DecidedPart, ...DecidedPart[]]
  /** One for each advisory ask, in order; empty when the parts did not permit. */
  readonly advisory: readonly DecidedPart[]
  readonly decision: Decision
  /** The last administrative change that the node had applied when it decided. */
  readonly epoch: bigint
  readonly engine: string
  /** Microseconds from the start of collecting to the decision. */
  readonly duration: number
}

/* ── 4 · enforce ─────────────────────────────────────────────────────────────────────────────────────────────── */

/** What became of one obligation. */
export interface Discharge {
  readonly id: string
  readonly outcome: 'met' | 'unmet' | 'unknown'
  readonly detail?: string
}

export interface Refusal {
  readonly code: ProblemCode
  /** As the obligation of gateway.xml says it. */
  readonly status: number
  /** Empty answer body (no token, missing scope). */
  readonly silent: boolean
  /** The true reason, for the record and the log; the client reads the text of the code. */
  readonly reason: string
}

export interface Granted<Matter> {
  readonly kind: 'granted'
  readonly decided: Decided<Matter>
  readonly discharges: readonly Discharge[]
}

export interface Refused<Matter> {
  readonly kind: 'refused'
  readonly decided: Decided<Matter>
  readonly discharges: readonly Discharge[]
  readonly refusal: Refusal
}

export type Enforced<Matter> = Granted<Matter> | Refused<Matter>

/* ── 5 · record ──────────────────────────────────────────────────────────────────────────────────────────────── */

/** Durable: what is in here has been written and committed. */
export interface Recorded<E> {
  readonly kind: 'recorded'
  readonly enforced: E
  /** False only when the operator has set allowUnrecordedDecisions and the record could not be written. */
  readonly durable: boolean
}

/** What came of a granted request; a row of its own. */
export interface RecordedOutcome {
  readonly decisionId: string
  readonly at: Date
  /** HTTP status answered; 499 when the client went away. */
  readonly status: number
  readonly code?: ProblemCode
  /** File bytes received or sent. */
  readonly bytes?: number
  readonly error?: string
}

/* ── 6 · handle ──────────────────────────────────────────────────────────────────────────────────────────────── */

/** What a handler gets instead of a bare yes. */
export interface Grant {
  readonly decisionId: string
  readonly epoch: bigint
  readonly caller: Caller
  readonly now: Date
  readonly trace: Trace
  /** Aborts when the decision no longer holds (revocation) or the server must stop: stop acting, leave nothing half-done. */
  readonly signal: AbortSignal
}

/** A handler's answer that is not success: a value, printed by the door from the table of codes. */
export interface HandlerProblem {
  readonly kind: 'problem'
  readonly code: ProblemCode
  readonly detail?: string
  readonly errors?: Readonly<Record<string, readonly string[]>>
  /** Extra response headers, e.g. Content-Range on 416. */
  readonly headers?: Readonly<Record<string, string>>
}
