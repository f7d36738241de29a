/** The wiring: with `wiring/` the only place that constructs and connects. It holds no rule. */

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { DevelopmentIssuer } from './authenticate/development-issuer.ts'
import { developmentIssuerRoutes } from './authenticate/development-issuer-routes.ts'
import { type Database, openDatabase } from './database/connect.ts'
import { migrate } from './database/migrate.ts'
import { outboxMigrations } from './events/outbox.ts'
import { transferMigrations } from './handle/transfer/migrations.ts'
import { recordMigrations } from './record/migrations.ts'
import { createRecorder } from './record/writer.ts'
import { keepPolicyText } from './registry/index.ts'
import { registryMigrations } from './registry/migrations.ts'
import { decisionId } from './server/decision-id.ts'
import { openDoors } from './server/door.ts'
import { healthRoutes } from './server/health.ts'
import { type Bound, bind } from './server/listen.ts'
import { createGatewayMetrics } from './server/observation/gateway-metrics.ts'
import { createLog } from './server/observation/log.ts'
import { createObservation } from './server/observation/observe.ts'
import { startTracing } from './server/observation/tracing.ts'
import { openApiRoute } from './server/openapi/document.ts'
import type { Settings } from './settings/settings.ts'
import { issuerPath, openAuthenticator, openIssuer } from './wiring/authentication.ts'
import { clock } from './wiring/clock.ts'
import { openDecisions } from './wiring/decisions.ts'
import { buildEndpoints, metricRoutes } from './wiring/endpoints.ts'
import { type OwnPolicies, openPolicies } from './wiring/policies.ts'
import { buildSteps, isUnavailable, printValue } from './wiring/steps.ts'
import { openTransfers, startTidying } from './wiring/transfers.ts'
import { version } from './wiring/version.ts'

/** A gateway that answers. */
export interface Gateway {
  readonly url: string
  readonly port: number
  readonly database: Database
  /** Present when tokens can be minted here. */
  readonly issuer: DevelopmentIssuer | undefined
  /** Lets running transfers finish within the time of the settings, then ends the rest and closes everything. */
  close(): Promise<void>
}

export interface StartOptions {
  /** Another copy has taken over the embedded database: this process must end. */
  readonly onTaken?: (error: Error) => void
}

/** Starts a gateway. Throws an error whose message is for the operator when it cannot. */
export async function start(settings: Settings, { onTaken }: StartOptions = {}): Promise<Gateway> {
  const gatewayPolicies = await openPolicies(settings)
  const bound = await bind(settings)
  try {
    const database = await openDatabase(settings, onTaken === undefined ? {} : { onTaken })
    try {
      return await serveWith(settings, gatewayPolicies, bound, database)
    } catch (error) {
      await database.close()
      throw error
    }
  } catch (error) {
    bound.release()
    throw error
  }
}

async function serveWith(
  settings: Settings,
  gatewayPolicies: OwnPolicies,
  bound: Bound,
  database: Database,
): Promise<Gateway> {
  const log = createLog({ level: settings.logLevel, version })
  const { logger } = log
  const metrics = createGatewayMetrics()
  const tracing = await startTracing(version)
  const observation = createObservation({ tracing, metrics, logger, clock, isUnavailable })
  const { sql } = database
  await migrate(sql, [...registryMigrations, ...outboxMigrations, ...transferMigrations, ...recordMigrations])
  for (const { text } of gatewayPolicies.files) await keepPolicyText(sql, text)

  const decisions = await openDecisions(settings, sql, gatewayPolicies.policies, logger)
  const recorder = createRecorder({
    sql,
    node: hostname(),
    random: randomBytes,
    printValue,
    clock,
    onBatch: (size, milliseconds) => {
      metrics.recordBatchSize.observe(size)
      metrics.recordBatchDuration.observe(milliseconds / 1000)
    },
  })
  const stored = await openTransfers(settings, sql)
  const tidying = await startTidying(stored, logger)
  const transfers = { ...stored, onScanWaiting: tidying.scan }
  const issuer = await openIssuer(settings, bound.url)
  const authenticate = await openAuthenticator(settings, issuer, observation)

  let closing = false
  const endpoints = buildEndpoints(settings, sql, transfers, decisions)
  const undecided = [
    ...healthRoutes([{ name: 'database', passes: () => database.isReachable() }], () => closing),
    ...metricRoutes(settings, metrics),
  ]
  const app = openDoors(
    {
      steps: observation.observeSteps(buildSteps(settings, authenticate, decisions, recorder, logger)),
      observer: observation,
      observeRoute: observation.observeRoute,
      trustedProxies: settings.trustedProxies,
      now: () => new Date(),
      newId: (at) => decisionId(at),
      clock,
      closing: () => closing,
      isUnavailable,
    },
    endpoints,
    [...undecided, openApiRoute([...endpoints, ...undecided], version)],
  )
  if (issuer !== undefined)
    app.route(
      issuerPath,
      developmentIssuerRoutes(issuer, () => new Date()),
    )
  const listening = bound.serve(app)
  logger.info({ url: bound.url, database: database.kind, epoch: Number(decisions.versions.epoch()) }, 'listening')

  return {
    url: bound.url,
    port: bound.port,
    database,
    issuer,
    async close() {
      closing = true
      const { cut } = await listening.close(settings.shutdownSeconds * 1000, () => decisions.watcher.abortAll())
      if (cut > 0) logger.warn({ cut }, 'requests were cut off: their time was up')
      await tidying.stop()
      await decisions.close()
      await recorder.close()
      await database.close()
      await tracing.close()
      metrics.close()
      log.flush()
    },
  }
}
