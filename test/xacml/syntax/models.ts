/** Arbitrary policies, requests and responses, as the parsers build them: generators for property tests. */
import fc from 'fast-check'
import type {
  Expression,
  Literal,
  Policy,
  PolicySet,
  PolicySetChild,
  Selector,
} from '../../../src/xacml/model/policy.ts'
import type { AttributeCategory, Request } from '../../../src/xacml/model/request.ts'
import type { Obligation, Response } from '../../../src/xacml/model/response.ts'
import type { TypedValue } from '../../../src/xacml/model/value.ts'
import { xacmlNamespace } from '../../../src/xacml/syntax/schema.ts'
import { dataTypes } from '../../../src/xacml/values/index.ts'
import { xpathExpression, xpathExpressionOf } from '../../../src/xacml/values/xpath-expression.ts'

const at = { line: 1, column: 1 }

/** What a URI attribute may hold: no white space at its ends, no two in a row. */
const uri = fc.constantFrom('urn:a', 'urn:b:c', 'http://example.com/æ?q=1&r=2', 'a<b', '"', "it's", '')
const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\t', '\r', '<', '&', '"', ']]>', '😀', 'é', '\u00a0') })
const version = fc.constantFrom('1', '1.0', '2.10.3')
const match = fc.constantFrom('1', '1.*', '2.+', '*', '+')
const effect = fc.constantFrom('Permit' as const, 'Deny' as const)

/** Scopes in which an element of XACML can stand: some prefix, or none, means its namespace. */
const namespaces = fc.constantFrom<Readonly<Record<string, string>>>(
  { '': xacmlNamespace },
  { x: xacmlNamespace },
  { '': xacmlNamespace, p: 'urn:p' },
  { '': 'urn:other', x: xacmlNamespace, p: 'urn:q' },
  { '': xacmlNamespace, p: 'urn:p', q: 'urn:q&r' },
)

function optional<K extends string, T>(key: K, value: fc.Arbitrary<T>): fc.Arbitrary<{ readonly [P in K]?: T }> {
  return fc
    .option(value, { nil: undefined })
    .map((given) => (given === undefined ? {} : { [key]: given }) as { [P in K]?: T })
}

/** Merges parts of which some are optional. */
function merged<A, B>(required: fc.Arbitrary<A>, ...parts: readonly fc.Arbitrary<object>[]): fc.Arbitrary<B> {
  return fc.tuple(required, ...parts).map((all) => Object.assign({}, ...all) as B)
}

const literal: fc.Arbitrary<Literal> = fc.oneof(
  fc.record({ kind: fc.constant('AttributeValue' as const), dataType: uri, text, at: fc.constant(at) }),
  merged<object, Literal>(
    fc.record({
      kind: fc.constant('AttributeValue' as const),
      dataType: fc.constant(xpathExpression.id),
      text,
      namespaces,
      at: fc.constant(at),
    }),
    optional('xpathCategory', uri),
  ),
)

const designator = merged<object, Expression>(
  fc.record({
    kind: fc.constant('AttributeDesignator' as const),
    category: uri,
    attributeId: uri,
    dataType: uri,
    mustBePresent: fc.boolean(),
    at: fc.constant(at),
  }),
  optional('issuer', text),
)

const selector = merged<object, Selector>(
  fc.record({
    kind: fc.constant('AttributeSelector' as const),
    category: uri,
    path: text,
    dataType: uri,
    mustBePresent: fc.boolean(),
    namespaces,
    at: fc.constant(at),
  }),
  optional('contextSelectorId', uri),
)

const { expression } = fc.letrec<{ expression: Expression }>((tie) => ({
  expression: fc.oneof(
    { maxDepth: 3, depthSize: 'small' },
    literal,
    designator,
    selector,
    fc.record({ kind: fc.constant('VariableReference' as const), variableId: text, at: fc.constant(at) }),
    fc.record({ kind: fc.constant('Function' as const), function: uri, at: fc.constant(at) }),
    fc.record({
      kind: fc.constant('Apply' as const),
      function: uri,
      arguments: fc.array(tie('expression'), { maxLength: 3 }),
      at: fc.constant(at),
    }),
  ),
}))

const few = { maxLength: 2 }

const assignments = fc.array(
  merged<object, object>(
    fc.record({ attributeId: uri, expression, at: fc.constant(at) }),
    optional('category', uri),
    optional('issuer', text),
  ),
  few,
)

const obligations = fc.array(
  fc.record({ kind: fc.constant('Obligation'), id: uri, fulfillOn: effect, assignments, at: fc.constant(at) }),
  few,
)

const advice = fc.array(
  fc.record({ kind: fc.constant('Advice'), id: uri, appliesTo: effect, assignments, at: fc.constant(at) }),
  few,
)

const target = fc.record({
  anyOf: fc.array(
    fc.record({
      allOf: fc.array(
        fc.record({
          matches: fc.array(
            fc.record({ function: uri, literal, attribute: fc.oneof(designator, selector), at: fc.constant(at) }),
            { minLength: 1, maxLength: 2 },
          ),
          at: fc.constant(at),
        }),
        { minLength: 1, maxLength: 2 },
      ),
      at: fc.constant(at),
    }),
    few,
  ),
  at: fc.constant(at),
})

const rule = merged<object, object>(
  fc.record({ kind: fc.constant('Rule'), id: text, effect, obligations, advice, at: fc.constant(at) }),
  optional('description', text),
  optional('target', target),
  optional('condition', fc.record({ expression, at: fc.constant(at) })),
)

const parameters = fc.array(fc.record({ name: text, value: literal }), few)

function combinerParameters(...kinds: readonly string[]): fc.Arbitrary<readonly object[]> {
  const one = fc.constantFrom('CombinerParameters', ...kinds).chain((kind) =>
    fc.record({
      kind: fc.constant(kind),
      ...(kind === 'CombinerParameters' ? {} : { ref: kind === 'RuleCombinerParameters' ? text : uri }),
      parameters,
      at: fc.constant(at),
    }),
  )
  return fc.array(one, few)
}

const preamble = [
  optional('description', text),
  optional('issuer', fc.constant({ at })),
  optional('maxDelegationDepth', fc.constantFrom('0', '+3', '12')),
  optional('xpathVersion', uri),
]

export const policy: fc.Arbitrary<Policy> = merged<object, Policy>(
  fc.record({
    kind: fc.constant('Policy'),
    id: uri,
    version,
    combiningAlgorithm: uri,
    target,
    variables: fc.array(fc.record({ variableId: text, expression, at: fc.constant(at) }), few),
    rules: fc.array(rule, few),
    combinerParameters: combinerParameters('RuleCombinerParameters'),
    obligations,
    advice,
    at: fc.constant(at),
  }),
  ...preamble,
)

const reference = merged<object, object>(
  fc.record({ kind: fc.constantFrom('PolicyIdReference', 'PolicySetIdReference'), id: uri, at: fc.constant(at) }),
  optional('version', match),
  optional('earliestVersion', match),
  optional('latestVersion', match),
)

export const { policySet } = fc.letrec<{ policySet: PolicySet }>((tie) => ({
  policySet: merged<object, PolicySet>(
    fc.record({
      kind: fc.constant('PolicySet'),
      id: uri,
      version,
      combiningAlgorithm: uri,
      target,
      children: fc.array(
        fc.oneof(
          { maxDepth: 2, depthSize: 'small' },
          reference as fc.Arbitrary<PolicySetChild>,
          policy,
          tie('policySet'),
        ),
        few,
      ),
      combinerParameters: combinerParameters('PolicyCombinerParameters', 'PolicySetCombinerParameters'),
      obligations,
      advice,
      at: fc.constant(at),
    }),
    ...preamble,
  ),
}))

const samples: readonly (readonly [type: string, text: string])[] = [
  ['string', ' a<b '],
  ['string', ''],
  ['boolean', 'true'],
  ['integer', '-7'],
  ['integer', '123456789012345678901234567890'],
  ['double', '1'],
  ['double', '-0'],
  ['double', '1e400'],
  ['double', '0.1'],
  ['double', 'NaN'],
  ['double', 'INF'],
  ['date', '2024-02-29+05:00'],
  ['dateTime', '2024-02-29T24:00:00Z'],
  ['time', '12:00:00'],
  ['anyURI', 'http://example.com/å'],
  ['hexBinary', '0aFF'],
  ['base64Binary', 'AAEC'],
]

const value: fc.Arbitrary<TypedValue> = fc.oneof(
  fc.constantFrom(...samples).map(([name, sample]) => {
    const row = dataTypes.get(`http://www.w3.org/2001/XMLSchema#${name}`)
    const parsed = row?.parse(sample)
    if (row === undefined || parsed === undefined) throw new Error(`no value of ${name}: ${sample}`)
    return { dataType: row.id, value: parsed }
  }),
  namespaces.map((scope) => ({
    dataType: xpathExpression.id,
    value: xpathExpressionOf('//p:a', 'urn:c', scope) ?? '',
  })),
)

const content = fc.constantFrom(
  { xml: '<a>b</a>', namespaces: {} },
  { xml: '<a>b<!-- <c> -->d<?e f?><g/></a>', namespaces: {} },
  { xml: '<p:a xmlns:p="u" p:b="1"><c/></p:a>', namespaces: { p: 'u' } },
  { xml: `<a xmlns="${xacmlNamespace}"/>`, namespaces: { '': xacmlNamespace } },
)

function category(id: fc.Arbitrary<object>, oneType: boolean): fc.Arbitrary<AttributeCategory> {
  const values = oneType
    ? value.chain((one) => fc.array(fc.constant(one), { minLength: 1, maxLength: 3 }))
    : fc.array(value, { minLength: 1, maxLength: 3 })
  const attribute = merged<object, object>(
    fc.record({ id: uri, includeInResult: fc.boolean(), values }),
    optional('issuer', text),
  )
  return merged<object, AttributeCategory>(
    fc.record({ category: uri, attributes: fc.array(attribute, few) }),
    id,
    optional('content', content),
  )
}

/** `oneType`: no attribute has values of several data types, which the JSON profile cannot say in one object. */
export const requests = (oneType: boolean): fc.Arbitrary<Request> =>
  merged<object, Request>(
    fc.record({
      returnPolicyIdList: fc.boolean(),
      combinedDecision: fc.boolean(),
      categories: fc.tuple(
        category(fc.constant({ id: 'a' }), oneType),
        category(fc.constant({}), oneType),
        category(fc.constant({ id: 'b' }), oneType),
      ),
    }),
    optional('xpathVersion', uri),
    optional('references', fc.array(fc.array(fc.constantFrom('a', 'b', 'c'), { minLength: 1 }), { minLength: 1 })),
  )

const obligation: fc.Arbitrary<Obligation> = fc.record({
  id: uri,
  assignments: fc.array(
    merged<object, Obligation['assignments'][number]>(
      fc.record({ attributeId: uri }),
      value,
      optional('category', uri),
      optional('issuer', text),
    ),
    few,
  ),
})

const missing = fc.array(
  merged<object, object>(
    fc.record({ category: uri, attributeId: uri, dataType: fc.constant('http://www.w3.org/2001/XMLSchema#integer') }),
    optional('issuer', text),
    optional('values', fc.constant([{ dataType: 'http://www.w3.org/2001/XMLSchema#integer', value: 3n }])),
  ),
  { minLength: 1, maxLength: 2 },
)

const identifiers = fc.array(fc.record({ id: uri, version }), few)

export const responses: fc.Arbitrary<Response> = fc.record({
  results: fc.array(
    merged<object, Response['results'][number]>(
      fc.record({
        decision: fc.constantFrom(
          'Permit' as const,
          'Deny' as const,
          'NotApplicable' as const,
          'Indeterminate' as const,
        ),
        status: merged<object, Response['results'][number]['status']>(
          fc.record({ codes: fc.array(uri, { minLength: 1, maxLength: 3 }) }),
          optional('message', text),
          optional('missingAttributes', missing),
        ),
        obligations: fc.array(obligation, few),
        advice: fc.array(obligation, few),
        attributes: fc.array(category(fc.constant({}), true), few),
      }),
      optional('policies', fc.record({ policies: identifiers, policySets: identifiers })),
    ),
    { minLength: 1, maxLength: 2 },
  ),
})

/** For comparing: positions out, objects without prototypes like those with, numbers told apart from texts. */
export function comparable(value: unknown): unknown {
  if (typeof value === 'bigint') return `integer ${value}`
  if (typeof value === 'number') return Object.is(value, -0) ? 'double -0' : `double ${value}`
  if (Array.isArray(value)) return value.map(comparable)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).filter(([key]) => key !== 'at')
  return Object.fromEntries(entries.map(([key, inner]) => [key, comparable(inner)]))
}
