/**
 * The order of the steps, on one page. Each step takes what the one before it returned, so that a wrong order does not compile.
 *
 *   authenticate → approach → collect → decide → enforce → record ─► still holds? ─► handle → record the outcome
 *
 * Until `record` has said that the decision is durable nothing acts on it. A decision that a change has overtaken in the
 * meantime is made again. Everything unexpected throws out of here and refuses: the door answers 500 or 503.
 */
import { type ProblemCode, problems } from './problems.ts'
import type {
  Arrival,
  Authenticated,
  Collected,
  Decided,
  Enforced,
  Grant,
  Granted,
  Malformed,
  Recorded,
  RecordedOutcome,
  Refusal,
  Refused,
} from './steps.ts'

/** The token is no good: nobody is asking, so there is no question to record. Counted and logged by reason. */
export interface AuthenticationRefused {
  readonly kind: 'not-authenticated'
  readonly reason: string
  /** 401, or 503 when the issuer's keys cannot be had. */
  readonly status: 401 | 503
  /** For the log only. */
  readonly detail?: string
}

/** What the steps need, handed in by `main`: no step imports another. */
export interface Steps {
  authenticate(arrival: Arrival): Promise<Authenticated | AuthenticationRefused>
  /** May this caller come near this operation at all? Decided by the scope policy alone, before anything of the request is read. */
  approach(authenticated: Authenticated): Refusal | undefined
  decide<M>(collected: Collected<M>): Promise<Decided<M>>
  enforce<M>(decided: Decided<M>): Enforced<M>
  /** Returns when the decision is durable; throws when it cannot be. */
  record<M>(enforced: Enforced<M>): Promise<Recorded<Enforced<M>>>
  /** True while nothing that the decision rests on has changed. */
  holds<M>(decided: Decided<M>): boolean
  /** Watches a grant while its handler acts: aborts the signal when the decision no longer permits. */
  watch<M>(granted: Granted<M>): { readonly signal: AbortSignal; release(): void }
  recordOutcome(outcome: RecordedOutcome): void
  /** The same arrival under a new decision id. */
  renew(arrival: Arrival): Arrival
  /** What the client is told of an error: a source that failed, or a bug. */
  codeOf(error: unknown): ProblemCode
  now(): Date
}

/** One endpoint: what names the question, and what acts on a grant. */
export interface Route<M, A> {
  /** Reads ids, body and rows. Called only for a caller who may approach. */
  collect(authenticated: Authenticated): Promise<Collected<M>>
  handle(grant: Grant, matter: M, decided: Decided<M>): Promise<Handled<A>>
}

/** What came of an act, before it has an id and a time. */
export type Outcome = Omit<RecordedOutcome, 'decisionId' | 'at'>

/** What a handler did: the answer for the door, and what the record shall say of it. */
export interface Handled<A> {
  readonly answer: A
  readonly outcome: Outcome
  /** Resolves when a streamed answer has ended; its outcome is recorded instead of the one above. */
  readonly finished?: Promise<Outcome>
}

export type Served<M, A> =
  | AuthenticationRefused
  | { readonly kind: 'not-approached'; readonly refusal: Refusal }
  | { readonly kind: 'refused'; readonly enforced: Refused<M> | Refused<undefined> }
  | { readonly kind: 'malformed'; readonly malformed: Malformed; readonly granted: Granted<M> }
  | { readonly kind: 'handled'; readonly granted: Granted<M>; readonly answer: A }

/** A decision that changes overtake this often in a row is given up: the door answers 503. */
const decisionsPerRequest = 5

export class OvertakenDecision extends Error {
  override readonly name = 'OvertakenDecision'
}

/** Serves one request. Throws only for what nobody foresaw; the door then refuses with 500 or 503. */
export async function serve<M, A>(steps: Steps, arrival: Arrival, route: Route<M, A>): Promise<Served<M, A>> {
  const authenticated = await steps.authenticate(arrival)
  if (authenticated.kind === 'not-authenticated') return authenticated

  const refusal = steps.approach(authenticated)
  if (refusal === undefined) return settle(steps, await route.collect(authenticated), route)
  if (authenticated.caller.kind === 'anonymous') return { kind: 'not-approached', refusal }
  return turnAway(steps, authenticated)
}

/** Decides, records, and acts on what was recorded. */
async function settle<M, A>(steps: Steps, collected: Collected<M>, route: Route<M, A>): Promise<Served<M, A>> {
  if (collected.question.unnamed === true && collected.malformed === undefined) {
    throw new Error('a request that says what it is about was asked about as one that does not')
  }
  let enforced = await decideAndRecord(steps, collected)
  for (let overtaken = 1; !steps.holds(enforced.decided); overtaken++) {
    if (overtaken === decisionsPerRequest) throw new OvertakenDecision()
    enforced = await decideAndRecord(steps, { ...collected, arrival: steps.renew(collected.arrival) })
  }
  if (enforced.kind === 'refused') return { kind: 'refused', enforced }
  if (collected.malformed !== undefined) {
    const { arrival } = enforced.decided.collected
    steps.recordOutcome({
      decisionId: arrival.id,
      at: arrival.now,
      status: problems[collected.malformed.code].status,
      code: collected.malformed.code,
    })
    return { kind: 'malformed', malformed: collected.malformed, granted: enforced }
  }
  return { kind: 'handled', granted: enforced, answer: await act(steps, enforced, route) }
}

/** A caller who may not come near is refused by a recorded decision, made without reading anything of the request. */
async function turnAway<M, A>(steps: Steps, { arrival, caller }: Authenticated): Promise<Served<M, A>> {
  const ask = { action: arrival.operation, facts: [] }
  const question = { combine: 'all', parts: [ask] } as const
  const enforced = await decideAndRecord<undefined>(steps, {
    kind: 'collected',
    arrival,
    caller,
    question,
    matter: undefined,
  })
  if (enforced.kind !== 'refused')
    throw new Error(`the scope policy refuses ${arrival.operation}, but the gateway permits it`)
  return { kind: 'refused', enforced }
}

async function decideAndRecord<M>(steps: Steps, collected: Collected<M>): Promise<Enforced<M>> {
  const enforced = steps.enforce(await steps.decide(collected))
  const recorded = await steps.record(enforced)
  return recorded.enforced
}

async function act<M, A>(steps: Steps, granted: Granted<M>, route: Route<M, A>): Promise<A> {
  const { decided } = granted
  const { arrival, caller, matter } = decided.collected
  const watch = steps.watch(granted)
  const grant: Grant = {
    decisionId: arrival.id,
    epoch: decided.epoch,
    caller,
    now: arrival.now,
    trace: arrival.trace,
    get signal() {
      return watch.signal
    },
  }
  const conclude = (outcome: Outcome): void => {
    watch.release()
    steps.recordOutcome({ ...outcome, decisionId: arrival.id, at: steps.now() })
  }
  try {
    const handled = await route.handle(grant, matter, decided)
    if (handled.finished === undefined) conclude(handled.outcome)
    else handled.finished.then(conclude, (error) => conclude({ ...handled.outcome, error: String(error) }))
    return handled.answer
  } catch (error) {
    const code = steps.codeOf(error)
    conclude({ status: problems[code].status, code, error: error instanceof Error ? error.message : String(error) })
    throw error
  }
}
