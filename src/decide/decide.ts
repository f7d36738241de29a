/**
 * Answers a question: part by part, from the cache where everything a decision rests on is unchanged, else by fetching
 * what the policies look at and evaluating them.
 */
import type {
  Arrival,
  Ask,
  AttributeFact,
  Authenticated,
  Caller,
  Collected,
  Decided,
  DecidedPart,
  PolicyVersion,
  Root,
} from '../steps.ts'
import { type CompiledPolicy, type DecidedResult, decide as evaluate, type Limits, prepare } from '../xacml/index.ts'
import { cacheKey } from './cache-key.ts'
import type { DecisionCache } from './decision-cache.ts'
import { type AttributeName, type Plan, planOf, type ShortCategory } from './plan.ts'
import { hashOf, type PolicyStore, type ResourcePolicy, resourceReference } from './policy-store.ts'
import { buildRequest, type FullCategory } from './request.ts'
import type { Versions } from './versions.ts'

/** Where the attributes of a part come from; handed in, because no step imports another. */
export interface Described {
  readonly given: readonly AttributeFact[]
  readonly lookUps: readonly LookUp[]
}

export interface LookUp {
  readonly gives: readonly string[]
  readonly restsOn: readonly string[]
  fetch(): Promise<readonly AttributeFact[]>
}

export type Describe = (arrival: Arrival, caller: Caller, ask: Ask) => Described

/** What the cache holds: all of a decided part that does not belong to one request. */
export interface CachedPart {
  readonly decision: DecidedPart['decision']
  readonly status: DecidedPart['status']
  readonly obligations: DecidedPart['obligations']
  readonly advice: DecidedPart['advice']
  readonly determining: DecidedPart['determining']
  readonly policies: DecidedPart['policies']
  readonly lookedUp: readonly AttributeFact[]
}

export interface DeciderOptions {
  readonly policies: PolicyStore
  readonly versions: Versions
  readonly cache: DecisionCache<CachedPart>
  readonly describe: Readonly<Record<Root, Describe>>
  readonly fullCategory: FullCategory
  readonly shortCategory: ShortCategory
  /** Attributes whose presence in a policy keeps its decisions out of the cache (clock, transfer state). */
  readonly uncacheable: ReadonlySet<string>
  readonly limits: Limits
  readonly engine: string
  /** Microseconds, monotonic. */
  readonly clock: () => number
}

export interface Decider {
  decide<M>(collected: Collected<M>): Promise<Decided<M>>
  /** The scope policy alone. */
  approach(authenticated: Authenticated): Pick<DecidedResult, 'decision' | 'obligations' | 'status'>
  holds<M>(decided: Decided<M>): boolean
}

export function createDecider(options: DeciderOptions): Decider {
  const { versions, policies } = options
  const scopePlan = planOf([policies.gateway.scope], options.shortCategory, options.uncacheable)
  /** What the scope policy said of a caller and an operation: the same until it looks at anything else. */
  const approached = new WeakMap<Caller, Map<string, DecidedResult>>()
  const isApproachLasting = scopePlan.cacheable && scopePlan.names.every(isOfCallerOrOperation)
  const basis = (root: Root): string =>
    hashOf(`${root} ${options.engine} ${policies.gateway.versions.map(({ hash }) => hash).join(' ')}`)
  const bases: Readonly<Record<Root, string>> = { gateway: basis('gateway'), 'decision-api': basis('decision-api') }
  const plans = new WeakMap<CompiledPolicy, Partial<Record<Root, Plan>>>()

  const planFor = (root: Root, resourcePolicy: CompiledPolicy): Plan => {
    let byRoot = plans.get(resourcePolicy)
    if (byRoot === undefined) {
      byRoot = {}
      plans.set(resourcePolicy, byRoot)
    }
    byRoot[root] ??= planOf([policies.gateway.root[root], resourcePolicy], options.shortCategory, options.uncacheable)
    return byRoot[root]
  }

  return {
    approach({ arrival, caller }) {
      const known = approached.get(caller)?.get(arrival.operation)
      if (known !== undefined) return known
      const ask: Ask = { action: arrival.operation, facts: [] }
      const { given } = options.describe.gateway(arrival, caller, ask)
      const result = run(
        options,
        policies.gateway.scope,
        given.filter(scopePlan.looksAt),
        arrival.now,
        policies.none.compiled,
      )
      if (isApproachLasting) {
        const ofCaller = approached.get(caller) ?? new Map()
        approached.set(caller, ofCaller.set(arrival.operation, result))
      }
      return result
    },
    async decide(collected) {
      const started = options.clock()
      const epoch = versions.epoch()
      const parts = await decideParts(collected)
      // the last part settled the question, whichever way its parts combine
      const { decision } = parts[parts.length - 1]!
      const advisory: DecidedPart[] = []
      if (decision === 'Permit') {
        for (const ask of collected.question.advisory ?? [])
          advisory.push(await decidePart(collected, 'decision-api', ask))
      }
      return {
        kind: 'decided',
        collected,
        parts,
        advisory,
        decision,
        epoch,
        engine: options.engine,
        duration: Math.round(options.clock() - started),
      }
    },
    holds: ({ parts, advisory, epoch }) =>
      !parts.some((part) => versions.changedSince(part.restsOn, epoch)) &&
      !advisory.some((part) => versions.changedSince(part.restsOn, epoch)),
  }

  /** An `any` stops at its first permit, an `all` at its first refusal. */
  async function decideParts<M>(collected: Collected<M>): Promise<[DecidedPart, ...DecidedPart[]]> {
    const { combine, parts } = collected.question
    const [firstAsk, ...otherAsks] = parts
    if (firstAsk === undefined) throw new Error('a question without parts')
    const decided: [DecidedPart, ...DecidedPart[]] = [await decidePart(collected, 'gateway', firstAsk)]
    const settled = (part: DecidedPart): boolean => (part.decision === 'Permit') === (combine === 'any')
    for (const ask of otherAsks) {
      if (settled(decided[decided.length - 1]!)) break
      decided.push(await decidePart(collected, 'gateway', ask))
    }
    return decided
  }

  async function decidePart<M>({ arrival, caller }: Collected<M>, root: Root, ask: Ask): Promise<DecidedPart> {
    const described = options.describe[root](arrival, caller, ask)
    const stored = ask.resource === undefined ? policies.none : policyOf(ask.resource)
    const policy = stored instanceof Promise ? await stored : stored
    const plan = planFor(root, policy.compiled)
    // what no policy looks at ends here: the engine must never see more than the record shows
    const given = described.given.filter(plan.looksAt)
    const lookUps = neededLookUps(given, described.lookUps, plan)
    const restsOn = entitiesOf(ask, lookUps)
    const held = versions.of(restsOn)
    const entityVersions = held instanceof Promise ? await held : held
    const isCacheable = plan.cacheable && !given.some(({ volatile }) => volatile === true)
    const key = isCacheable
      ? cacheKey({ basis: bases[root], resource: ask.resource, given, restsOn, versions: entityVersions })
      : undefined

    const found = key === undefined ? undefined : options.cache.get(key)
    const hit = found instanceof Promise ? await found : found
    if (hit !== undefined) return partOf(hit.entry, ask, given, restsOn, hit.level)
    const lookedUp = (await Promise.all(lookUps.map((lookUp) => lookUp.fetch()))).flat().filter(plan.looksAt)
    const attributes = [...given, ...lookedUp]
    const result = run(options, policies.gateway.root[root], attributes, arrival.now, policy.compiled)
    const entry: CachedPart = {
      decision: result.decision,
      status: result.status,
      obligations: result.obligations,
      advice: result.advice,
      determining: result.determining.map(({ id }) => id),
      policies: versionsOf(policies.gateway.versions, policy),
      lookedUp,
    }
    if (key !== undefined && result.decision !== 'Indeterminate') options.cache.set(key, entry)
    return partOf(entry, ask, given, restsOn, 'none')
  }

  function policyOf(resource: string): ResourcePolicy | Promise<ResourcePolicy> {
    const held = versions.of([`policy:${resource}`])
    return held instanceof Promise
      ? held.then(([version]) => policies.ofResource(resource, version!))
      : policies.ofResource(resource, held[0]!)
  }
}

const partOf = (
  entry: CachedPart,
  ask: Ask,
  given: readonly AttributeFact[],
  restsOn: readonly string[],
  cache: DecidedPart['cache'],
): DecidedPart => ({
  ask,
  decision: entry.decision,
  status: entry.status,
  obligations: entry.obligations,
  advice: entry.advice,
  determining: entry.determining,
  attributes: entry.lookedUp.length === 0 ? given : [...given, ...entry.lookedUp],
  policies: entry.policies,
  restsOn,
  cache,
})

/** There are as many operations as endpoints, and a caller is the same object for as long as its token is remembered. */
const isOfCallerOrOperation = ({ category, id }: AttributeName): boolean =>
  category === 'subject' || (category === 'action' && id === 'urn:portvakt:operation')

/** Sources that give something that is looked at and has not been given already. */
const neededLookUps = (given: readonly AttributeFact[], lookUps: readonly LookUp[], plan: Plan): readonly LookUp[] =>
  lookUps.filter(({ gives }) => plan.wantedOf(gives).some((wanted) => !given.some((fact) => isNamed(fact, wanted))))

const isNamed = ({ category, id }: AttributeFact, name: AttributeName): boolean =>
  id === name.id && category === name.category

function entitiesOf(ask: Ask, lookUps: readonly LookUp[]): readonly string[] {
  const entities = new Set(ask.resource === undefined ? [] : [`policy:${ask.resource}`])
  for (const { restsOn } of lookUps) for (const entity of restsOn) entities.add(entity)
  return [...entities]
}

const versionsOf = (own: readonly PolicyVersion[], policy: ResourcePolicy): readonly PolicyVersion[] =>
  policy.version === undefined ? own : [...own, policy.version]

function run(
  { fullCategory, limits }: DeciderOptions,
  root: CompiledPolicy,
  facts: readonly AttributeFact[],
  now: Date,
  bound: CompiledPolicy,
): DecidedResult {
  const prepared = prepare(buildRequest(facts, fullCategory), root.vocabulary)
  return evaluate(root, prepared, { now: now.toISOString(), bindings: new Map([[resourceReference, bound]]), limits })
}
