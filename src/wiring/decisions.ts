/** Everything that decides: policies of resources, versions, caches, the change feed, the watch over grants. */
import { describeAsked, describeFor } from '../collect/describe.ts'
import type { Registry } from '../collect/from-registry.ts'
import { categories, currentTimes } from '../collect/vocabulary.ts'
import type { Sql } from '../database/sql.ts'
import { parseCachedPart, printCachedPart, sizeOfCachedPart } from '../decide/cached-part.ts'
import { type CachedPart, createDecider, type Decider } from '../decide/decide.ts'
import { createDecisionCache, type DecisionCache } from '../decide/decision-cache.ts'
import { createPolicyStore, type GatewayPolicies, type PolicyStore } from '../decide/policy-store.ts'
import type { RedisCache } from '../decide/redis.ts'
import { createVersions, type Versions } from '../decide/versions.ts'
import { createWatcher, type Watcher } from '../decide/watch.ts'
import { enforce } from '../enforce/enforce.ts'
import { type Following, followChanges } from '../registry/follow.ts'
import {
  connectedListsOf,
  currentEpoch,
  findInstallation,
  findPolicy,
  findResourceFacts,
  findSystemUser,
  type Installation,
  listsOf,
  versionsOf,
} from '../registry/index.ts'
import type { Logger } from '../server/observation/log.ts'
import type { Settings } from '../settings/settings.ts'
import type { Category, Granted } from '../steps.ts'
import { clock } from './clock.ts'
import { version } from './version.ts'

export interface Decisions {
  readonly decider: Decider
  readonly watcher: Watcher
  readonly versions: Versions
  readonly following: Following
  close(): Promise<void>
}

const shortNames = new Map(Object.entries(categories).map(([name, uri]) => [uri, name]))
const shortCategory = (uri: string): string => shortNames.get(uri) ?? uri
export const fullCategory = (name: string): string => categories[name as Category] ?? name

/** Milliseconds between two readings of the change feed, and after which what it says is no longer trusted. */
const feedInterval = 1_000
const feedTrust = 5_000
const resourcesCompiled = 10_000
const entitiesKnown = 100_000
/** Bytes of cached decisions. */
const cacheMemory = 64 * 1024 * 1024
/** Milliseconds between two looks at a grant that goes on being used. */
const watchInterval = 15_000
/** Decisions of one look that changes may overtake. */
const decisionsPerLook = 5

export async function openDecisions(
  settings: Settings,
  sql: Sql,
  gateway: GatewayPolicies,
  logger: Logger,
): Promise<Decisions> {
  const installation = await findInstallation(sql)
  const from = await currentEpoch(sql)
  let following: Following | undefined
  const versions = createVersions({
    epoch: BigInt(from),
    capacity: entitiesKnown,
    load: async (entities) => bigints(await versionsOf(sql, entities)),
    trusted: () => following !== undefined && following.age() < feedTrust,
    catchUp: async () => following?.catchUp(),
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
  const redis = await openRedis(settings, installation, logger)
  const registry = registryOf(sql, versions, policies)
  const decider = createDecider({
    policies,
    versions,
    cache: openCache(settings, redis),
    describe: { gateway: describeFor(registry), 'decision-api': describeAsked(registry) },
    fullCategory,
    shortCategory,
    uncacheable: new Set(currentTimes),
    limits: settings.limits,
    engine: `portvakt ${version}`,
    installation: installation.name,
    clock: () => performance.now() * 1000,
  })
  const watcher = openWatcher(decider, logger)
  try {
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
  } catch (error) {
    watcher.close()
    await redis?.close()
    throw error
  }
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

const openCache = (settings: Settings, redis: RedisCache | undefined): DecisionCache<CachedPart> =>
  createDecisionCache<CachedPart>({
    capacity: settings.decisionCacheSize,
    memory: cacheMemory,
    sizeOf: sizeOfCachedPart,
    lifetime: settings.decisionCacheSeconds * 1000,
    print: printCachedPart,
    parse: parseCachedPart,
    ...(redis === undefined ? {} : { shared: redis }),
  })

const openWatcher = (decider: Decider, logger: Logger): Watcher =>
  createWatcher({
    grantAgain: (granted) => grantAgain(decider, granted),
    holds: ({ decided }) => decider.holds(decided),
    interval: watchInterval,
    onRevoked: ({ decided }) =>
      logger.info({ decision: decided.collected.arrival.id }, 'a grant was revoked while it was being used'),
    onTrouble: ({ decided }, error, isEnded) =>
      logger.warn(
        { decision: decided.collected.arrival.id, error },
        isEnded
          ? 'a grant was ended: it could not be decided again'
          : 'a grant that is being used cannot be decided again',
      ),
  })

/** Decides again, without a record: of an `any` only what was granted, as nothing else is being acted on. */
async function grantAgain(decider: Decider, { decided }: Granted<unknown>): Promise<Granted<unknown> | undefined> {
  const { collected, parts } = decided
  const { arrival, question } = collected
  const granted = question.combine === 'any' ? parts.slice(-1).map(({ ask }) => ask) : question.parts
  const again = {
    ...collected,
    arrival: { ...arrival, now: new Date() },
    question: { ...question, parts: granted },
  }
  for (let time = 0; time < decisionsPerLook; time++) {
    const enforced = enforce(await decider.decide(again))
    if (decider.holds(enforced.decided)) return enforced.kind === 'granted' ? enforced : undefined
  }
  throw new Error('changes overtook every decision')
}

/** The client is loaded where there is a Redis: it takes a tenth of the time to start, and 18 MB. */
async function openRedis(
  { redisUrl, decisionCacheSeconds }: Settings,
  { secret }: Installation,
  logger: Logger,
): Promise<RedisCache | undefined> {
  if (redisUrl === undefined || decisionCacheSeconds === 0) return undefined
  const { openRedisCache } = await import('../decide/redis.ts')
  return openRedisCache({
    url: redisUrl.reveal(),
    secret,
    patience: 50,
    rest: 1_000,
    lifetime: decisionCacheSeconds,
    now: clock,
    onTrouble: (message) => logger.warn({ reason: message }, 'redis does not answer; decisions are made without it'),
    onForged: (count) =>
      logger.error({ count }, 'redis held decisions that this installation did not make; they were not used'),
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
