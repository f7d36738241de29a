/** The wiring: the only place that constructs and connects. It holds no rule. */
import { randomBytes, randomUUID } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { type Authenticate, createAuthenticator } from './authenticate/authenticate.ts'
import { anonymous } from './authenticate/caller.ts'
import { createDevelopmentIssuer, type DevelopmentIssuer } from './authenticate/development-issuer.ts'
import { developmentIssuerRoutes } from './authenticate/development-issuer-routes.ts'
import { describeAsked, describeFor } from './collect/describe.ts'
import type { Registry } from './collect/from-registry.ts'
import { categories, currentTimes } from './collect/vocabulary.ts'
import { type Database, openDatabase } from './database/connect.ts'
import { migrate } from './database/migrate.ts'
import type { Sql } from './database/sql.ts'
import { parseCachedPart, printCachedPart } from './decide/cached-part.ts'
import { type CachedPart, createDecider, type Decider } from './decide/decide.ts'
import { createDecisionCache } from './decide/decision-cache.ts'
import {
  createPolicyStore,
  type GatewayPolicies,
  loadGatewayPolicies,
  type PolicyStore,
  type PolicyText,
} from './decide/policy-store.ts'
import { openRedisCache, type RedisCache } from './decide/redis.ts'
import { createVersions, type Versions } from './decide/versions.ts'
import { createWatcher, type Watcher } from './decide/watch.ts'
import { enforce } from './enforce/enforce.ts'
import { refusalOf, refuseWithoutAccess } from './enforce/refusals.ts'
import { outboxMigrations } from './events/outbox.ts'
import { clamdScanner } from './handle/scan/clamd.ts'
import type { Scanner } from './handle/scan/scanner.ts'
import { openLocalFolder } from './handle/storage/local-folder.ts'
import { parseInitialize } from './handle/transfer/check-initialize.ts'
import { confirm } from './handle/transfer/confirm.ts'
import { openDownload } from './handle/transfer/download.ts'
import { find, findDetails, parseTransferId } from './handle/transfer/find.ts'
import { initialize } from './handle/transfer/initialize.ts'
import { detailsJson, overviewJson } from './handle/transfer/json.ts'
import { transferMigrations } from './handle/transfer/migrations.ts'
import { parseParty } from './handle/transfer/party.ts'
import { startScanning } from './handle/transfer/scan-waiting.ts'
import { checkSearch, search } from './handle/transfer/search.ts'
import { sweep, sweepOrphans } from './handle/transfer/sweep.ts'
import type { Transfers } from './handle/transfer/transfers.ts'
import { upload } from './handle/transfer/upload.ts'
import { OvertakenDecision, type Steps } from './pipeline.ts'
import { RecordError } from './record/failure.ts'
import { recordMigrations } from './record/migrations.ts'
import { getDecision, listDecisions } from './record/query.ts'
import { createRecord } from './record/record.ts'
import { decisionJson, storedDecisionJson } from './record/row.ts'
import { createRecorder, type Recorder } from './record/writer.ts'
import { checkUpload } from './registry/check-upload.ts'
import { type Following, followChanges } from './registry/follow.ts'
import {
  connectedListsOf,
  currentEpoch,
  findPolicy,
  findResourceFacts,
  findSystemUser,
  findTransferResource,
  keepPolicyText,
  listsOf,
  registryMigrations,
  versionsOf,
} from './registry/index.ts'
import { textAnswer } from './server/answer.ts'
import { fileTransferEndpoints } from './server/broker/file-transfers.ts'
import { serviceOwnerEndpoints } from './server/broker/service-owners.ts'
import { decisionEndpoints } from './server/decision-api.ts'
import { decisionId } from './server/decision-id.ts'
import { decisionRecordEndpoints } from './server/decisions.ts'
import { type Endpoint, openDoors, type Undecided } from './server/door.ts'
import { healthRoutes } from './server/health.ts'
import { type Bound, bind } from './server/listen.ts'
import { createGatewayMetrics, type GatewayMetrics } from './server/observation/gateway-metrics.ts'
import { createLog, type Logger } from './server/observation/log.ts'
import { expositionType } from './server/observation/metrics.ts'
import { createObservation, type Observation } from './server/observation/observe.ts'
import { startTracing } from './server/observation/tracing.ts'
import { accessListEndpoints } from './server/registry/access-lists.ts'
import { resourceEndpoints } from './server/registry/resources.ts'
import { systemEndpoints } from './server/registry/systems.ts'
import type { Settings } from './settings/settings.ts'
import type { Category } from './steps.ts'
import {
  dataTypes,
  expandRequest,
  Failure,
  type Limits,
  type Outcome,
  parseRequestJson,
  printResponseJson,
  type Question,
  type Request,
  type Value,
} from './xacml/index.ts'

export const version = '0.1.0'

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

const policyFiles = ['gateway.xml', 'administration.xml', 'decision-api.xml']

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
  const recorder = createRecorder({ sql, node: hostname(), random: randomBytes, printValue, clock })
  const stored = await openTransfers(settings, sql)
  const tidying = await startTidying(stored, logger)
  const transfers = { ...stored, onScanWaiting: tidying.scan }
  const issuer = await openIssuer(settings, bound.url)
  const authenticate = await openAuthenticator(settings, issuer, observation)

  let closing = false
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
    buildEndpoints(settings, sql, transfers, decisions),
    [
      ...healthRoutes([{ name: 'database', passes: () => database.isReachable() }], () => closing),
      ...metricRoutes(settings, metrics),
    ],
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

const clock = (): number => performance.now()

/* ── policies ───────────────────────────────────────────────────────────────────────────────────────────────── */

interface OwnPolicies {
  readonly files: readonly PolicyText[]
  readonly policies: GatewayPolicies
}

async function openPolicies({ policiesFolder, limits }: Settings): Promise<OwnPolicies> {
  const files = await Promise.all(
    policyFiles.map(async (name) => ({ name, text: await readFile(join(policiesFolder, name), 'utf8') })),
  )
  const loaded = loadGatewayPolicies(files, limits)
  if (loaded.ok) return { files, policies: loaded.value }
  const findings = loaded.problems.map(({ message, at }) =>
    at === undefined ? message : `${message} (line ${at.line}, column ${at.column})`,
  )
  throw new Error(`the policies of the gateway are refused:\n  ${findings.join('\n  ')}`)
}

/* ── decisions ──────────────────────────────────────────────────────────────────────────────────────────────── */

interface Decisions {
  readonly decider: Decider
  readonly watcher: Watcher
  readonly versions: Versions
  readonly following: Following
  close(): Promise<void>
}

const shortNames = new Map(Object.entries(categories).map(([name, uri]) => [uri, name]))
const shortCategory = (uri: string): string => shortNames.get(uri) ?? uri
const fullCategory = (name: string): string => categories[name as Category] ?? name

/** Milliseconds between two readings of the change feed, and after which what it says is no longer trusted. */
const feedInterval = 1_000
const feedTrust = 5_000
const resourcesCompiled = 10_000

async function openDecisions(
  settings: Settings,
  sql: Sql,
  gateway: GatewayPolicies,
  logger: Logger,
): Promise<Decisions> {
  const from = await currentEpoch(sql)
  let following: Following | undefined
  const versions = createVersions({
    epoch: BigInt(from),
    capacity: 1_000_000,
    load: async (entities) => bigints(await versionsOf(sql, entities)),
    trusted: () => following !== undefined && following.age() < feedTrust,
  })
  const policies = createPolicyStore({
    gateway,
    load: async (resource) => {
      const stored = await findPolicy(sql, resource)
      return stored === undefined ? undefined : { text: stored.text, version: stored.number }
    },
    capacity: resourcesCompiled,
    limits: settings.limits,
  })
  const redis = openRedis(settings, logger)
  const registry = registryOf(sql, versions, policies)
  const decider = createDecider({
    policies,
    versions,
    cache: createDecisionCache<CachedPart>({
      capacity: settings.decisionCacheSize,
      lifetime: settings.decisionCacheSeconds * 1000,
      print: printCachedPart,
      parse: parseCachedPart,
      ...(redis === undefined ? {} : { shared: redis }),
    }),
    describe: { gateway: describeFor(registry), 'decision-api': describeAsked(registry) },
    fullCategory,
    shortCategory,
    uncacheable: new Set(currentTimes),
    limits: settings.limits,
    engine: `portvakt ${version}`,
    clock: () => performance.now() * 1000,
  })
  const watcher = createWatcher({
    stillGranted: async ({ decided }) => {
      const { collected } = decided
      const now = new Date()
      const again = { ...collected, arrival: { ...collected.arrival, now } }
      return enforce(await decider.decide(again)).kind === 'granted'
    },
    interval: 30_000,
    onRevoked: ({ decided }) =>
      logger.info({ decision: decided.collected.arrival.id }, 'a grant was revoked while it was being used'),
  })
  following = await followChanges({
    sql,
    from,
    apply: ({ epoch, entities }) => {
      versions.apply({ epoch: BigInt(epoch), entities })
      watcher.changed(entities)
    },
    interval: feedInterval,
    clock,
    onTrouble: (error) => logger.warn({ error }, 'the change feed cannot be read'),
  })
  return {
    decider,
    watcher,
    versions,
    following,
    async close() {
      watcher.close()
      await following.stop()
      await redis?.close()
    },
  }
}

const bigints = (numbers: ReadonlyMap<string, number>): ReadonlyMap<string, bigint> =>
  new Map([...numbers].map(([entity, epoch]) => [entity, BigInt(epoch)]))

function openRedis({ redisUrl, decisionCacheSeconds }: Settings, logger: Logger): RedisCache | undefined {
  if (redisUrl === undefined || decisionCacheSeconds === 0) return undefined
  return openRedisCache({
    url: redisUrl.reveal(),
    patience: 50,
    rest: 1_000,
    lifetime: decisionCacheSeconds,
    now: clock,
    onTrouble: (message) => logger.warn({ reason: message }, 'redis does not answer; decisions are made without it'),
  })
}

const registryOf = (sql: Sql, versions: Versions, policies: PolicyStore): Registry => ({
  resource: (id) => findResourceFacts(sql, id),
  listsOf: (organisation) => listsOf(sql, organisation),
  connectedListsOf: (organisation, resource, action) => connectedListsOf(sql, organisation, resource, action),
  systemUser: (id) => findSystemUser(sql, id),
  async minimumLevels(resource) {
    const [entityVersion] = await versions.of([`policy:${resource}`])
    const { minimumLevel, minimumLevelOrganisation } = await policies.ofResource(resource, entityVersion!)
    return {
      ...(minimumLevel === undefined ? {} : { level: minimumLevel }),
      ...(minimumLevelOrganisation === undefined ? {} : { organisation: minimumLevelOrganisation }),
    }
  },
})

/* ── authentication ─────────────────────────────────────────────────────────────────────────────────────────── */

const issuerPath = '/development'

async function openIssuer(settings: Settings, url: string): Promise<DevelopmentIssuer | undefined> {
  if (!settings.developmentIssuer) return undefined
  const { host, issuers, dataFolder } = settings
  const issuer = await createDevelopmentIssuer({ issuer: url + issuerPath, host, issuers, dataFolder })
  if (issuer.kind === 'development-issuer-refused') throw new Error(issuer.detail)
  return issuer
}

/** No token at all is nobody in particular: the policy says what they may, which is to read what is public. */
async function openAuthenticator(
  settings: Settings,
  issuer: DevelopmentIssuer | undefined,
  { keysFetched }: Observation,
): Promise<Authenticate> {
  const authenticate = await createAuthenticator({
    issuers: issuer === undefined ? settings.issuers : [issuer.settings],
    clockSkew: settings.clockSkewSeconds,
    allowInsecureLoopback: settings.developmentIssuer,
    keysFetched,
  })
  return async (arrival) =>
    arrival.authorization === undefined ? { kind: 'authenticated', arrival, caller: anonymous } : authenticate(arrival)
}

/* ── steps ──────────────────────────────────────────────────────────────────────────────────────────────────── */

function buildSteps(
  { allowUnrecordedDecisions }: Settings,
  authenticate: Authenticate,
  { decider, watcher }: Decisions,
  recorder: Recorder,
  logger: Logger,
): Steps {
  const record = createRecord({
    recorder,
    allowUnrecordedDecisions,
    onUnrecorded: (decision, error) =>
      logger.error({ decision, error }, 'a decision could not be recorded and was let through'),
  })
  return {
    authenticate,
    approach(authenticated) {
      const { decision, obligations, status } = decider.approach(authenticated)
      if (decision === 'Deny') return refusalOf(obligations, 'denied by the scope policy')
      return decision === 'Indeterminate'
        ? refuseWithoutAccess(`scope indeterminate: ${status.message ?? ''}`)
        : undefined
    },
    decide: (collected) => decider.decide(collected),
    enforce,
    record,
    holds: (decided) => decider.holds(decided),
    watch: (granted) => watcher.watch(granted),
    recordOutcome: (outcome) => void recorder.outcome(outcome),
    renew: (arrival) => ({ ...arrival, id: decisionId(arrival.now) }),
    now: () => new Date(),
  }
}

/** A source that failed is nobody's bug: the client may try again. */
function isUnavailable(error: unknown): boolean {
  if (error instanceof RecordError || error instanceof OvertakenDecision) return true
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  return connectionTrouble.test(code)
}

/** Of the driver, the system, and PostgreSQL (classes 08, 53, 57 and 40, appendix A). */
const connectionTrouble =
  /^(CONNECT|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|ENOENT|CONNECTION_|CONNECT_TIMEOUT|08...|53...|57P..|57014|40...)/

function printValue(dataType: string, value: Value): string {
  const type = dataTypes.get(dataType)
  if (type === undefined) throw new Error(`a value of unknown data type \`${dataType}\``)
  return type.print(value)
}

/* ── handlers ───────────────────────────────────────────────────────────────────────────────────────────────── */

async function openTransfers(settings: Settings, sql: Sql): Promise<Transfers> {
  const scanner = openScanner(settings)
  return {
    sql,
    store: await openLocalFolder(settings.storageFolder),
    ...(scanner === undefined ? {} : { scanner }),
    allowUnscannedFiles: settings.allowUnscannedFiles,
    clock: () => new Date(),
    newId: randomUUID,
    patience: { stallAfter: settings.uploadIdleSeconds * 1000 },
  }
}

/** `host:port`, or the path of a socket. */
function openScanner({ clamd, clamdMaxBytes }: Settings): Scanner | undefined {
  if (clamd === '') return undefined
  const [host, port] = clamd.startsWith('/') ? [] : clamd.split(/:(?=\d+$)/)
  const at = host !== undefined && port !== undefined ? { host, port: Number(port) } : { path: clamd }
  return clamdScanner({ at, limit: clamdMaxBytes })
}

/** What time does to transfers, looked at once a minute. */
async function startTidying(transfers: Transfers, logger: Logger): Promise<{ scan(): void; stop(): Promise<void> }> {
  const trouble = (error: unknown, transfer?: string): void =>
    logger.error({ error, transfer }, 'tidying up transfers failed')
  const once = async (): Promise<void> => {
    await sweep(transfers, new Date(), trouble)
  }
  await once()
  await sweepOrphans(transfers)
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(once).catch(trouble)
  }, 60_000)
  timer.unref()
  const scanning = startScanning(transfers, { onError: trouble })
  return {
    scan: scanning.wake,
    async stop() {
      clearInterval(timer)
      await scanning.stop()
      await running
    },
  }
}

function buildEndpoints(settings: Settings, sql: Sql, transfers: Transfers, decisions: Decisions): readonly Endpoint[] {
  const bounds = { size: settings.jsonBodyBytes, time: 30_000 }
  const administration = { sql, bounds, catchUp: () => decisions.following.catchUp() }
  const { limits } = settings
  return [
    ...fileTransferEndpoints(
      {
        parseInitialize,
        parseParty,
        parseTransferId,
        parseSearch: checkSearch,
        resource: (id) => findTransferResource(sql, id),
        find: (id) => find(sql, id),
        findDetails: (id) => findDetails(sql, id),
        initialize: (grant, input, resource) => initialize(transfers, grant, input, resource),
        upload: (grant, transfer, resource, input) => upload(transfers, grant, transfer, resource, input),
        openDownload: (grant, transfer, input) => openDownload(transfers, grant, transfer, input),
        confirm: (grant, id, party, resource) => confirm(transfers, grant, id, party, resource),
        search: (party, input) => search(sql, party, input),
        overviewJson,
        detailsJson,
      },
      bounds,
    ),
    ...serviceOwnerEndpoints(administration, {
      scanned: transfers.scanner !== undefined || transfers.allowUnscannedFiles,
      unscanned: true,
    }),
    ...resourceEndpoints({
      ...administration,
      policyBounds: { size: settings.policyBodyBytes, time: 30_000 },
      checkUpload: (text, resource) => checkUpload(text, resource, limits),
    }),
    ...accessListEndpoints(administration),
    ...systemEndpoints(administration),
    ...decisionRecordEndpoints({
      async list(conditions, page) {
        const found = await listDecisions(sql, conditions, page)
        return found.kind === 'page' ? { ...found, rows: found.rows.map(decisionJson) } : found
      },
      async find(id) {
        const stored = await getDecision(sql, id)
        return stored === undefined ? undefined : { resource: stored.row.resource, json: storedDecisionJson(stored) }
      },
      explain: async () => undefined,
    }),
    ...decisionEndpoints(
      {
        parseRequest: parseRequestJson,
        expand: (request) => expand(request, limits),
        printResponse: (response) => printResponseJson(response, 'altinn'),
        limits,
      },
      bounds,
    ),
  ]
}

/** The plain requests that a multiple decision request stands for; one that cannot be asked refuses them all. */
function expand(request: Request, limits: Limits): Outcome<readonly Request[]> {
  const questions = expandRequest(request, limits)
  const failure =
    questions instanceof Failure ? questions : questions.find((question) => question.failure !== undefined)?.failure
  if (failure !== undefined)
    return { ok: false, problems: [{ code: 'REQUEST-NOT-EXPANDABLE', severity: 'error', message: failure.message }] }
  return { ok: true, value: (questions as readonly Question[]).map((question) => question.request), warnings: [] }
}

const metricRoutes = ({ metrics: on }: Settings, metrics: GatewayMetrics): readonly Undecided[] =>
  on ? [{ method: 'GET', path: '/metrics', answer: () => textAnswer(200, expositionType, metrics.expose()) }] : []
