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
  Describe,
  LookUp,
  PolicyVersion,
  Root,
} from '../steps.ts'
import {
  type Budget,
  type CompiledPolicy,
  type DecidedResult,
  decide as evaluate,
  type Limits,
  prepare,
} from '../xacml/index.ts'
import { cacheKey, encodeFacts } from './cache-key.ts'
import type { DecisionCache } from './decision-cache.ts'
import { type AttributeName, type Plan, planOf, type ShortCategory } from './plan.ts'
import { hashOf, type PolicyStore, type ResourcePolicy, resourceReference } from './policy-store.ts'
import { buildRequest, type FullCategory } from './request.ts'
import type { Versions } from './versions.ts'

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
  /** Where the attributes of a part come from. */
  readonly describe: Readonly<Record<Root, Describe>>
  readonly fullCategory: FullCategory
  readonly shortCategory: ShortCategory
  /** Attributes whose presence in a policy keeps its decisions out of the cache (clock, transfer state). */
  readonly uncacheable: ReadonlySet<string>
  readonly limits: Limits
  readonly engine: string
  /** Names the database: what was decided on one is never an answer on another. */
  readonly installation: string
  /** Microseconds, monotonic. */
  readonly clock: () => number
}

export interface Decider {
  decide<M>(collected: Collected<M>): Promise<Decided<M>>
  /** The scope policy alone. */
  approach(authenticated: Authenticated): Pick<DecidedResult, 'decision' | 'obligations' | 'status'>
  /** True while everything that the decision rests on is as it was before it was looked at. */
  holds<M>(decided: Decided<M>): boolean
}

export function createDecider(options: DeciderOptions): Decider {
  const { versions, policies } = options
  const scopePlan = planOf([policies.gateway.scope], options.shortCategory, options.uncacheable)
  /** What the scope policy said of a caller and an operation: the same until it looks at anything else. */
  const approached = new WeakMap<Caller, Map<string, DecidedResult>>()
  const isApproachLasting = scopePlan.cacheable && scopePlan.names.every(isOfCallerOrOperation)
  const own = policies.gateway.versions.map(({ hash }) => hash).join(' ')
  const preparations = new WeakMap<CompiledPolicy, Partial<Record<Root, Preparation>>>()

  const prepareFor = (root: Root, { compiled, version }: ResourcePolicy): Preparation => {
    let byRoot = preparations.get(compiled)
    if (byRoot === undefined) {
      byRoot = {}
      preparations.set(compiled, byRoot)
    }
    byRoot[root] ??= prepareAnew(
      planOf([policies.gateway.root[root], compiled], options.shortCategory, options.uncacheable),
      [root, options.installation, options.engine, own, version?.hash ?? ''],
    )
    return byRoot[root]
  }

  return {
    approach({ arrival, caller }) {
      const known = approached.get(caller)?.get(arrival.operation)
      if (known !== undefined) return known
      const ask: Ask = { action: arrival.operation, facts: [] }
      const { lasting, given } = options.describe.gateway(arrival, caller, ask, scopePlan)
      const facts = [...lasting.filter(isIn(scopePlan)), ...given]
      const result = run(options, policies.gateway.scope, facts, arrival.now, policies.none.compiled)
      if (isApproachLasting && result.decision !== 'Indeterminate') {
        const ofCaller = approached.get(caller) ?? new Map()
        approached.set(caller, ofCaller.set(arrival.operation, result))
      }
      return result
    },
    async decide(collected) {
      const started = options.clock()
      const epoch = versions.epoch()
      const budget: Budget = { stepsLeft: options.limits.stepsPerRequest }
      const parts = await decideParts(collected, budget)
      // the last part settled the question, whichever way its parts combine
      const { decision } = parts[parts.length - 1]!
      const advisory: DecidedPart[] = []
      if (decision === 'Permit') {
        for (const ask of collected.question.advisory ?? [])
          advisory.push(await decidePart(collected, 'decision-api', ask, budget))
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
    holds: ({ parts, advisory }) => parts.every(isUnchanged) && advisory.every(isUnchanged),
  }

  function isUnchanged({ restsOn, versions: since }: DecidedPart): boolean {
    return versions.unchanged(restsOn, since)
  }

  /** An `any` stops at its first permit, an `all` at its first refusal. */
  async function decideParts<M>(collected: Collected<M>, budget: Budget): Promise<[DecidedPart, ...DecidedPart[]]> {
    const { combine, parts } = collected.question
    const [firstAsk, ...otherAsks] = parts
    if (firstAsk === undefined) throw new Error('a question without parts')
    const decided: [DecidedPart, ...DecidedPart[]] = [await decidePart(collected, 'gateway', firstAsk, budget)]
    const settled = (part: DecidedPart): boolean => (part.decision === 'Permit') === (combine === 'any')
    for (const ask of otherAsks) {
      if (settled(decided[decided.length - 1]!)) break
      decided.push(await decidePart(collected, 'gateway', ask, budget))
    }
    return decided
  }

  async function decidePart<M>(
    { arrival, caller }: Collected<M>,
    root: Root,
    ask: Ask,
    budget: Budget,
  ): Promise<DecidedPart> {
    let grounds: Grounds
    for (let turn = 1; ; turn++) {
      // versions first, then what they are the versions of: data may be newer than its version, never older
      const said = ask.resource === undefined ? undefined : versions.of([policyEntity(ask.resource)])
      const policyVersion = (said instanceof Promise ? await said : said)?.[0]
      const stored = policyVersion === undefined ? policies.none : policies.ofResource(ask.resource!, policyVersion)
      const policy = stored instanceof Promise ? await stored : stored
      const preparation = prepareFor(root, policy)
      const { lasting, given, lookUps } = options.describe[root](arrival, caller, ask, preparation.plan)
      const restsOn = entitiesOf(ask, lookUps)
      const held = versions.of(restsOn)
      const all = held instanceof Promise ? await held : held
      // the policy was overtaken while the rest was waited for: with its new version the old one must not be kept
      const isOvertaken = policyVersion !== undefined && all[0] !== policyVersion
      const at = isOvertaken ? [policyVersion, ...all.slice(1)] : all
      grounds = {
        preparation,
        policy,
        lasting: siftOnce(preparation, lasting),
        given,
        lookUps,
        restsOn,
        versions: at,
        isOvertaken,
      }
      if (!isOvertaken || turn === turnsPerPart) break
    }
    const key = keyOf(ask, grounds)
    const found = key === undefined ? undefined : options.cache.get(key)
    const hit = found instanceof Promise ? await found : found
    if (hit !== undefined) return partOf(hit.entry, ask, grounds, hit.level)
    const entry = await evaluateAnew(root, arrival, grounds, budget)
    if (key !== undefined && entry.decision !== 'Indeterminate') options.cache.set(key, entry)
    return partOf(entry, ask, grounds, 'none')
  }

  async function evaluateAnew(root: Root, { now }: Arrival, grounds: Grounds, budget: Budget): Promise<CachedPart> {
    const { policy, preparation, lasting, given, lookUps } = grounds
    const found = await Promise.all(lookUps.map((lookUp) => lookUp.fetch()))
    const lookedUp = found.flat().filter(isIn(preparation.plan))
    const facts = [...lasting.facts, ...given, ...lookedUp]
    const result = run(options, policies.gateway.root[root], facts, now, policy.compiled, budget)
    return {
      decision: result.decision,
      status: result.status,
      obligations: result.obligations,
      advice: result.advice,
      determining: result.determining.map(({ id }) => id),
      policies: versionsOf(policies.gateway.versions, policy),
      lookedUp,
    }
  }
}

/** What is worked out once for a root and the policy of a resource. */
interface Preparation {
  readonly plan: Plan
  /** Names all that is fixed for its decisions: installation, engine, every policy by its text, and the places of names. */
  readonly basis: string
  /** Of lists that come again and again, what is looked at. */
  readonly sifted: WeakMap<readonly AttributeFact[], Sifted>
}

interface Sifted {
  readonly facts: readonly AttributeFact[]
  /** Of the key: the hash of what they encode to, for that would be the longest part of it. */
  readonly encoded: string
}

/** What a part is decided on. */
interface Grounds {
  readonly preparation: Preparation
  readonly policy: ResourcePolicy
  readonly lasting: Sifted
  readonly given: readonly AttributeFact[]
  readonly lookUps: readonly LookUp[]
  /** The policy first, when a resource is named. */
  readonly restsOn: readonly string[]
  /** Of everything it rests on, read before any of it was. */
  readonly versions: readonly bigint[]
  /** The policy has been replaced since it was taken, every time: the decision will be found not to hold. */
  readonly isOvertaken: boolean
}

/** Takes of a policy that is being replaced as fast as it is taken. */
const turnsPerPart = 3

const policyEntity = (resource: string): string => `policy:${resource}`

function prepareAnew(plan: Plan, fixed: readonly string[]): Preparation {
  const names = plan.names.map(({ category, id }) => `${category} ${id}`)
  return { plan, basis: hashOf([...fixed, ...names].join('\n')), sifted: new WeakMap() }
}

const isIn =
  ({ looksAt }: Plan) =>
  ({ category, id }: AttributeFact): boolean =>
    looksAt(category, id)

function siftOnce({ plan, sifted }: Preparation, all: readonly AttributeFact[]): Sifted {
  let known = sifted.get(all)
  if (known === undefined) {
    const facts = all.filter(isIn(plan))
    known = { facts, encoded: hashOf(encodeFacts(facts, plan.placeOf)) }
    sifted.set(all, known)
  }
  return known
}

/** undefined for what nobody may find: what depends on the clock or a changing state, and what does not hold. */
function keyOf({ resource }: Ask, grounds: Grounds): string | undefined {
  const { preparation, lasting, given, lookUps, restsOn, versions, isOvertaken } = grounds
  const { plan, basis } = preparation
  if (isOvertaken || !plan.cacheable || given.some(({ volatile }) => volatile === true)) return undefined
  const { placeOf } = plan
  return cacheKey({ basis, resource, lasting: lasting.encoded, placeOf, given, restsOn, versions, lookUps })
}

const partOf = (
  entry: CachedPart,
  ask: Ask,
  { lasting, given, restsOn, versions }: Grounds,
  cache: DecidedPart['cache'],
): DecidedPart => ({
  ask,
  decision: entry.decision,
  status: entry.status,
  obligations: entry.obligations,
  advice: entry.advice,
  determining: entry.determining,
  attributes: [...lasting.facts, ...given, ...entry.lookedUp],
  policies: entry.policies,
  restsOn,
  versions,
  cache,
})

/** There are as many operations as endpoints, and a caller is the same object for as long as its token is remembered. */
const isOfCallerOrOperation = ({ category, id }: AttributeName): boolean =>
  category === 'subject' || (category === 'action' && id === 'urn:portvakt:operation')

function entitiesOf(ask: Ask, lookUps: readonly LookUp[]): readonly string[] {
  const entities = new Set(ask.resource === undefined ? [] : [policyEntity(ask.resource)])
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
  budget: Budget = { stepsLeft: limits.steps },
): DecidedResult {
  const prepared = prepare(buildRequest(facts, fullCategory), root.vocabulary)
  const bindings = new Map([[resourceReference, bound]])
  return evaluate(root, prepared, { now: now.toISOString(), bindings, limits, budget })
}
