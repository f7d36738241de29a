/** A decider on registries that a test holds in its hand: when they answer, and what changes while they do. */
import { readFile } from 'node:fs/promises'
import { describeAsked, describeFor } from '../../src/collect/describe.ts'
import type { Registry } from '../../src/collect/from-registry.ts'
import { askToSearch } from '../../src/collect/questions.ts'
import { categories, currentTimes } from '../../src/collect/vocabulary.ts'
import { parseCachedPart, printCachedPart, sizeOfCachedPart } from '../../src/decide/cached-part.ts'
import { type CachedPart, createDecider, type Decider } from '../../src/decide/decide.ts'
import { createDecisionCache, type SharedCache } from '../../src/decide/decision-cache.ts'
import {
  createPolicyStore,
  type GatewayPolicies,
  loadGatewayPolicies,
  type StoredPolicy,
} from '../../src/decide/policy-store.ts'
import { createVersions, type Versions } from '../../src/decide/versions.ts'
import type { Arrival, Caller, Category, Collected, Question } from '../../src/steps.ts'
import { defaultLimits, type Limits } from '../../src/xacml/index.ts'
import { organisations } from '../support/gateway.ts'

export async function loadOwnPolicies(): Promise<GatewayPolicies> {
  const names = ['gateway.xml', 'administration.xml', 'decision-api.xml']
  const files = await Promise.all(
    names.map(async (name) => ({ name, text: await readFile(`policies/${name}`, 'utf8') })),
  )
  const loaded = loadGatewayPolicies(files, defaultLimits)
  if (!loaded.ok) throw new Error(loaded.problems[0].message)
  return loaded.value
}

export interface World {
  readonly decider: Decider
  readonly versions: Versions
  /** Commits a change; the node applies it at once, or when `applyAll` says so. */
  change(entities: readonly string[], make: (database: Database) => void, applied?: 'at once' | 'later'): void
  applyAll(): void
  /** Runs while an answer of the database is under way: after it was read, before it has arrived. */
  meanwhile(source: Source, run: () => void): void
  /** The feed has not been read for too long. */
  distrust(): void
  /** Whole look-ups, by source. */
  readonly asked: Record<Source, number>
}

type Source = 'versions' | 'policy' | 'resource' | 'lists'

export interface Database {
  policy: StoredPolicy | undefined
  accessListMode: 'Enabled' | 'Disabled'
  /** Organisations on the one list there is, which is connected. */
  members: readonly string[]
  /** Actions that its connection covers; every action when left out. */
  covers?: readonly string[]
}

export interface WorldOptions {
  readonly policies: GatewayPolicies
  readonly database: Database
  readonly installation?: string
  readonly shared?: SharedCache
  readonly limits?: Limits
}

/** One resource, `r`, and the parties of the usual cast. */
export function createWorld({ policies: gateway, database: given, ...options }: WorldOptions): World {
  const { installation = 'here', shared, limits = defaultLimits } = options
  let database: Database = { ...given }
  const committed = new Map<string, bigint>()
  const feed: { readonly epoch: bigint; readonly entities: readonly string[] }[] = []
  const interventions: { readonly source: Source; readonly run: () => void }[] = []
  const asked: Record<Source, number> = { versions: 0, policy: 0, resource: 0, lists: 0 }
  let isTrusted = true
  /** A statement sees one state; what it has seen may be old when it arrives. */
  const read = async <T>(source: Source, look: () => T): Promise<T> => {
    asked[source]++
    const seen = look()
    await Promise.resolve()
    const at = interventions.findIndex((one) => one.source === source)
    if (at >= 0) interventions.splice(at, 1)[0]!.run()
    return seen
  }
  const applyAll = (): void => {
    for (const change of feed) versions.apply(change)
  }
  const versions = createVersions({
    epoch: 0n,
    capacity: 1_000,
    load: (entities) =>
      read('versions', () => new Map(entities.map((entity) => [entity, committed.get(entity) ?? 0n] as const))),
    trusted: () => isTrusted,
    async catchUp() {
      applyAll()
      isTrusted = true
    },
  })
  const policies = createPolicyStore({
    gateway,
    load: () => read('policy', () => database.policy),
    capacity: 10,
    limits,
  })
  const registry: Registry = {
    resource: () =>
      read('resource', () => ({
        owner: organisations.owner,
        accessListMode: database.accessListMode,
        configured: true,
        delegable: false,
      })),
    listsOf: (organisation) => read('lists', () => (database.members.includes(organisation) ? ['digdir:list'] : [])),
    connectedListsOf: (organisation, _resource, action) =>
      read('lists', () =>
        database.members.includes(organisation) && database.covers?.includes(action) !== false ? ['digdir:list'] : [],
      ),
    systemUser: async () => undefined,
    minimumLevels: async () => ({}),
  }
  const shortNames = new Map(Object.entries(categories).map(([name, uri]) => [uri, name]))
  const decider = createDecider({
    policies,
    versions,
    cache: createDecisionCache<CachedPart>({
      capacity: 100,
      lifetime: 60_000,
      memory: 1_000_000,
      sizeOf: sizeOfCachedPart,
      print: printCachedPart,
      parse: parseCachedPart,
      ...(shared === undefined ? {} : { shared }),
    }),
    describe: { gateway: describeFor(registry), 'decision-api': describeAsked(registry) },
    fullCategory: (name) => categories[name as Category] ?? name,
    shortCategory: (uri) => shortNames.get(uri) ?? uri,
    uncacheable: new Set(currentTimes),
    limits,
    engine: 'test',
    installation,
    clock: () => 0,
  })
  return {
    decider,
    versions,
    change(entities, make, applied = 'at once') {
      database = { ...database }
      make(database)
      const epoch = BigInt(feed.length + 1)
      for (const entity of entities) committed.set(entity, epoch)
      feed.push({ epoch, entities })
      if (applied === 'at once') applyAll()
    },
    applyAll,
    meanwhile: (source, run) => interventions.push({ source, run }),
    distrust() {
      isTrusted = false
    },
    asked,
  }
}

const caller: Caller = {
  kind: 'organisation',
  organisation: organisations.sender,
  scopes: ['altinn:broker.write', 'altinn:broker.read'],
  level: 3,
  issuer: 'test',
  claims: [],
  expiresAt: 0,
}

const arrival: Arrival = {
  id: 'test',
  now: new Date(0),
  operation: 'search',
  authorization: undefined,
  client: { address: '127.0.0.1', method: 'GET', path: '/' },
  trace: { traceId: '', spanId: '' },
}

/** May the sender search on `r`? */
export const toSearch = (question: Question = askToSearch('r', organisations.sender)): Collected<undefined> => ({
  kind: 'collected',
  arrival,
  caller,
  question,
  matter: undefined,
})
