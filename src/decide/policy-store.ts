/**
 * The policies that decide. The gateway's own are read once at start; the policy of a resource is compiled when it is
 * first needed and again when its version in the change feed has moved on. Every one is named by the SHA-256 of its text.
 */
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import type { PolicyVersion, Root } from '../steps.ts'
import {
  type CompiledPolicy,
  checkPolicy,
  compile,
  type Limits,
  type Outcome,
  type Policy,
  type PolicyReference,
  type PolicySet,
  type Problem,
  parsePolicy,
} from '../xacml/index.ts'

/** The open reference in the gateway's policies: bound to the policy of the resource when a decision is made. */
export const resourceReference = 'urn:portvakt:policyset:resource'

/** Of each root, the id that it has in the policies folder. */
export const roots: Readonly<Record<Root, string>> = {
  gateway: 'urn:portvakt:policyset:gateway',
  'decision-api': 'urn:portvakt:policyset:decision-api',
}
const scopePolicy = 'urn:portvakt:policy:scope'

export interface PolicyText {
  /** For messages: the file name. */
  readonly name: string
  readonly text: string
}

/** The gateway's own policies, compiled. */
export interface GatewayPolicies {
  readonly root: Readonly<Record<Root, CompiledPolicy>>
  /** The scope policy alone: decided before anything of a request is read. */
  readonly scope: CompiledPolicy
  readonly versions: readonly PolicyVersion[]
}

/** The policy of one resource, ready to be bound; `version` is absent when the resource has none. */
export interface ResourcePolicy {
  readonly compiled: CompiledPolicy
  readonly version?: PolicyVersion
  readonly text?: string
  readonly minimumLevel?: number
  readonly minimumLevelOrganisation?: number
}

export const hashOf = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex')

/** Parses and compiles the files of the policies folder. Any finding refuses the start: there is no gateway without them. */
export function loadGatewayPolicies(
  files: readonly PolicyText[],
  limits: Limits,
  checkMore: (policy: Policy | PolicySet) => readonly Problem[] = () => [],
): Outcome<GatewayPolicies> {
  const documents: (Policy | PolicySet)[] = []
  const versions: PolicyVersion[] = []
  for (const { name, text } of files) {
    const parsed = parsePolicy(text, limits)
    if (!parsed.ok) return { ok: false, problems: inFile(name, parsed.problems) }
    const found = [...checkPolicy(parsed.value, { limits }), ...checkMore(parsed.value)]
    const errors = found.filter(({ severity }) => severity === 'error')
    const [first, ...rest] = errors
    if (first !== undefined) return { ok: false, problems: inFile(name, [first, ...rest]) }
    documents.push(parsed.value)
    versions.push({ id: parsed.value.id, version: parsed.value.version, hash: hashOf(text) })
  }
  const byId = new Map(documents.flatMap(named).map((policy) => [policy.id, policy]))
  const resolve = (reference: PolicyReference): Policy | PolicySet | undefined => byId.get(reference.id)
  const built = (id: string): Outcome<CompiledPolicy> => {
    const policy = byId.get(id)
    if (policy === undefined) {
      const message = `the policies folder has no \`${id}\`; it must hold gateway.xml, administration.xml and decision-api.xml`
      return { ok: false, problems: [{ code: 'POLICIES-INCOMPLETE', severity: 'error', message }] }
    }
    return compile(policy, { resolve, open: new Set([resourceReference]), limits })
  }
  const gateway = built(roots.gateway)
  if (!gateway.ok) return gateway
  const decisionApi = built(roots['decision-api'])
  if (!decisionApi.ok) return decisionApi
  const scope = built(scopePolicy)
  if (!scope.ok) return scope
  return {
    ok: true,
    value: { root: { gateway: gateway.value, 'decision-api': decisionApi.value }, scope: scope.value, versions },
    warnings: [],
  }
}

const inFile = (name: string, [first, ...rest]: readonly [Problem, ...Problem[]]): [Problem, ...Problem[]] => {
  const named = (problem: Problem): Problem => ({ ...problem, message: `${name}: ${problem.message}` })
  return [named(first), ...rest.map(named)]
}

/** The policy itself and everything inside it that a reference could name. */
export const named = (policy: Policy | PolicySet): readonly (Policy | PolicySet)[] =>
  policy.kind === 'Policy'
    ? [policy]
    : [
        policy,
        ...policy.children.flatMap((child) =>
          child.kind === 'Policy' || child.kind === 'PolicySet' ? named(child) : [],
        ),
      ]

export interface StoredPolicy {
  readonly text: string
  readonly version: number
}

export interface PolicyStore {
  readonly gateway: GatewayPolicies
  /** For requests that name no resource: nothing in it applies. */
  readonly none: ResourcePolicy
  /** At once when it is compiled. `entityVersion` is the version of `policy:{resource}` in the change feed: another one loads anew. */
  ofResource(resource: string, entityVersion: bigint): ResourcePolicy | Promise<ResourcePolicy>
}

export interface PolicyStoreOptions {
  readonly gateway: GatewayPolicies
  readonly load: (resource: string) => Promise<StoredPolicy | undefined>
  readonly capacity: number
  readonly limits: Limits
}

export function createPolicyStore({ gateway, load, capacity, limits }: PolicyStoreOptions): PolicyStore {
  const compiled = new LRUCache<string, { readonly entityVersion: bigint; readonly policy: ResourcePolicy }>({
    max: capacity,
  })
  const none = withoutPolicy(limits)
  /** By version and resource. After an upload everybody waits for the same policy: it is loaded and compiled once. */
  const loading = new Map<string, Promise<ResourcePolicy>>()
  const loadAnew = async (resource: string, entityVersion: bigint): Promise<ResourcePolicy> => {
    const stored = await load(resource)
    const policy = stored === undefined ? none : compileForResource(resource, stored, limits)
    const held = compiled.peek(resource)
    if (held === undefined || held.entityVersion < entityVersion) compiled.set(resource, { entityVersion, policy })
    return policy
  }
  const loadOnce = (resource: string, entityVersion: bigint): Promise<ResourcePolicy> => {
    const name = `${entityVersion} ${resource}`
    let under = loading.get(name)
    if (under === undefined) {
      under = loadAnew(resource, entityVersion).finally(() => loading.delete(name))
      loading.set(name, under)
    }
    return under
  }
  return {
    gateway,
    none,
    ofResource(resource, entityVersion) {
      const held = compiled.get(resource)
      if (held !== undefined && held.entityVersion === entityVersion) return held.policy
      return loadOnce(resource, entityVersion)
    },
  }
}

/**
 * The upload inside a generated policy set whose target is the resource: a policy can speak of no other resource, and
 * the ids that different owners gave their policies cannot meet.
 */
function compileForResource(resource: string, stored: StoredPolicy, limits: Limits): ResourcePolicy {
  const parsed = parsePolicy(stored.text, limits)
  if (!parsed.ok) throw new Error(`the stored policy of \`${resource}\` does not parse: ${parsed.problems[0].message}`)
  const upload = parsed.value
  const wrapped = compile(wrapForResource(resource, String(stored.version), [upload]), { limits })
  if (!wrapped.ok)
    throw new Error(`the stored policy of \`${resource}\` does not compile: ${wrapped.problems[0].message}`)
  const level = (category: string): number | undefined => highestLevel(upload, category)
  const minimumLevel = level('urn:altinn:minimum-authenticationlevel')
  const minimumLevelOrganisation = level('urn:altinn:minimum-authenticationlevel-org')
  return {
    compiled: wrapped.value,
    version: { id: upload.id, version: String(stored.version), hash: hashOf(stored.text) },
    text: stored.text,
    ...(minimumLevel === undefined ? {} : { minimumLevel }),
    ...(minimumLevelOrganisation === undefined ? {} : { minimumLevelOrganisation }),
  }
}

function withoutPolicy(limits: Limits): ResourcePolicy {
  const empty = compile(wrapForResource('none', '1', []), { limits })
  if (!empty.ok) throw new Error(`an empty policy set does not compile: ${empty.problems[0].message}`)
  return { compiled: empty.value }
}

const nowhere = { line: 1, column: 1 }
const string = 'http://www.w3.org/2001/XMLSchema#string'

export function wrapForResource(
  resource: string,
  version: string,
  children: readonly (Policy | PolicySet)[],
): PolicySet {
  const match = {
    at: nowhere,
    function: 'urn:oasis:names:tc:xacml:1.0:function:string-equal',
    literal: { kind: 'AttributeValue', at: nowhere, dataType: string, text: resource },
    attribute: {
      kind: 'AttributeDesignator',
      at: nowhere,
      category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
      attributeId: 'urn:altinn:resource',
      dataType: string,
      mustBePresent: false,
    },
  } as const
  return {
    kind: 'PolicySet',
    at: nowhere,
    id: `${resourceReference}:${resource}`,
    version,
    combiningAlgorithm: 'urn:oasis:names:tc:xacml:1.0:policy-combining-algorithm:first-applicable',
    target: { at: nowhere, anyOf: [{ at: nowhere, allOf: [{ at: nowhere, matches: [match] }] }] },
    children,
    combinerParameters: [],
    obligations: [],
    advice: [],
  }
}

/** The highest that the policy or a rule of it demands (uploads are checked to write it down): it binds rights too. */
function highestLevel(policy: Policy | PolicySet, category: string): number | undefined {
  const holders = policy.kind === 'Policy' ? [policy, ...policy.rules] : [policy]
  const levels = holders
    .flatMap(({ obligations }) => obligations)
    .filter(({ fulfillOn }) => fulfillOn === 'Permit')
    .flatMap(({ assignments }) => assignments)
    .filter((assignment) => assignment.category === category)
    .map(({ expression }) => (expression.kind === 'AttributeValue' ? Number(expression.text.trim()) : Number.NaN))
    .filter((level) => Number.isSafeInteger(level) && level >= 0)
  return levels.length === 0 ? undefined : Math.max(...levels)
}
