import { describe, expect, test } from 'vitest'
import { createGatewayMetrics } from '../../../src/server/observation/gateway-metrics.ts'
import { createMetricRegistry } from '../../../src/server/observation/metrics.ts'

describe('the text format', () => {
  test('counters, with and without labels', () => {
    const registry = createMetricRegistry()
    const one = registry.counter('one_total', 'One.')
    const two = registry.counter('two_total', 'Two.', ['a', 'b'])
    one.add(2)
    two.add(1, 'x', 'y')
    two.add(3, 'x', 'y')
    two.add(1, 'q"\\\n', '')
    expect(registry.expose()).toBe(
      `# HELP one_total One.
# TYPE one_total counter
one_total 2
# HELP two_total Two.
# TYPE two_total counter
two_total{a="x",b="y"} 4
two_total{a="q\\"\\\\\\n",b=""} 1
`,
    )
  })

  test('histograms are cumulative, their bounds inclusive', () => {
    const registry = createMetricRegistry()
    const histogram = registry.histogram('h', 'H.', [1, 5], ['step'])
    for (const value of [0.5, 1, 1.5, 5, 100]) histogram.observe(value, 'record')
    expect(registry.expose()).toBe(
      `# HELP h H.
# TYPE h histogram
h_bucket{step="record",le="1"} 2
h_bucket{step="record",le="5"} 4
h_bucket{step="record",le="+Inf"} 5
h_sum{step="record"} 108
h_count{step="record"} 5
`,
    )
  })

  test('gauges, and what is read when asked', () => {
    const registry = createMetricRegistry()
    const gauge = registry.gauge('g', 'G.')
    let value = 1
    registry.observed('o', 'O.', 'gauge', () => value)
    gauge.add(3)
    gauge.add(-1)
    value = 7
    expect(registry.expose()).toContain('\ng 2\n')
    expect(registry.expose()).toContain('\no 7\n')
  })

  test('label values from outside cannot grow it without bound', () => {
    const registry = createMetricRegistry()
    const counter = registry.counter('c_total', 'C.', ['x'])
    for (let at = 0; at < 3000; at++) counter.add(1, `v${at}`)
    const lines = registry.expose().split('\n')
    expect(lines.length).toBeLessThan(1010)
    expect(lines).toContain('c_total{x="other"} 2000')
  })

  test('a name is registered once', () => {
    const registry = createMetricRegistry()
    registry.gauge('g', 'G.')
    expect(() => registry.counter('g', 'G.')).toThrow(TypeError)
  })
})

test('the gateway exposes each metric with help and type, and nothing that is no number', () => {
  const metrics = createGatewayMetrics()
  metrics.requests.add(1, 'download', '200')
  metrics.recordBatchSize.observe(12)
  metrics.recordBatchDuration.observe(0.002)
  metrics.bytes.add(1024, 'up')
  const text = metrics.expose()
  metrics.close()
  expect(text).toContain('portvakt_requests_total{operation="download",status="200"} 1')
  expect(text).toContain('portvakt_record_batch_size_bucket{le="25"} 1')
  expect(text).toContain('portvakt_file_bytes_total{direction="up"} 1024')
  for (const line of text.trimEnd().split('\n'))
    expect(line).toMatch(/^(# (HELP|TYPE) [a-z0-9_]+ .+|[a-z0-9_]+(\{[^\n]*\})? -?\d[\d.e+-]*)$/)
})
