import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Steps } from '../../../src/pipeline.ts'
import type { Observer } from '../../../src/server/door.ts'
import { createGatewayMetrics } from '../../../src/server/observation/gateway-metrics.ts'
import { createLog } from '../../../src/server/observation/log.ts'
import { createObservation, type Observation } from '../../../src/server/observation/observe.ts'
import {
  createSilentTracing,
  isTracingAskedFor,
  startTracing,
  type Tracing,
} from '../../../src/server/observation/tracing.ts'
import type { Arrival, Decided, Enforced, Recorded, Trace } from '../../../src/steps.ts'
import { type OtlpReceiver, type ReceivedSpan, startOtlpReceiver } from '../../support/otlp-receiver.ts'

const parentTrace = '0af7651916cd43dd8448eb211c80319c'
const parentSpan = 'b7ad6b7169203331'
const traceparent = `00-${parentTrace}-${parentSpan}-01`
const token = 'Bearer eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJodHRwczovL2lzc3Vlci50ZXN0LyJ9.c2lnbmF0dXJl'

const arrivalOf = (trace: Trace): Arrival => ({
  id: '01958000-0000-7000-8000-000000000000',
  now: new Date('2026-03-01T12:00:00Z'),
  operation: 'download',
  authorization: token,
  client: { address: '192.0.2.1', method: 'GET', path: '/filetransfer/1' },
  trace,
})

const decidedOf = (arrival: Arrival): Decided<undefined> => {
  const caller = { kind: 'anonymous', scopes: [], level: 0, issuer: '', claims: [], expiresAt: 0 } as const
  const ask = { action: 'read', party: '991825827', facts: [] }
  const part = {
    ask,
    decision: 'Permit',
    status: { code: 'urn:oasis:names:tc:xacml:1.0:status:ok' },
    obligations: [],
    determining: [],
    attributes: [],
    policies: [],
  } as const
  const question = { combine: 'any', parts: [ask] } as const
  return {
    kind: 'decided',
    collected: { kind: 'collected', arrival, caller, question, matter: undefined },
    parts: [
      { ...part, cache: 'memory' },
      { ...part, cache: 'redis' },
    ] as unknown as Decided<undefined>['parts'],
    advisory: [],
    decision: 'Permit',
    epoch: 7n,
    engine: '1',
    duration: 250,
  }
}

class StorageDown extends Error {
  override readonly name = 'StorageDown'
}

/** Steps of known outcome: it is the watching that is tested, not what is watched. */
const steps: Steps = {
  authenticate: async (arrival) => ({ kind: 'authenticated', arrival, caller: decidedOf(arrival).collected.caller }),
  approach: () => undefined,
  decide: async <M>(collected: { readonly arrival: Arrival }) => decidedOf(collected.arrival) as unknown as Decided<M>,
  enforce: <M>(decided: Decided<M>) => ({ kind: 'granted', decided, discharges: [] }) as Enforced<M>,
  record: async <M>(enforced: Enforced<M>): Promise<Recorded<Enforced<M>>> => {
    if (enforced.decided.collected.arrival.operation === 'fails') throw new StorageDown(`no room for ${token}`)
    return { kind: 'recorded', enforced, durable: true }
  },
  holds: () => true,
  watch: () => ({ signal: new AbortController().signal, release: () => undefined }),
  recordOutcome: () => undefined,
  renew: (arrival) => arrival,
  now: () => new Date(),
  codeOf: () => 'PVK-00011',
}

const create = (tracing: Tracing) => {
  const lines: string[] = []
  const metrics = createGatewayMetrics()
  const { logger } = createLog({ level: 'info', version: '1', write: (line) => lines.push(line) })
  const observation: Observation & Observer = createObservation({
    tracing,
    metrics,
    logger,
    clock: () => performance.now(),
    codeOf: (error) => (error instanceof StorageDown ? 'PVK-00010' : 'PVK-00011'),
  })
  metrics.close()
  return { lines, metrics, observation }
}

const passThrough = async (observation: Observation, arrival: Arrival): Promise<void> => {
  const seen = observation.observeSteps(steps)
  const authenticated = await seen.authenticate(arrival)
  if (authenticated.kind !== 'authenticated') throw new Error('not authenticated')
  const route = observation.observeRoute<undefined, string>({
    collect: async () => decidedOf(arrival).collected,
    handle: async () => ({ answer: 'done', outcome: { status: 200 } }),
  })
  const decided = await seen.decide(await route.collect(authenticated))
  const recorded = await seen.record(seen.enforce(decided))
  if (recorded.enforced.kind !== 'granted') throw new Error('refused')
  const { caller } = decided.collected
  const { signal, release } = seen.watch(recorded.enforced)
  const grant = { decisionId: arrival.id, epoch: 7n, caller, now: arrival.now, trace: arrival.trace, signal }
  await route.handle(grant, undefined, decided)
  release()
  observation.answered(arrival, 200, 3)
}

describe('metrics and lines', () => {
  test('of a request that passes', async () => {
    const { metrics, observation, lines } = create(createSilentTracing())
    const arrival = arrivalOf(observation.trace(undefined, undefined))
    const passing = passThrough(observation, arrival)
    expect(metrics.expose()).toContain('portvakt_requests_in_flight 1')
    await passing
    const text = metrics.expose()
    expect(text).toContain('portvakt_requests_in_flight 0')
    expect(text).toContain('portvakt_requests_total{operation="download",status="200"} 1')
    expect(text).toContain('portvakt_decisions_total{decision="Permit",operation="download",cache="redis"} 1')
    expect(text).toContain('portvakt_decision_duration_seconds_sum{cache="redis"} 0.00025')
    for (const step of ['authenticate', 'collect', 'decide', 'enforce', 'record', 'handle'])
      expect(text).toContain(`portvakt_step_duration_seconds_count{step="${step}"} 1`)
    expect(lines).toEqual([])
  })

  test('of refusals and failures', async () => {
    const { metrics, observation, lines } = create(createSilentTracing())
    const arrival = arrivalOf(observation.trace(traceparent, undefined))
    observation.notAuthenticated(arrival, 'expired')
    observation.refused(arrival, { code: 'BRO-00006', status: 401, silent: false, reason: 'no rule permits' })
    observation.failed(arrival, new StorageDown(`x ${token}`))
    observation.failed(arrival, new TypeError('bug'))
    const text = metrics.expose()
    expect(text).toContain('portvakt_authentication_refusals_total{reason="expired"} 1')
    expect(text).toContain('portvakt_refusals_total{operation="download",code="BRO-00006"} 1')
    expect(text).toContain('portvakt_failures_total{operation="download",kind="unavailable"} 1')
    expect(text).toContain('portvakt_failures_total{operation="download",kind="bug"} 1')
    expect(lines).toHaveLength(4)
    expect(lines.join('')).not.toContain('eyJ')
    for (const line of lines)
      expect(JSON.parse(line)).toMatchObject({ trace_id: parentTrace, decision: arrival.id, operation: 'download' })
  })

  test('the detail that the step gives is in the line, and the keys of issuers are told of', async () => {
    const { observation, lines, metrics } = create(createSilentTracing())
    const arrival = arrivalOf(observation.trace(undefined, undefined))
    const refuse = {
      kind: 'not-authenticated',
      reason: 'issuer-unreachable',
      status: 503,
      detail: 'ECONNREFUSED',
    } as const
    await observation.observeSteps({ ...steps, authenticate: async () => refuse }).authenticate(arrival)
    observation.notAuthenticated(arrival, refuse.reason)
    observation.keysFetched('https://issuer.test/', 'answered 500')
    observation.keysFetched('https://issuer.test/', undefined)
    expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { reason: 'issuer-unreachable', detail: 'ECONNREFUSED', level: 'info' },
      { issuer: 'https://issuer.test/', failure: 'answered 500', level: 'warn' },
    ])
    expect(metrics.expose()).toContain('portvakt_key_fetches_total{outcome="failed"} 1')
  })

  test('a flood of bad tokens is not a flood of lines', () => {
    const { observation, lines, metrics } = create(createSilentTracing())
    const arrival = arrivalOf(observation.trace(undefined, undefined))
    for (let at = 0; at < 1000; at++) observation.notAuthenticated(arrival, 'malformed')
    expect(lines.length).toBeLessThan(100)
    expect(metrics.expose()).toContain('portvakt_authentication_refusals_total{reason="malformed"} 1000')
  })
})

describe('silent tracing', () => {
  test('continues the trace of the caller and passes its parent on as it came', () => {
    const tracing = createSilentTracing()
    const trace = tracing.arrive(traceparent, 'congo=1')
    expect(trace).toEqual({ traceId: parentTrace, spanId: parentSpan })
    expect(tracing.outgoing(trace)).toEqual({ traceparent, tracestate: 'congo=1' })
  })

  test('begins a trace when there is none, or none that is valid', () => {
    const tracing = createSilentTracing()
    for (const header of [undefined, 'evil\r\nx: y']) {
      const trace = tracing.arrive(header, 'congo=1')
      expect(tracing.outgoing(trace)).toEqual({ traceparent: `00-${trace.traceId}-${trace.spanId}-00` })
    }
  })

  test('observing is the call itself', () => {
    const tracing = createSilentTracing()
    const promise = Promise.resolve(1)
    expect(tracing.observe({ traceId: '', spanId: '' }, 'x', () => promise)).toBe(promise)
  })

  test.each<readonly [Readonly<Record<string, string>>, boolean]>([
    [{}, false],
    [{ OTEL_SERVICE_NAME: 'x' }, false],
    [{ OTEL_TRACES_EXPORTER: 'otlp' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318' }, true],
    [{ OTEL_EXPORTER_OTLP_TRACES_ENDPOINT: 'http://collector:4318/v1/traces' }, true],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_TRACES_EXPORTER: 'none' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://collector:4318', OTEL_SDK_DISABLED: 'true' }, false],
    [{ OTEL_EXPORTER_OTLP_ENDPOINT: '' }, false],
  ])('%j asks for tracing: %s', (environment, expected) => {
    expect(isTracingAskedFor(environment)).toBe(expected)
  })
})

describe('OpenTelemetry, to a receiver', () => {
  let receiver: OtlpReceiver
  let tracing: Tracing

  beforeAll(async () => {
    receiver = await startOtlpReceiver()
    process.env.OTEL_EXPORTER_OTLP_ENDPOINT = receiver.address
    process.env.OTEL_EXPORTER_OTLP_PROTOCOL = 'http/json'
    process.env.OTEL_BSP_SCHEDULE_DELAY = '20'
    tracing = await startTracing('1.2.3')
  })
  afterAll(async () => {
    await tracing.close()
    await receiver.close()
  })

  const named = (spans: readonly ReceivedSpan[], name: string): ReceivedSpan => {
    const span = spans.find((one) => one.name === name)
    if (span === undefined) throw new Error(`no span ${name}`)
    return span
  }
  const attributes = (span: ReceivedSpan) =>
    Object.fromEntries(span.attributes.map(({ key, value }) => [key, Object.values(value)[0]]))

  test('a request and its steps are one trace, below that of the caller', async () => {
    const { observation } = create(tracing)
    const trace = observation.trace(traceparent, 'congo=1')
    expect(trace.traceId).toBe(parentTrace)
    await passThrough(observation, arrivalOf(trace))
    const spans = await receiver.received(7)
    const request = named(spans, 'download')
    expect(request).toMatchObject({ traceId: parentTrace, parentSpanId: parentSpan, kind: 2, spanId: trace.spanId })
    expect(attributes(request)).toMatchObject({
      'http.request.method': 'GET',
      'http.response.status_code': 200,
      'portvakt.operation': 'download',
    })
    for (const step of ['authenticate', 'collect', 'decide', 'enforce', 'record', 'handle'])
      expect(named(spans, step)).toMatchObject({ traceId: parentTrace, parentSpanId: request.spanId, kind: 1 })
    expect(attributes(named(spans, 'decide'))).toMatchObject({ 'portvakt.decision': 'Permit', 'portvakt.epoch': '7' })
    expect(Object.fromEntries(receiver.resources)).toMatchObject({
      'service.name': 'portvakt',
      'service.version': '1.2.3',
    })
  })

  test('a step that fails marks its span, without its message', async () => {
    const { observation } = create(tracing)
    const before = receiver.spans.length
    const trace = observation.trace(undefined, undefined)
    const arrival = { ...arrivalOf(trace), operation: 'fails' }
    await expect(passThrough(observation, arrival)).rejects.toThrow(StorageDown)
    observation.answered(arrival, 503, 1)
    const spans = (await receiver.received(before + 6)).slice(before)
    expect(named(spans, 'record').status.code).toBe(2)
    expect(attributes(named(spans, 'record'))).toEqual({ 'error.type': 'StorageDown' })
    expect(named(spans, 'fails').status.code).toBe(2)
  })

  test('what follows from a request is told its own span', () => {
    const trace = tracing.arrive(traceparent, 'congo=1')
    expect(tracing.outgoing(trace)).toEqual({
      traceparent: `00-${parentTrace}-${trace.spanId}-01`,
      tracestate: 'congo=1',
    })
    const unsampled = tracing.arrive(`00-${parentTrace}-${parentSpan}-00`, undefined)
    expect(tracing.outgoing(unsampled).traceparent).toMatch(/-00$/)
  })

  test('nothing but traces is sent, and no token, organisation or address in them', async () => {
    await tracing.close()
    expect(new Set(receiver.paths)).toEqual(new Set(['/v1/traces']))
    for (const secret of ['eyJ', '991825827', '192.0.2.1', 'process.command'])
      expect(receiver.text()).not.toContain(secret)
  })
})
