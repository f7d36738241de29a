/** Reading the decision record: a list with filters, and one decision with everything that is kept of it. */
import { ownerFact } from '../collect/questions.ts'
import type { Route } from '../pipeline.ts'
import type { Ask, Decided, Question } from '../steps.ts'
import { type Answer, jsonAnswer } from './answer.ts'
import { type DoorRequest, type Endpoint, endpoint } from './door.ts'
import { collected, done, failed, malformed } from './route.ts'

/** Conditions of a list, as the record knows them. */
export interface Conditions {
  readonly from?: Date
  readonly until?: Date
  readonly caller?: string
  readonly resource?: string
  readonly instance?: string
  readonly party?: string
  readonly rule?: string
  readonly action?: string
  readonly operation?: string
  readonly decision?: string
  readonly code?: string
  readonly trace?: string
  /** About none but these resources. */
  readonly onlyAbout?: readonly string[]
}

export interface Decision {
  /** Of all its parts; none when it is about no resource. */
  readonly resources: readonly string[]
  readonly json: unknown
}

/** One row of a list. */
export interface ListedDecision {
  /** Of all its parts; undefined when there are too many to tell. */
  readonly resources: readonly string[] | undefined
  json(): unknown
  /** For somebody who may read about these resources only: nothing of what its other parts are about. */
  veiled(own: ReadonlySet<string>): unknown
}

/** What the record offers, handed in by `main`. */
export interface DecisionRecord {
  list(
    conditions: Conditions,
    page: { readonly limit?: number; readonly cursor?: string },
  ): Promise<
    | { readonly kind: 'page'; readonly rows: readonly ListedDecision[]; readonly next?: string }
    | { readonly kind: 'bad-cursor' | 'too-slow' }
  >
  find(id: string): Promise<Decision | undefined>
  /** Who owns each resource, or owned it before it was deleted: nine digits. */
  ownersOf(resources: readonly string[]): Promise<ReadonlyMap<string, string>>
  /** All resources of the owner of this one. */
  ofSameOwner(resource: string): Promise<readonly string[]>
  /** Why, evaluated again with the policies of then; undefined when that cannot be done any more. */
  explain(id: string): Promise<unknown>
}

const base = '/portvakt/v1/decisions'
const json = 'application/json'
const operation = 'decisions-read'

export const decisionRecordEndpoints = (record: DecisionRecord): readonly Endpoint[] => [
  endpoint({ method: 'GET', path: base, operation, produces: json, route: (request) => list(record, request) }),
  endpoint({
    method: 'GET',
    path: `${base}/:id`,
    operation,
    produces: json,
    route: (request) => show(record, request),
  }),
  endpoint({
    method: 'GET',
    path: `${base}/:id/explanation`,
    operation,
    produces: json,
    route: (request) => explain(record, request),
  }),
]

/**
 * A service owner may read about its own resources, deleted ones too, so the question is about every resource that the
 * answer speaks of; without any, only auditors may.
 */
async function questionAbout(record: DecisionRecord, resources: readonly string[]): Promise<Question> {
  if (resources.length === 0) return { combine: 'all', parts: [askAboutAll] }
  const owners = await record.ownersOf(resources)
  const ask = (resource: string): Ask => {
    const owner = owners.get(resource)
    return { action: 'read', resource, facts: [ownerFact(owner === undefined ? [] : [owner])] }
  }
  return { combine: 'all', parts: resources.map(ask) }
}

const askAboutAll: Ask = { action: 'read', facts: [] }

/** A list about one resource holds decisions that are about others too: who may not read all must not see those parts. */
async function questionAboutList(record: DecisionRecord, resource: string | undefined): Promise<Question> {
  const { parts } = await questionAbout(record, resource === undefined ? [] : [resource])
  return { combine: 'any', parts: resource === undefined ? parts : [askAboutAll, ...parts] }
}

interface Asked {
  readonly conditions: Conditions
  readonly limit: number
  readonly cursor?: string
}

const texts = ['caller', 'resource', 'party', 'rule', 'action', 'operation', 'decision', 'code', 'trace'] as const

function list(record: DecisionRecord, request: DoorRequest): Route<Asked | undefined, Answer> {
  const { query } = request
  return {
    async collect(authenticated) {
      const about = await questionAboutList(record, query.get('resource') || undefined)
      const errors: Record<string, string[]> = {}
      const time = (name: string): Date | undefined => {
        const text = query.get(name)
        if (text === null) return undefined
        const read = new Date(text)
        const year = read.getUTCFullYear()
        if (Number.isNaN(year) || year < 1970 || year > 9998)
          errors[name] = ['The value is not a time such as 2026-11-20T08:00:00Z.']
        return read
      }
      const from = time('since')
      const until = time('until')
      const limit = Number(query.get('limit') ?? 100)
      if (!Number.isInteger(limit) || limit < 1 || limit > 1_000)
        errors.limit = ['The value is a whole number from 1 to 1000.']
      if (Object.keys(errors).length > 0) return malformed(authenticated, about, { code: 'PVK-00001', errors })
      const given = texts.flatMap((name) => (query.has(name) ? [[name, query.get(name)!.slice(0, 500)]] : []))
      const conditions: Conditions = {
        ...Object.fromEntries(given),
        ...(query.has('transfer') ? { instance: query.get('transfer')! } : {}),
        ...(from === undefined ? {} : { from }),
        ...(until === undefined ? {} : { until }),
      }
      const cursor = query.get('cursor')
      return collected(authenticated, about, { conditions, limit, ...(cursor === null ? {} : { cursor }) })
    },
    async handle(grant, asked, decided) {
      const readable = readableBy(decided)
      const { conditions, ...page } = asked!
      const own = readable.kind === 'all' ? undefined : await record.ofSameOwner(readable.resource)
      const found = await record.list(own === undefined ? conditions : narrow(conditions, own), page)
      if (found.kind === 'page') {
        const data = own === undefined ? found.rows.map((row) => row.json()) : printOwn(new Set(own), found.rows)
        return done(jsonAnswer(200, { links: { next: nextLink(request, found.next) }, data }))
      }
      const errors =
        found.kind === 'bad-cursor'
          ? { cursor: ['The value is not one that a page before gave.'] }
          : { $: ['The conditions select too little of too long a time; narrow it with since and until.'] }
      return failed(grant, { kind: 'problem', code: 'PVK-00001', errors })
    },
  }
}

/** What a list may show unveiled: everything, or what is of the owner of one resource. */
type Readable = { readonly kind: 'all' } | { readonly kind: 'only'; readonly resource: string }

/** What is authorized is what is shown. A grant without a part that permits is a bug, and must not show anything. */
function readableBy<M>({ parts }: Decided<M>): Readable {
  const permitted = parts.find(({ decision }) => decision === 'Permit')
  if (permitted === undefined) throw new Error('a grant to read the record of which no part permits')
  const { resource } = permitted.ask
  return resource === undefined ? { kind: 'all' } : { kind: 'only', resource }
}

/** Conditions on one part of several: what meets them may be the part that is not to be seen. */
const conditionsOnParts = ['instance', 'party', 'rule', 'action'] as const

/** With such a condition the record looks only among what may be seen whole: a page, and whether one follows, tell of nothing else. */
const narrow = (conditions: Conditions, own: readonly string[]): Conditions =>
  conditionsOnParts.some((name) => conditions[name] !== undefined) ? { ...conditions, onlyAbout: own } : conditions

const printOwn = (own: ReadonlySet<string>, rows: readonly ListedDecision[]): readonly unknown[] =>
  rows.map((row) => (row.resources?.every((resource) => own.has(resource)) === true ? row.json() : row.veiled(own)))

function nextLink({ incoming }: DoorRequest, cursor: string | undefined): string | null {
  if (cursor === undefined) return null
  const url = new URL(incoming.url ?? '/', 'http://localhost')
  url.searchParams.set('cursor', cursor)
  return url.pathname + url.search
}

/** Looked up first: whose resource it is about decides who may read it. What is not there is asked about as nobody's. */
function show(record: DecisionRecord, request: DoorRequest): Route<Decision | undefined, Answer> {
  return {
    async collect(authenticated) {
      const decision = await record.find(request.params.id!)
      return collected(authenticated, await questionAbout(record, decision?.resources ?? []), decision)
    },
    async handle(grant, decision) {
      return decision === undefined
        ? failed(grant, { kind: 'problem', code: 'PVK-00014' })
        : done(jsonAnswer(200, decision.json))
    },
  }
}

function explain(record: DecisionRecord, request: DoorRequest): Route<Decision | undefined, Answer> {
  return {
    collect: show(record, request).collect,
    async handle(grant, decision) {
      const explanation = decision === undefined ? undefined : await record.explain(request.params.id!)
      if (explanation !== undefined) return done(jsonAnswer(200, explanation))
      return failed(grant, {
        kind: 'problem',
        code: 'PVK-00014',
        detail: 'The decision was not found, or cannot be made again: values or policies are gone',
      })
    },
  }
}
