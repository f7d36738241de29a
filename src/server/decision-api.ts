/**
 * The decision API: `POST /authorization/api/v1/authorize` (JSON profile of XACML, contract of the Altinn decision point).
 * The caller's right to ask is decided like everything else; what it asks is decided beside it, on the same record, and is
 * for somebody else to enforce.
 */
import { only } from '../collect/describe.ts'
import { askAboutResource, askedResource, askUnnamed } from '../collect/questions.ts'
import { categories, resource as resourceAttributes } from '../collect/vocabulary.ts'
import type { Route } from '../pipeline.ts'
import type { Ask, AttributeFact, Authenticated, Collected, DecidedPart, Malformed } from '../steps.ts'
import type { Attribute, AttributeCategory, Limits, Outcome, Request, Response, TypedValue } from '../xacml/index.ts'
import { type Answer, textAnswer } from './answer.ts'
import { type BodyBounds, readBody } from './body.ts'
import { type DoorRequest, type Endpoint, endpoint } from './door.ts'
import { checkMediaType, collected, done, malformed } from './route.ts'

/** The parts of the engine that this door reads and prints with. */
export interface DecisionSyntax {
  parseRequest(text: string, limits: Limits): Outcome<Request>
  /** One plain request for each decision that was asked for (multiple decision profile), or why there is none. */
  expand(request: Request, limits: Limits): Outcome<readonly Request[]>
  printResponse(response: Response): string
  readonly limits: Limits
}

interface Asked {
  readonly requests: readonly Request[]
}

const json = 'application/json'

export const decisionEndpoints = (syntax: DecisionSyntax, bounds: BodyBounds): readonly Endpoint[] => [
  endpoint({
    method: 'POST',
    path: '/authorization/api/v1/authorize',
    operation: 'authorize',
    produces: json,
    route: (request) => authorize(syntax, bounds, request),
  }),
]

function authorize(syntax: DecisionSyntax, bounds: BodyBounds, request: DoorRequest): Route<Asked | undefined, Answer> {
  return {
    collect: (authenticated) => collect(syntax, bounds, request, authenticated),
    handle: async (_grant, asked, { advisory }) => done(textAnswer(200, json, print(syntax, asked!, advisory))),
  }
}

async function collect(
  syntax: DecisionSyntax,
  bounds: BodyBounds,
  request: DoorRequest,
  authenticated: Authenticated,
): Promise<Collected<Asked | undefined>> {
  const unnamed = askUnnamed('authorize')
  const wrongType = checkMediaType(request, json)
  if (wrongType !== undefined) return malformed(authenticated, unnamed, wrongType)
  const body = await readBody(request.incoming, request.outgoing, bounds)
  if (!body.ok) return malformed(authenticated, unnamed, { code: body.code })
  const text = decode(body.bytes)
  if (text === undefined) {
    return malformed(authenticated, unnamed, { code: 'PVK-00001', errors: { $: ['The body is not UTF-8.'] } })
  }
  const parsed = syntax.parseRequest(text, syntax.limits)
  if (!parsed.ok) return malformed(authenticated, unnamed, complaint(parsed))
  const expanded = syntax.expand(parsed.value, syntax.limits)
  if (!expanded.ok) return malformed(authenticated, unnamed, complaint(expanded))
  if (expanded.value.some(({ categories: given }) => given.some(({ content }) => content !== undefined))) {
    return malformed(authenticated, unnamed, {
      code: 'PVK-00001',
      detail: 'Content is not taken at this door; send attributes',
    })
  }
  if (weigh(expanded.value) > mostValues) {
    const detail = `The decisions of one request look at ${mostValues} values at most, counted for each decision; ask for fewer at a time`
    return malformed(authenticated, unnamed, { code: 'PVK-00001', detail })
  }
  const facts = new Map<Attribute, AttributeFact>()
  const asks = expanded.value.map((request) => askOf(request, facts))
  const question = askAboutResources(asks)
  return collected(authenticated, { ...question, advisory: asks }, { requests: expanded.value })
}

/** Of all decisions together: each is decided on its own, and its attributes go on record. */
const mostValues = 50_000

/** Long values count as several: an answer may repeat them once for each decision. */
const weighOne = (sum: number, { value }: TypedValue): number =>
  sum + 1 + (typeof value === 'string' ? Math.floor(value.length / 200) : 0)

const weigh = (requests: readonly Request[]): number =>
  requests.reduce(
    (sum, { categories: given }) =>
      sum +
      given.reduce(
        (some, { attributes }) => some + attributes.reduce((few, { values }) => values.reduce(weighOne, few), 1),
        0,
      ),
    0,
  )

/** Replaced characters would let two different values pass for the same. */
const utf8 = new TextDecoder('utf-8', { fatal: true })

function decode(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes)
  } catch {
    return undefined
  }
}

/** The caller must be allowed to ask about every resource that is named; a request that names none is about no owner's. */
function askAboutResources(asks: readonly Ask[]) {
  const named = [...new Set(asks.map(({ resource }) => resource))]
  const parts = named.map((id) =>
    id === undefined ? { action: 'authorize', facts: [] } : askAboutResource('authorize', id).parts[0]!,
  )
  return { combine: 'all', parts } as const
}

const complaint = (outcome: {
  readonly problems: readonly {
    readonly message: string
    readonly at?: { readonly line: number; readonly column: number }
  }[]
}): Malformed => ({
  code: 'PVK-00001',
  errors: {
    $: outcome.problems.map(({ message, at }) =>
      at === undefined ? message : `line ${at.line}, column ${at.column}: ${message}`,
    ),
  },
})

const shortNames = new Map(Object.entries(categories).map(([name, uri]) => [uri, name]))

/** An attribute that several decisions look at is one fact, so that it is written down once. */
function askOf(request: Request, known: Map<Attribute, AttributeFact>): Ask {
  const facts: AttributeFact[] = []
  for (const { category, attributes } of request.categories) {
    const short = shortNames.get(category) ?? category
    for (const attribute of attributes) {
      let fact = known.get(attribute)
      if (fact === undefined) {
        fact = factOf(short, attribute)
        known.set(attribute, fact)
      }
      facts.push(fact)
    }
  }
  const resource = only(facts, 'resource', resourceAttributes.id)?.replace(/^urn:altinn:resource:/, '')
  const instance = only(facts, 'resource', resourceAttributes.instance)
  const action = only(facts, 'action', 'urn:oasis:names:tc:xacml:1.0:action:action-id')
  return {
    action: action ?? '',
    facts,
    ...(resource === undefined ? {} : askedResource(resource)),
    ...(instance === undefined ? {} : { instance }),
  }
}

const factOf = (category: string, { id, issuer, values }: Attribute): AttributeFact => ({
  category,
  id,
  values,
  ...(issuer === undefined ? {} : { issuer }),
})

/** Our own obligations say how the gateway would answer; they are nobody else's business. */
const ownObligations = 'urn:portvakt:obligation:refusal'

function print(syntax: DecisionSyntax, { requests }: Asked, advisory: readonly DecidedPart[]): string {
  const results = advisory.map((part, index) => ({
    decision: part.decision,
    ...(part.decision === 'Indeterminate' ? { extended: 'DP' as const } : {}),
    status: part.status,
    obligations: part.obligations.filter(({ id }) => id !== ownObligations),
    advice: part.advice,
    attributes: included(requests[index]!),
  }))
  return syntax.printResponse({ results })
}

/** The attributes that the request asked to have back. */
const included = ({ categories: given }: Request): readonly AttributeCategory[] =>
  given
    .map(({ category, attributes }) => ({
      category,
      attributes: attributes.filter(({ includeInResult }) => includeInResult),
    }))
    .filter(({ attributes }) => attributes.length > 0)
