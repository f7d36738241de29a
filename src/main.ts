/** The wiring: with `wiring/` the only place that constructs and connects. It holds no rule. */

import { randomBytes } from 'node:crypto'
import { hostname } from 'node:os'
import type { DevelopmentIssuer } from './authenticate/development-issuer.ts'
import { developmentIssuerRoutes } from './authenticate/development-issuer-routes.ts'
import { type Database, openDatabase } from './database/connect.ts'
import { migrate } from './database/migrate.ts'
import type { Sql } from './database/sql.ts'
import { outboxMigrations } from './events/outbox.ts'
import { transferMigrations } from './handle/transfer/migrations.ts'
import { recordMigrations } from './record/migrations.ts'
import { createRecorder, type Recorder } from './record/writer.ts'
import { keepPolicyText } from './registry/index.ts'
import { registryMigrations } from './registry/migrations.ts'
import { createAllowance } from './server/allowance.ts'
import { decisionId } from './server/decision-id.ts'
import { openDoors } from './server/door.ts'
import { healthRoutes } from './server/health.ts'
import { type Bound, bind } from './server/listen.ts'
import { createGatewayMetrics, type GatewayMetrics } from './server/observation/gateway-metrics.ts'
import { createLog, type Logger } from './server/observation/log.ts'
import { createObservation } from './server/observation/observe.ts'
import { startTracing } from './server/observation/tracing.ts'
import { openApiRoute } from './server/openapi/document.ts'
import type { Settings } from './settings/settings.ts'
import { issuerPath, openAuthenticator, openIssuer } from './wiring/authentication.ts'
import { clock } from './wiring/clock.ts'
import { type Closing, createClosing } from './wiring/closing.ts'
import { openDecisions } from './wiring/decisions.ts'
import { buildEndpoints, metricRoutes } from './wiring/endpoints.ts'
import { type OwnPolicies, openPolicies } from './wiring/policies.ts'
import { buildSteps, codeOf, printValue } from './wiring/steps.ts'
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

/** Starts a gateway. Throws an error whose message is for the operator when it cannot; nothing it opened is left open then. */
export async function start(settings: Settings, { onTaken }: StartOptions = {}): Promise<Gateway> {
  const own = await openPolicies(settings)
  const log = createLog({ level: settings.logLevel, version })
  const closing = createClosing((error) => log.logger.error({ error }, 'closing failed'))
  closing.add(log, ({ flush }) => flush())
  try {
    const bound = closing.add(await bind(settings), ({ release }) => release())
    const database = await openDatabase(settings, onTaken === undefined ? {} : { onTaken })
    closing.add(database, ({ close }) => close())
    const { sql } = database
    await migrate(sql, [...registryMigrations, ...outboxMigrations, ...transferMigrations, ...recordMigrations])
    for (const { text } of own.files) await keepPolicyText(sql, text)
    return await serveWith({ settings, own, logger: log.logger, bound, database, closing })
  } catch (error) {
    await closing.close()
    throw error
  }
}

interface Opened {
  readonly settings: Settings
  readonly own: OwnPolicies
  readonly logger: Logger
  readonly bound: Bound
  readonly database: Database
  readonly closing: Closing
}

async function serveWith({ settings, own, logger, bound, database, closing }: Opened): Promise<Gateway> {
  const { sql } = database
  const metrics = closing.add(createGatewayMetrics(), ({ close }) => close())
  const tracing = closing.add(await startTracing(version), ({ close }) => close())
  const observation = createObservation({ tracing, metrics, logger, clock, codeOf })
  const recorder = closing.add(openRecorder(sql, metrics), ({ close }) => close())
  const decisions = closing.add(await openDecisions(settings, sql, own.policies, logger), ({ close }) => close())
  const stored = await openTransfers(settings, sql)
  const tidying = closing.add(await startTidying(stored, logger), ({ stop }) => stop())
  const issuer = await openIssuer(settings, bound.url)
  const authenticate = await openAuthenticator(settings, issuer, observation)

  let isClosing = false
  const endpoints = buildEndpoints(settings, sql, { ...stored, onScanWaiting: tidying.scan }, decisions)
  const undecided = [
    ...healthRoutes([{ name: 'database', passes: () => database.isReachable() }], () => isClosing),
    ...metricRoutes(settings, metrics),
  ]
  const door = {
    steps: observation.observeSteps(buildSteps(settings, authenticate, decisions, recorder, observation)),
    observer: observation,
    observeRoute: observation.observeRoute,
    trustedProxies: settings.trustedProxies,
    now: () => new Date(),
    newId: (at: Date) => decisionId(at),
    clock,
    anonymous: createAllowance(settings.anonymousRequestsPerSecond, clock),
    closing: () => isClosing,
  }
  const app = openDoors(door, endpoints, [...undecided, openApiRoute([...endpoints, ...undecided], version)])
  if (issuer !== undefined) {
    const routes = developmentIssuerRoutes(issuer, () => new Date())
    app.route(issuerPath, routes)
  }
  const listening = bound.serve(app)
  logger.info({ url: bound.url, database: database.kind, epoch: String(decisions.versions.epoch()) }, 'listening')

  return {
    url: bound.url,
    port: bound.port,
    database,
    issuer,
    async close() {
      isClosing = true
      const { cut } = await listening.close(settings.shutdownSeconds * 1000, () => decisions.watcher.abortAll())
      if (cut > 0) logger.warn({ cut }, 'requests were cut off: their time was up')
      await closing.close()
    },
  }
}

const openRecorder = (sql: Sql, metrics: GatewayMetrics): Recorder =>
  createRecorder({
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
