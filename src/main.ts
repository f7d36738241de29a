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
import { explainAddress } from './wiring/unusable.ts'
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
  /** Nobody reads standard output, and so the log, any more. */
  readonly onLogLost?: () => void
  /** Aborted when it is time to stop, which may come before it listens: then `start` rejects with the reason of the signal. */
  readonly signal?: AbortSignal
}

/** Starts a gateway. Throws an error whose message is for the operator when it cannot; nothing it opened is left open then. */
export async function start(settings: Settings, { onTaken, onLogLost, signal }: StartOptions = {}): Promise<Gateway> {
  const own = await openPolicies(settings)
  const log = createLog({
    level: settings.logLevel,
    version,
    ...(onLogLost === undefined ? {} : { onBroken: onLogLost }),
  })
  const closing = createClosing((error) => log.logger.error({ error }, 'closing failed'))
  closing.add(log, ({ flush }) => flush())
  announce(settings, log.logger, closing, signal)
  try {
    const bound = closing.add(await bindAddress(settings), ({ release }) => release())
    const database = await openDatabase(settings, {
      signal,
      patience: settings.databaseWaitSeconds * 1000,
      onWait: (attempt) => log.logger.warn(attempt, 'the database does not answer yet'),
      ...(onTaken === undefined ? {} : { onTaken }),
    })
    closing.add(database, ({ close }) => close())
    const { sql } = database
    await migrate(sql, [...registryMigrations, ...outboxMigrations, ...transferMigrations, ...recordMigrations])
    for (const { text } of own.files) await keepPolicyText(sql, text)
    const gateway = await serveWith({ settings, own, logger: log.logger, bound, database, closing })
    if (signal?.aborted === true) await gateway.close()
    signal?.throwIfAborted()
    return gateway
  } catch (error) {
    await closing.close()
    throw error
  }
}

/** So that nobody is surprised by old data, by refused tokens, or by a stop that takes its time. */
function announce(settings: Settings, logger: Logger, closing: Closing, signal: AbortSignal | undefined): void {
  const { dataFolder, storageFolder, databaseUrl, issuers, developmentIssuer, host } = settings
  const database = databaseUrl === undefined ? 'embedded' : 'external'
  logger.info({ dataFolder, storageFolder, database }, 'starting')
  if (issuers.length === 0 && !developmentIssuer)
    logger.warn(
      { host },
      'no issuer is set, and the development issuer is off: every token will be refused; set `PORTVAKT_ISSUERS`',
    )
  const stopping = (): void =>
    logger.info({ reason: String((signal?.reason as Error | undefined)?.message) }, 'stopping')
  if (signal?.aborted === true) stopping()
  signal?.addEventListener('abort', stopping, { once: true })
  closing.add(logger, () => {
    if (signal?.aborted === true) logger.info('stopped')
  })
}

async function bindAddress(settings: Settings): Promise<Bound> {
  try {
    return await bind(settings)
  } catch (error) {
    throw explainAddress(error, settings)
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

async function serveWith(opened: Opened): Promise<Gateway> {
  const { settings, logger, bound, database, closing } = opened
  const issuer = await openIssuer(settings, bound.url)
  const { app, decisions, refuseAll } = await openApp(opened, issuer)
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
      refuseAll()
      try {
        const { cut } = await listening.close(settings.shutdownSeconds * 1000, () => decisions.watcher.abortAll())
        if (cut > 0) logger.warn({ cut }, 'requests were cut off: their time was up')
      } finally {
        await closing.close()
      }
    },
  }
}

/** Everything behind the address: what requests are observed, decided, recorded and handled by. */
async function openApp(opened: Opened, issuer: DevelopmentIssuer | undefined) {
  const { settings, own, logger, database, closing } = opened
  const { sql } = database
  const { metrics, observation } = await openObservation(logger, closing)
  const recorder = closing.add(openRecorder(sql, metrics), ({ close }) => close())
  const decisions = closing.add(await openDecisions(settings, sql, own.policies, logger), ({ close }) => close())
  const stored = await openTransfers(settings, sql)
  const tidying = closing.add(await startTidying(stored, logger), ({ stop }) => stop())
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
  const refuseAll = (): void => {
    isClosing = true
  }
  return { app, decisions, refuseAll }
}

async function openObservation(logger: Logger, closing: Closing) {
  const metrics = closing.add(createGatewayMetrics(), ({ close }) => close())
  const tracing = closing.add(await startTracing(version), ({ close }) => close())
  return { metrics, observation: createObservation({ tracing, metrics, logger, clock, codeOf }) }
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
