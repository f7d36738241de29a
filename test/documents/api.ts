/** The description of the HTTP API as a gateway with everything on serves it, without starting one. */
import { tmpdir } from 'node:os'
import { healthRoutes } from '../../src/server/health.ts'
import { createGatewayMetrics } from '../../src/server/observation/gateway-metrics.ts'
import { type OpenApi, openApiRoute } from '../../src/server/openapi/document.ts'
import { loadSettings } from '../../src/settings/load.ts'
import { buildEndpoints, metricRoutes } from '../../src/wiring/endpoints.ts'
import { version } from '../../src/wiring/version.ts'

/** The tables are made without calling what they would call: nothing of it is needed. */
const nobody = {} as never

export function describedApi(): OpenApi {
  const loaded = loadSettings({ environment: {}, workingFolder: tmpdir(), isRoot: false })
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  const metrics = createGatewayMetrics()
  try {
    const rows = [
      ...buildEndpoints(loaded.settings, nobody, nobody, nobody),
      ...healthRoutes([], () => false),
      ...metricRoutes(loaded.settings, metrics),
    ]
    const answer = openApiRoute(rows, version).answer(nobody)
    return JSON.parse((answer as { readonly body: string }).body)
  } finally {
    metrics.close()
  }
}
