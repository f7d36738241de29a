/**
 * What is seen of a request: spans, metrics and log lines, at the edges of the door and of the steps and nowhere inside them.
 * No token, no secret, no content of a file, and in spans and metrics no organisation or person either: who did what stands
 * in the decision record.
 */
import type { Outcome, Route, Steps } from '../../pipeline.ts'
import type { ProblemCode } from '../../problems.ts'
import type { Arrival, CacheLevel, Collected, Decided, DecidedPart, Refusal, Trace } from '../../steps.ts'
import type { GatewayMetrics } from './gateway-metrics.ts'
import { createLineBudget } from './line-budget.ts'
import type { Logger } from './log.ts'
import type { Attributes, Tracing } from './tracing.ts'

export interface ObservationOptions {
  readonly tracing: Tracing
  readonly metrics: GatewayMetrics
  readonly logger: Logger
  /** Milliseconds, monotonic. */
  readonly clock: () => number
  /** What the client is told of an error: a record or a source that failed (503), or a bug (500). */
  readonly codeOf: (error: unknown) => ProblemCode
}

export interface Observation {
  /** What the door tells. */
  trace(traceparent: string | undefined, tracestate: string | undefined): Trace
  answered(arrival: Arrival, status: number, milliseconds: number): void
  notAuthenticated(arrival: Arrival, reason: string): void
  refused(arrival: Arrival, refusal: Refusal): void
  failed(arrival: Arrival, error: unknown): void
  /** Keys of an issuer were asked for; `failure` says why they did not come. */
  keysFetched(issuer: string, failure: string | undefined): void
  /** Part of the record could not be written: a decision that was let through all the same, or the outcome of one. */
  lost(what: 'decision' | 'outcome', decisionId: string): void
  /** The same steps, seen. */
  observeSteps(steps: Steps): Steps
  /** The same route, its collecting and handling seen. */
  observeRoute<M, A>(route: Route<M, A>): Route<M, A>
}

/** Lines per second and kind. */
const linesPerSecond = 20

export const createObservation = (options: ObservationOptions): Observation => {
  const { tracing, metrics, logger, clock, codeOf } = options
  const budget = createLineBudget(linesPerSecond)
  /** Those that the pipeline has seen and the door has not answered. */
  const entered = new WeakSet<Trace>()

  /** Why callers are not authenticated, between the step that says it and the door that tells of it. */
  const details = new WeakMap<Arrival, string>()

  const step = async <T>(
    trace: Trace,
    name: string,
    call: () => Promise<T>,
    count: (result: T) => void = nothing,
    describe?: (result: Awaited<T>) => Attributes,
  ): Promise<T> => {
    const started = clock()
    try {
      const result = await tracing.observe<Promise<T>>(trace, name, call, describe)
      count(result)
      return result
    } finally {
      metrics.stepDuration.observe((clock() - started) / 1000, name)
    }
  }
  const stepAtOnce = <T>(trace: Trace, name: string, call: () => T): T => {
    const started = clock()
    try {
      return tracing.observe(trace, name, call)
    } finally {
      metrics.stepDuration.observe((clock() - started) / 1000, name)
    }
  }

  /** The fields of a line about a request, or undefined when there have been too many such lines. */
  const line = (arrival: Arrival, kind: string): Record<string, unknown> | undefined => {
    const leftOut = budget.spend(kind, clock())
    if (leftOut === undefined) return undefined
    return leftOut === 0 ? fieldsOf(arrival) : { ...fieldsOf(arrival), left_out: leftOut }
  }

  return {
    trace: tracing.arrive,
    answered: (arrival, status, milliseconds) => {
      const { operation, trace } = arrival
      metrics.requests.add(1, operation, String(status))
      metrics.requestDuration.observe(milliseconds / 1000, operation)
      if (entered.delete(trace)) metrics.inFlight.add(-1)
      if (tracing.on) tracing.answered(trace, operation, status, describeArrival(arrival))
      if (logger.isLevelEnabled('debug')) logger.debug({ ...fieldsOf(arrival), status, milliseconds }, 'answered')
    },
    notAuthenticated: (arrival, reason) => {
      metrics.authenticationRefusals.add(1, reason)
      const fields = line(arrival, `authentication ${reason}`)
      if (fields !== undefined)
        logger.info(
          { ...fields, reason, detail: details.get(arrival), address: arrival.client.address },
          'caller not authenticated',
        )
    },
    refused: (arrival, refusal) => {
      metrics.refusals.add(1, arrival.operation, refusal.code)
      const fields = line(arrival, `refusal ${refusal.code}`)
      if (fields !== undefined)
        logger.info(
          { ...fields, code: refusal.code, status: refusal.status, reason: refusal.reason },
          'request refused',
        )
    },
    failed: (arrival, error) => {
      const kind = codeOf(error) === 'PVK-00011' ? 'bug' : 'unavailable'
      metrics.failures.add(1, arrival.operation, kind)
      const fields = line(arrival, `failure ${kind}`)
      if (fields !== undefined) logger.error({ ...fields, kind, error }, 'request failed')
    },
    keysFetched: (issuer, failure) => {
      metrics.keyFetches.add(1, failure === undefined ? 'fetched' : 'failed')
      if (failure === undefined) return
      const leftOut = budget.spend('keys', clock())
      if (leftOut !== undefined) logger.warn({ issuer, failure }, 'keys of an issuer could not be fetched')
    },
    lost: (what, decisionId) => {
      metrics.recordLost.add(1, what)
      const leftOut = budget.spend(`lost ${what}`, clock())
      if (leftOut !== undefined)
        logger.error({ decision: decisionId, what, left_out: leftOut }, 'part of the record was lost')
    },
    observeSteps: (steps) => ({
      authenticate(arrival) {
        entered.add(arrival.trace)
        metrics.inFlight.add(1)
        const { trace } = arrival
        return step(
          trace,
          'authenticate',
          () => steps.authenticate(arrival),
          (answer) => {
            if (answer.kind === 'not-authenticated' && answer.detail !== undefined) details.set(arrival, answer.detail)
          },
        )
      },
      approach: (authenticated) => steps.approach(authenticated),
      decide<M>(collected: Collected<M>): Promise<Decided<M>> {
        const { trace, operation } = collected.arrival
        const count = ({ decision, duration, parts }: Decided<M>): void => {
          const cache = cacheOf(parts)
          metrics.decisions.add(1, decision, operation, cache)
          metrics.decisionDuration.observe(duration / 1e6, cache)
        }
        return step(trace, 'decide', () => steps.decide(collected), count, describeDecided)
      },
      enforce: (decided) => stepAtOnce(decided.collected.arrival.trace, 'enforce', () => steps.enforce(decided)),
      record: (enforced) => step(enforced.decided.collected.arrival.trace, 'record', () => steps.record(enforced)),
      holds: (decided) => steps.holds(decided),
      watch: (granted) => steps.watch(granted),
      recordOutcome: (outcome) => steps.recordOutcome(outcome),
      renew: (arrival) => steps.renew(arrival),
      now: () => steps.now(),
      codeOf: (error) => steps.codeOf(error),
    }),
    observeRoute: (route) => ({
      collect: (authenticated) => step(authenticated.arrival.trace, 'collect', () => route.collect(authenticated)),
      handle: (grant, matter, decided) =>
        step(
          grant.trace,
          'handle',
          () => route.handle(grant, matter, decided),
          ({ outcome, finished }) => {
            const direction = decided.collected.arrival.operation === 'upload' ? 'up' : 'down'
            const count = ({ bytes }: Outcome): void => {
              if (bytes !== undefined) metrics.bytes.add(bytes, direction)
            }
            if (finished === undefined) count(outcome)
            else void finished.then(count, () => undefined)
          },
        ),
    }),
  }
}

const nothing = (): void => undefined

const fieldsOf = ({ trace, id, operation, client }: Arrival): Record<string, unknown> => ({
  trace_id: trace.traceId,
  span_id: trace.spanId,
  decision: id,
  operation,
  method: client.method,
  path: client.path,
})

const describeArrival = ({ id, operation, client }: Arrival): Attributes => ({
  'http.request.method': client.method,
  'portvakt.operation': operation,
  'portvakt.decision.id': id,
})

const describeDecided = (decided: Decided<unknown>): Attributes => ({
  'portvakt.decision': decided.decision,
  'portvakt.cache': cacheOf(decided.parts),
  'portvakt.parts': decided.parts.length,
  'portvakt.epoch': decided.epoch.toString(),
  'portvakt.policies': policiesOf(decided.parts),
  'portvakt.rule': decided.parts[decided.parts.length - 1]?.determining.at(-1) ?? '',
})

/** `id@version` of each policy that a part was decided with, each once. */
const policiesOf = (parts: readonly DecidedPart[]): string[] => [
  ...new Set(parts.flatMap(({ policies }) => policies.map(({ id, version }) => `${id}@${version}`))),
]

const distance: Readonly<Record<CacheLevel, number>> = { memory: 0, redis: 1, none: 2 }

/** Of a question with several parts, the farthest that one of them had to go. */
const cacheOf = (parts: readonly DecidedPart[]): CacheLevel =>
  parts.reduce<CacheLevel>((farthest, { cache }) => (distance[cache] > distance[farthest] ? cache : farthest), 'memory')
