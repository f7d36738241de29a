/**
 * The gateway with authorization off, to measure against: the same doors, handlers and database, with steps that permit
 * without deciding and without recording. With `BENCH_CONSTANT=1` the decision API reads its body and gives one constant
 * answer, unparsed. For benchmarks alone: it lets everybody do everything.
 */

import { developmentIssuerRoutes } from '../../../src/authenticate/development-issuer-routes.ts'
import { askAboutResource } from '../../../src/collect/questions.ts'
import { openDatabase } from '../../../src/database/connect.ts'
import { migrate } from '../../../src/database/migrate.ts'
import { outboxMigrations } from '../../../src/events/outbox.ts'
import { transferMigrations } from '../../../src/handle/transfer/migrations.ts'
import type { Route, Steps } from '../../../src/pipeline.ts'
import { recordMigrations } from '../../../src/record/migrations.ts'
import { registryMigrations } from '../../../src/registry/migrations.ts'
import { type Answer, textAnswer } from '../../../src/server/answer.ts'
import { readBody } from '../../../src/server/body.ts'
import { decisionId } from '../../../src/server/decision-id.ts'
import { type DoorRequest, type Endpoint, endpoint, openDoors } from '../../../src/server/door.ts'
import { healthRoutes } from '../../../src/server/health.ts'
import { bind } from '../../../src/server/listen.ts'
import { createGatewayMetrics } from '../../../src/server/observation/gateway-metrics.ts'
import { createLog } from '../../../src/server/observation/log.ts'
import { createObservation } from '../../../src/server/observation/observe.ts'
import { createSilentTracing } from '../../../src/server/observation/tracing.ts'
import { collected, done } from '../../../src/server/route.ts'
import { loadSettings } from '../../../src/settings/load.ts'
import type { Ask, Collected, Decided, DecidedPart } from '../../../src/steps.ts'
import { issuerPath, openAuthenticator, openIssuer } from '../../../src/wiring/authentication.ts'
import { clock } from '../../../src/wiring/clock.ts'
import { openDecisions } from '../../../src/wiring/decisions.ts'
import { buildEndpoints } from '../../../src/wiring/endpoints.ts'
import { openPolicies } from '../../../src/wiring/policies.ts'
import { codeOf } from '../../../src/wiring/steps.ts'
import { openTransfers } from '../../../src/wiring/transfers.ts'
import { authorize, resource } from './stage.ts'

const loaded = loadSettings()
if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
const { settings } = loaded

const bound = await bind(settings)
const database = await openDatabase(settings)
const { sql } = database
const log = createLog({ level: settings.logLevel, version: 'bare' })
const metrics = createGatewayMetrics()
const observation = createObservation({
  tracing: createSilentTracing(),
  metrics,
  logger: log.logger,
  clock,
  codeOf,
})
await migrate(sql, [...registryMigrations, ...outboxMigrations, ...transferMigrations, ...recordMigrations])
const decisions = await openDecisions(settings, sql, (await openPolicies(settings)).policies, log.logger)
const transfers = await openTransfers(settings, sql)
const issuer = await openIssuer(settings, bound.url)
const authenticate = await openAuthenticator(settings, issuer, observation)

/* ── steps that permit ──────────────────────────────────────────────────────────────────────────────────────── */

const permit = (ask: Ask): DecidedPart => ({
  ask,
  decision: 'Permit',
  status: { codes: ['urn:oasis:names:tc:xacml:1.0:status:ok'] },
  obligations: [],
  advice: [],
  determining: [],
  attributes: [],
  policies: [],
  restsOn: [],
  versions: [],
  cache: 'none',
})

/** `any` stops at its first permit, so that handlers see what they would see. */
function permitted<M>(given: Collected<M>): Decided<M> {
  const { combine, parts, advisory = [] } = given.question
  const [first, ...others] = parts
  return {
    kind: 'decided',
    collected: given,
    parts: [permit(first!), ...(combine === 'any' ? [] : others.map(permit))],
    advisory: advisory.map(permit),
    decision: 'Permit',
    epoch: 0n,
    engine: 'none',
    duration: 0,
  }
}

const never = new AbortController().signal

const steps: Steps = {
  authenticate,
  approach: () => undefined,
  decide: async (given) => permitted(given),
  enforce: (decided) => ({ kind: 'granted', decided, discharges: [] }),
  record: async (enforced) => ({ kind: 'recorded', enforced, durable: false }),
  holds: () => true,
  watch: () => ({ signal: never, release: () => undefined }),
  recordOutcome: () => undefined,
  renew: (arrival) => arrival,
  now: () => new Date(),
  codeOf,
}

/* ── the constant answer ────────────────────────────────────────────────────────────────────────────────────── */

const constantAnswer = textAnswer(
  200,
  'application/json',
  JSON.stringify({
    response: [
      {
        decision: 'Permit',
        status: { statusCode: { value: 'urn:oasis:names:tc:xacml:1.0:status:ok' } },
        obligations: [
          {
            id: 'urn:altinn:obligation:authenticationLevel1',
            attributeAssignment: [
              {
                attributeId: 'urn:altinn:obligation1-assignment1',
                value: '2',
                category: 'urn:altinn:minimum-authenticationlevel',
                dataType: 'http://www.w3.org/2001/XMLSchema#integer',
              },
            ],
          },
        ],
      },
    ],
  }),
)

const constant = (request: DoorRequest): Route<Buffer, Answer> => ({
  async collect(authenticated) {
    const body = await readBody(request.incoming, request.outgoing, { size: 1024 * 1024, time: 30_000 })
    if (!body.ok) throw new Error(body.code)
    return collected(authenticated, askAboutResource('authorize', resource), body.bytes)
  },
  handle: async () => done(constantAnswer),
})

const isConstant = process.env.BENCH_CONSTANT === '1'
const endpoints: readonly Endpoint[] = [
  ...(isConstant
    ? [
        endpoint({
          method: 'POST',
          path: authorize,
          operation: 'authorize',
          produces: 'application/json',
          route: constant,
        }),
      ]
    : []),
  ...buildEndpoints(settings, sql, transfers, decisions).filter(({ path }) => !isConstant || path !== authorize),
]

/* ── serving ────────────────────────────────────────────────────────────────────────────────────────────────── */

const app = openDoors(
  {
    steps: observation.observeSteps(steps),
    observer: observation,
    observeRoute: observation.observeRoute,
    trustedProxies: settings.trustedProxies,
    now: () => new Date(),
    newId: (at) => decisionId(at),
    clock,
    closing: () => false,
    anonymous: { take: () => true },
  },
  endpoints,
  healthRoutes([], () => false),
)
if (issuer !== undefined)
  app.route(
    issuerPath,
    developmentIssuerRoutes(issuer, () => new Date()),
  )
const listening = bound.serve(app)
process.stdout.write(`The bare server listens on ${bound.url}\n`)
await new Promise((resolve) => process.once('SIGTERM', resolve))
await listening.close(2_000, () => undefined)
await decisions.close()
await database.close()
metrics.close()
