/** The OpenTelemetry SDK, started from its standard environment variables. Imported only when they ask for it: 124 ms, 30–70 MB. */
import { NodeSDK, type NodeSDKConfiguration, resources } from '@opentelemetry/sdk-node'

/** @returns what sends the last spans and stops; it does not reject when nobody is there to receive them */
export const startOpenTelemetry = (version: string): (() => Promise<void>) => {
  const { env } = process
  const named = env.OTEL_SERVICE_NAME !== undefined || env.OTEL_RESOURCE_ATTRIBUTES?.includes('service.name=') === true
  const configuration: Partial<NodeSDKConfiguration> = {
    // automatic instrumentation does nothing in ES modules without a loader, and is too slow with one
    instrumentations: [],
    resource: resources.defaultResource().merge(
      resources.resourceFromAttributes({
        'service.version': version,
        ...(named ? {} : { 'service.name': 'portvakt' }),
      }),
    ),
    // metrics and logs have doors of their own; without this an OTLP endpoint would get empty ones
    ...(env.OTEL_METRICS_EXPORTER === undefined ? { metricReaders: [] } : {}),
    ...(env.OTEL_LOGS_EXPORTER === undefined ? { logRecordProcessors: [] } : {}),
    // the process detector would send the command line, which may hold what no trace should
    ...(env.OTEL_NODE_RESOURCE_DETECTORS === undefined ? { resourceDetectors: [resources.envDetector] } : {}),
  }
  const sdk = new NodeSDK(configuration)
  sdk.start()
  return () => sdk.shutdown().catch(() => undefined)
}
