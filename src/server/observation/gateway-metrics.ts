/** Every metric of the gateway, in one table. Names keep their meaning; labels take values from fixed lists only. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { type Counter, createMetricRegistry, type Gauge, type Histogram } from './metrics.ts'

export interface GatewayMetrics {
  /** operation, status */
  readonly requests: Counter
  /** Seconds; operation. */
  readonly requestDuration: Histogram
  readonly inFlight: Gauge
  /** decision, operation, cache */
  readonly decisions: Counter
  /** Seconds, from the start of collecting; cache. */
  readonly decisionDuration: Histogram
  /** operation, code */
  readonly refusals: Counter
  /** reason */
  readonly authenticationRefusals: Counter
  /** outcome: `fetched` or `failed` */
  readonly keyFetches: Counter
  /** operation, kind: `unavailable` or `bug` */
  readonly failures: Counter
  /** Seconds; step. */
  readonly stepDuration: Histogram
  /** Records that were committed together. */
  /** what */
  readonly recordLost: Counter
  readonly recordBatchSize: Histogram
  /** Seconds from the first record of a batch to its commit. */
  readonly recordBatchDuration: Histogram
  /** direction: `up` or `down` */
  readonly bytes: Counter
  expose(): string
  close(): void
}

const seconds = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60]
const batchSizes = [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000]

export const createGatewayMetrics = (): GatewayMetrics => {
  const registry = createMetricRegistry()
  const { counter, gauge, histogram } = registry
  const delay = monitorEventLoopDelay({ resolution: 20 })
  delay.enable()
  const metrics: GatewayMetrics = {
    requests: counter('portvakt_requests_total', 'Requests answered.', ['operation', 'status']),
    requestDuration: histogram('portvakt_request_duration_seconds', 'From arrival to answer.', seconds, ['operation']),
    inFlight: gauge('portvakt_requests_in_flight', 'Requests that have arrived and are not answered yet.'),
    decisions: counter('portvakt_decisions_total', 'Decisions made.', ['decision', 'operation', 'cache']),
    decisionDuration: histogram('portvakt_decision_duration_seconds', 'From collecting to the decision.', seconds, [
      'cache',
    ]),
    refusals: counter('portvakt_refusals_total', 'Requests refused by a decision.', ['operation', 'code']),
    authenticationRefusals: counter('portvakt_authentication_refusals_total', 'Tokens refused.', ['reason']),
    keyFetches: counter('portvakt_key_fetches_total', 'Keys of issuers asked for.', ['outcome']),
    failures: counter('portvakt_failures_total', 'Requests refused because something failed.', ['operation', 'kind']),
    stepDuration: histogram('portvakt_step_duration_seconds', 'One step of a request.', seconds, ['step']),
    recordBatchSize: histogram('portvakt_record_batch_size', 'Records committed together.', batchSizes),
    recordBatchDuration: histogram('portvakt_record_batch_duration_seconds', 'From first record to commit.', seconds),
    recordLost: counter('portvakt_record_lost_total', 'Decisions and outcomes that could not be recorded.', ['what']),
    bytes: counter('portvakt_file_bytes_total', 'Bytes of files received and sent.', ['direction']),
    expose: registry.expose,
    close: () => delay.disable(),
  }
  const { observed } = registry
  observed('process_resident_memory_bytes', 'Resident memory.', 'gauge', () => process.memoryUsage.rss())
  observed('process_cpu_seconds_total', 'User and system time.', 'counter', () => {
    const { user, system } = process.cpuUsage()
    return (user + system) / 1e6
  })
  observed('process_start_time_seconds', 'Start, since 1970.', 'gauge', () => Date.now() / 1000 - process.uptime())
  observed('nodejs_eventloop_delay_p99_seconds', 'Delay of the event loop since the last reading.', 'gauge', () => {
    const p99 = delay.percentile(99) / 1e9
    delay.reset()
    return Number.isFinite(p99) ? p99 : 0
  })
  return metrics
}
