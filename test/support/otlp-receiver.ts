/** Receives OTLP over HTTP with JSON on a loopback port, as a collector would. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

export interface ReceivedSpan {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly name: string
  /** 1 internal, 2 server. */
  readonly kind: number
  readonly status: { readonly code?: number; readonly message?: string }
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[]
  readonly events?: readonly unknown[]
}

export interface OtlpReceiver {
  /** For OTEL_EXPORTER_OTLP_ENDPOINT. */
  readonly address: string
  readonly spans: readonly ReceivedSpan[]
  /** Attributes of the resources that sent spans. */
  readonly resources: ReadonlyMap<string, unknown>
  /** Everything received, as text. */
  readonly text: () => string
  /** Paths that were posted to. */
  readonly paths: readonly string[]
  /** Waits until so many spans have come; throws after five seconds. */
  received(count: number): Promise<readonly ReceivedSpan[]>
  close(): Promise<void>
}

interface Posted {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: ReceivedSpan['attributes'] }
    readonly scopeSpans?: readonly { readonly spans?: readonly ReceivedSpan[] }[]
  }[]
}

export const startOtlpReceiver = async (): Promise<OtlpReceiver> => {
  const spans: ReceivedSpan[] = []
  const resources = new Map<string, unknown>()
  const texts: string[] = []
  const paths: string[] = []
  const server = createServer((request, response) => {
    paths.push(request.url ?? '')
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      const text = Buffer.concat(chunks).toString('utf8')
      texts.push(text)
      for (const { resource, scopeSpans } of (JSON.parse(text) as Posted).resourceSpans ?? []) {
        for (const { key, value } of resource?.attributes ?? []) resources.set(key, Object.values(value)[0])
        for (const scope of scopeSpans ?? []) spans.push(...(scope.spans ?? []))
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    address: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    resources,
    paths,
    text: () => texts.join('\n'),
    received: async (count) => {
      for (let turn = 0; turn < 500 && spans.length < count; turn++) await pause(10)
      if (spans.length < count) throw new Error(`${spans.length} of ${count} spans came`)
      return spans
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
