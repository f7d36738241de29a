/**
 * Every limit is reached, ends what it bounds, and is named. What takes long without bounds is refused by counting, in both
 * evaluators, whatever the combining algorithm would make of an error.
 */
import { describe, expect, it, test } from 'vitest'
import {
  buildResolver,
  checkPolicy,
  compile,
  defaultLimits,
  evaluate,
  evaluatePlain,
  type Limits,
  neededAttributes,
  type Policy,
  type PolicySet,
  parsePolicy,
  parseRequestJson,
  parseRequestXml,
  type Request,
  type Response,
} from '../../src/xacml/index.ts'
import { compilePattern } from '../../src/xacml/patterns/regular-expression.ts'
import { dataTypes } from '../../src/xacml/values/index.ts'
import { newWork } from '../../src/xacml/work.ts'
import { apply, bagOf, fn, literal, policy, policySet, rule, subject, xsd } from '../xacml/policies.ts'

const now = '2026-01-01T12:00:00Z'

const repeat = (times: number, write: (i: number) => string): string =>
  Array.from({ length: times }, (_, i) => write(i)).join('')
const texts = (count: number, start = ''): readonly string[] => Array.from({ length: count }, (_, i) => `${start}${i}`)

const one = (id: string): string => apply('1.0:string-one-and-only', bagOf('string', id))
const reference = (id: string): string => `<VariableReference VariableId="${id}"/>`
const variable = (id: string, expression: string): string =>
  `<VariableDefinition VariableId="${id}">${expression}</VariableDefinition>`

/** An error in its rule would make a Permit of this. */
const permitUnlessDeny = '3.0:rule-combining-algorithm:permit-unless-deny'
const deniesIf = (condition: string, variables = ''): string =>
  policy({ algorithm: permitUnlessDeny, rules: variables + rule('r', 'Deny', condition) })

function read(xml: string, limits: Limits = defaultLimits): Policy | PolicySet {
  const parsed = parsePolicy(xml, limits)
  if (!parsed.ok) throw new Error(parsed.problems[0].message)
  return parsed.value
}

type Attributes = Readonly<Record<string, readonly string[]>>

const requestOf = (attributes: Attributes, type = 'string'): Request => ({
  returnPolicyIdList: false,
  combinedDecision: false,
  categories: [
    {
      category: subject,
      attributes: Object.entries(attributes).map(([id, values]) => ({
        id,
        includeInResult: false,
        values: values.map((text) => ({ dataType: xsd(type), value: dataTypes.get(xsd(type))!.parse(text)! })),
      })),
    },
  ],
})

interface Decide {
  readonly policy: Policy | PolicySet
  readonly request: Request
  readonly limits?: Limits
  readonly others?: readonly (Policy | PolicySet)[]
}

function responsesOf({
  policy,
  request,
  limits = defaultLimits,
  others = [],
}: Decide): Readonly<Record<string, Response>> {
  const resolve = buildResolver(others)
  const compiled = compile(policy, { limits, resolve })
  if (!compiled.ok) throw new Error(compiled.problems[0].message)
  return {
    plain: evaluatePlain(policy, request, { now, limits, resolve }),
    compiled: evaluate(compiled.value, request, { now, limits }),
  }
}

const pattern = (count: number) => '\\p{L}'.repeat(count)

/** What decides in no time with a bound, and in hours or never without. */
const costly: readonly (readonly [what: string, limit: string, policy: string, attributes: Attributes])[] = [
  [
    'all pairs of two large bags',
    'steps',
    deniesIf(apply('3.0:any-of-any', fn('1.0:string-equal'), bagOf('string', 'a'), bagOf('string', 'b'))),
    { a: texts(10_000), b: texts(10_000, 'x') },
  ],
  [
    'patterns that come with the request',
    'steps',
    deniesIf(apply('3.0:any-of-any', fn('1.0:string-regexp-match'), bagOf('string', 'p'), bagOf('string', 'a'))),
    { a: texts(100), p: texts(100, pattern(190)) },
  ],
  [
    'a large pattern against many values',
    'steps',
    deniesIf(apply('3.0:any-of', fn('1.0:string-regexp-match'), literal('string', pattern(199)), bagOf('string', 'a'))),
    { a: texts(10_000) },
  ],
  [
    'a pattern that goes back',
    'steps',
    deniesIf(apply('1.0:string-regexp-match', literal('string', '(a*)*\\1b'), one('a'))),
    { a: ['a'.repeat(5_000)] },
  ],
  [
    'long text in lower case again and again',
    'steps',
    deniesIf(
      apply(
        '1.0:or',
        repeat(400, () => apply('1.0:string-equal', apply('1.0:string-normalize-to-lower-case', one('a')), one('b'))),
      ),
    ),
    { a: ['A'.repeat(400_000)], b: ['b'] },
  ],
  [
    'long texts that are equal, compared again and again',
    'steps',
    deniesIf(
      apply(
        '1.0:and',
        repeat(400, () => apply('1.0:string-equal', one('a'), one('b'))),
      ),
    ),
    { a: ['A'.repeat(400_000)], b: ['A'.repeat(400_000)] },
  ],
  [
    'sets of large bags again and again',
    'steps',
    deniesIf(
      apply(
        '1.0:and',
        repeat(1_000, () => apply('1.0:string-subset', bagOf('string', 'a'), bagOf('string', 'b'))),
      ),
    ),
    { a: texts(5_000), b: texts(10_000) },
  ],
  [
    'a union that is too large',
    'bagSize',
    deniesIf(
      apply(
        '1.0:string-is-in',
        literal('string', 'x'),
        apply('1.0:string-union', bagOf('string', 'a'), bagOf('string', 'b')),
      ),
    ),
    { a: texts(6_000), b: texts(6_000, 'x') },
  ],
  [
    'text that is too long for a pattern',
    'patternInputCharacters',
    deniesIf(apply('1.0:string-regexp-match', literal('string', 'b'), one('a'))),
    { a: ['a'.repeat(10_001)] },
  ],
  [
    'a pattern that is too long',
    'patternCharacters',
    deniesIf(apply('1.0:string-regexp-match', one('a'), one('b'))),
    { a: ['a'.repeat(1_001)], b: ['b'] },
  ],
  [
    'obligations with large bags',
    'steps',
    policy({
      algorithm: permitUnlessDeny,
      rules: `${rule('r', 'Permit')}<ObligationExpressions><ObligationExpression ObligationId="o" FulfillOn="Permit">${repeat(
        200,
        (i) =>
          `<AttributeAssignmentExpression AttributeId="x${i}">${bagOf('string', 'a')}</AttributeAssignmentExpression>`,
      )}</ObligationExpression></ObligationExpressions>`,
    }),
    { a: texts(10_000) },
  ],
  [
    'a nested request that asks for itself',
    'access-permitted',
    deniesIf(apply('3.0:access-permitted', literal('anyURI', 'c'), literal('string', ''))),
    {},
  ],
  [
    'nested requests that are long',
    'steps',
    deniesIf(
      apply(
        '1.0:and',
        apply('1.0:string-is-in', literal('string', 'yes'), bagOf('string', 'outermost')),
        repeat(100, () => apply('3.0:access-permitted', literal('anyURI', subject), one('a'))),
      ),
    ),
    {
      outermost: ['yes'],
      a: [
        `<Attribute AttributeId="y" IncludeInResult="false">${`<AttributeValue DataType="${xsd('string')}">x</AttributeValue>`.repeat(9_000)}</Attribute>`,
      ],
    },
  ],
]

describe('a decision that would take too long', () => {
  // fewer than by default, to be quicker about it
  const limits = { ...defaultLimits, steps: 100_000 }

  it.each(costly)('%s: `%s`', (_, limit, xml, attributes) => {
    const root = read(xml)
    expect(checkPolicy(root, { limits: defaultLimits }).filter(({ severity }) => severity === 'error')).toEqual([])
    for (const response of Object.values(responsesOf({ policy: root, request: requestOf(attributes), limits }))) {
      const [result] = response.results
      expect(result).toMatchObject({ decision: 'Indeterminate', extended: 'DP' })
      expect(result?.status.codes).toEqual(['urn:oasis:names:tc:xacml:1.0:status:processing-error'])
      expect(result?.status.message).toContain(`\`${limit}\``)
    }
  })

  test('variables of variables are evaluated once each', () => {
    const doubling = repeat(30, (i) =>
      variable(
        `v${i}`,
        i === 29
          ? apply('1.0:string-bag-size', bagOf('string', 'a'))
          : apply('1.0:integer-add', reference(`v${i + 1}`), reference(`v${i + 1}`)),
      ),
    )
    const root = read(deniesIf(apply('1.0:integer-equal', reference('v0'), literal('integer', '536870912')), doubling))
    for (const { results } of Object.values(
      responsesOf({ policy: root, request: requestOf({ a: ['x'] }), limits: few({ steps: 200 }) }),
    ))
      expect(results[0]?.decision).toBe('Deny')
  })

  test('values that grow are errors of their functions', () => {
    const growing: readonly string[] = [
      apply(
        '1.0:string-equal',
        one('a'),
        apply('2.0:string-concatenate', one('a'), ...Array.from({ length: 40 }, () => one('a'))),
      ),
      apply(
        '1.0:integer-equal',
        literal('integer', '1'),
        apply('1.0:integer-multiply', literal('integer', '9'.repeat(999)), literal('integer', '9'.repeat(999))),
      ),
      apply(
        '1.0:dateTime-equal',
        literal('dateTime', '2026-01-01T00:00:00Z'),
        apply(
          '3.0:dateTime-add-yearMonthDuration',
          literal('dateTime', '2026-01-01T00:00:00Z'),
          literal('yearMonthDuration', `P${'9'.repeat(900)}Y`),
        ),
      ),
    ]
    for (const condition of growing) {
      const root = read(policy({ rules: rule('r', 'Deny', condition) }))
      for (const { results } of Object.values(
        responsesOf({ policy: root, request: requestOf({ a: ['a'.repeat(30_000)] }) }),
      ))
        expect(results[0]).toMatchObject({ decision: 'Indeterminate', extended: 'D' })
    }
  })
})

const set = (id: string, children: string): PolicySet => read(policySet({ id, children })) as PolicySet
const refersTo = (id: string): string => `<PolicySetIdReference>${id}</PolicySetIdReference>`

describe('references', () => {
  test('that fan out are bounded by steps', () => {
    const sets = texts(30).map((id, i) => set(id, i === 29 ? '' : refersTo(`${i + 1}`).repeat(2)))
    for (const { results } of Object.values(
      responsesOf({ policy: sets[0]!, request: requestOf({}), others: sets, limits: few({ steps: 100_000 }) }),
    ))
      expect(results[0]?.status.message).toContain('`steps`')
  })

  test('that fan out are compiled once each', () => {
    const sets = texts(30).map((id, i) => set(id, i === 29 ? '' : refersTo(`${i + 1}`).repeat(6)))
    const compiled = compile(sets[0]!, { resolve: buildResolver(sets) })
    expect(compiled.ok && neededAttributes(compiled.value).attributes).toEqual([])
  })

  test('in a chain are bounded by depth, also where they were not checked', () => {
    const sets = texts(20_000).map((id, i) => ({ ...set('x', refersTo(`${i + 1}`)), id }))
    const others = buildResolver(sets)
    expect(checkPolicy(sets[0]!, { limits: defaultLimits, resolve: others })).toMatchObject([
      { code: 'XACML-TOO-DEEP' },
    ])
    for (const { results } of Object.values(responsesOf({ policy: sets[0]!, request: requestOf({}), others: sets })))
      expect(results[0]?.status.message).toContain('`policyDepth`')
  })

  test('to the same policy by a long and a short way mean the same policy', () => {
    const limits = { ...defaultLimits, policyDepth: 4 }
    const only = '3.0:policy-combining-algorithm:permit-overrides'
    const found = read(policy({ id: 'found', rules: rule('r', 'Permit') }))
    const low = read(policySet({ id: 'low', children: '<PolicyIdReference>found</PolicyIdReference>' }))
    const middle = set('middle', refersTo('low'))
    const nowhere = `<AnyOf><AllOf><Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">${literal('string', 'x')}${bagOf('string', 'none')}</Match></AllOf></AnyOf>`
    const long = read(policySet({ id: 'long', target: nowhere, children: refersTo('middle') }))
    const root = read(policySet({ id: 'root', algorithm: only, children: refersTo('long') + refersTo('low') }))
    const others = [found, low, middle, long]
    for (const { results } of Object.values(responsesOf({ policy: root, request: requestOf({}), others, limits })))
      expect(results[0]?.decision).toBe('Permit')
  })
})

/** As many questions as `count`, by a category that is repeated. */
const repeated = (request: Request, count: number): Request => ({
  ...request,
  categories: [...request.categories, ...texts(count).map(() => ({ category: 'urn:again', attributes: [] }))],
})

describe('a request of many decisions', () => {
  test('has as many as `decisionsPerRequest`', () => {
    const root = read(policy({ rules: rule('r', 'Permit') }))
    for (const { results } of Object.values(responsesOf({ policy: root, request: repeated(requestOf({}), 1_001) })))
      expect(results.map(({ status }) => status.message)).toEqual([expect.stringContaining('`decisionsPerRequest`')])
  })

  test('shares `stepsPerRequest`', () => {
    const root = read(deniesIf(apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'a'))))
    const request = repeated(requestOf({ a: texts(10) }), 100)
    for (const { results } of Object.values(
      responsesOf({ policy: root, request, limits: { ...defaultLimits, stepsPerRequest: 100 } }),
    )) {
      expect(results).toHaveLength(100)
      expect(results[0]?.decision).toBe('Permit')
      expect(results[99]?.decision).toBe('Indeterminate')
      expect(results[99]?.status.message).toContain('`stepsPerRequest`')
    }
  })

  test('repeats no more attributes than `stepsPerRequest` pays for', () => {
    const long = { id: 'a', includeInResult: true, values: [{ dataType: xsd('string'), value: 'x'.repeat(400_000) }] }
    const request = {
      ...requestOf({}),
      categories: [
        { category: subject, attributes: [long] },
        ...texts(1_000).map(() => ({ category: 'urn:again', attributes: [] })),
      ],
    }
    for (const { results } of Object.values(
      responsesOf({ policy: read(policy({ rules: rule('r', 'Permit') })), request }),
    )) {
      expect(results.filter(({ attributes }) => attributes.length > 0).length).toBeLessThan(100)
      expect(results[999]?.status.message).toContain('`stepsPerRequest`')
    }
  })

  test('may come of content, whose nodes are counted before they are written out', () => {
    const path = { path: '//a', category: subject, namespaces: {} }
    const selector = {
      id: 'urn:oasis:names:tc:xacml:3.0:profile:multiple:content-selector',
      includeInResult: false,
      values: [{ dataType: 'urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression', value: path }],
    }
    const content = { xml: `<r>${'<a/>'.repeat(9_000)}</r>`, namespaces: {} }
    const request = { ...requestOf({}), categories: [{ category: subject, content, attributes: [selector] }] }
    for (const { results } of Object.values(
      responsesOf({ policy: read(policy({ rules: rule('r', 'Permit') })), request }),
    ))
      expect(results.map(({ status }) => status.message)).toEqual([expect.stringContaining('`decisionsPerRequest`')])
  })
})

describe('paths', () => {
  const path = (i: number): string => `/a${i}[${repeat(40, (n) => `b${n}=c[last()-0]/d or `)}true()]`
  const selecting = (text: string): string =>
    apply(
      '1.0:boolean-one-and-only',
      `<AttributeSelector MustBePresent="false" Category="${subject}" Path="${text}" DataType="${xsd('boolean')}"/>`,
    )

  test('of one policy are parsed for no more than `steps`, equal ones once', () => {
    const paths = (count: number, of: (i: number) => string) =>
      checkPolicy(
        read(
          deniesIf(
            apply(
              '1.0:or',
              repeat(count, (i) => selecting(of(i))),
            ),
          ),
        ),
        { limits: defaultLimits },
      )
    expect(paths(500, path)).toMatchObject([{ code: 'XACML-BAD-PATH', message: expect.stringContaining('`steps`') }])
    expect(paths(500, () => path(0))).toEqual([])
  })

  test('of a decision are paid before they are parsed', () => {
    const content = { xml: '<r/>', namespaces: {} }
    const request = { ...requestOf({}), categories: [{ category: subject, content, attributes: [] }] }
    const either = repeat(300, () =>
      apply(
        '1.0:string-is-in',
        literal('string', 'x'),
        selecting(path(0))
          .replace(/^.*?>|<\/Apply>$/g, '')
          .replaceAll(xsd('boolean'), xsd('string')),
      ),
    )
    const responses = responsesOf({ policy: read(deniesIf(apply('1.0:or', either))), request })
    for (const { results } of Object.values(responses))
      expect(results).toMatchObject([
        { decision: 'Indeterminate', status: { message: expect.stringContaining('`steps`') } },
      ])
  })
})

/** The least that goes beyond each limit, and where it is told. */
const deep = (levels: number): string => apply('1.0:not', '').replace('</Apply>', '').repeat(levels)
const nested = (levels: number): string =>
  deniesIf(`${deep(levels)}${literal('boolean', 'true')}${'</Apply>'.repeat(levels)}`)
const few = (limits: Partial<Limits>): Limits => ({ ...defaultLimits, ...limits })

const messageOf = (outcome: ReturnType<typeof parsePolicy> | ReturnType<typeof parseRequestXml>): string =>
  outcome.ok ? '' : outcome.problems[0].message
const checked = (xml: string, limits: Limits): string =>
  checkPolicy(read(xml), { limits })
    .map(({ message }) => message)
    .join()
const decided = (xml: string, attributes: Attributes, limits: Limits): string =>
  Object.values(responsesOf({ policy: read(xml), request: requestOf(attributes), limits }))
    .map(({ results }) => results[0]?.status.message)
    .join()

const reached: Readonly<Record<keyof Limits, () => readonly string[]>> = {
  policyCharacters: () => [messageOf(parsePolicy(nested(1), few({ policyCharacters: 10 })))],
  requestCharacters: () => [
    messageOf(parseRequestXml('<Request/>', few({ requestCharacters: 9 }))),
    messageOf(parseRequestJson('{"Request":{}}', few({ requestCharacters: 9 }))),
  ],
  documentDepth: () => [
    messageOf(parsePolicy(nested(3), few({ documentDepth: 5 }))),
    messageOf(parseRequestJson('{"Request":{"Category":[]}}', few({ documentDepth: 2 }))),
  ],
  namespacesInScope: () => [
    messageOf(parsePolicy(nested(1), few({ namespacesInScope: 0 }))),
    messageOf(parseRequestXml('<Request xmlns="urn:a"/>', few({ namespacesInScope: 0 }))),
  ],
  policyDepth: () => [
    checked(policySet({ children: policySet({ id: 't', children: '' }) }), few({ policyDepth: 1 })),
    decided(policySet({ children: policySet({ id: 't', children: '' }) }), {}, few({ policyDepth: 1 })),
  ],
  expressionDepth: () => [
    checked(nested(3), few({ expressionDepth: 2 })),
    checked(
      deniesIf(
        reference('v0'),
        repeat(9_000, (i) => variable(`v${i}`, reference(`v${i + 1}`))),
      ),
      defaultLimits,
    ),
  ],
  policyElements: () => [checked(policy({ rules: rule('r', 'Permit') }), few({ policyElements: 1 }))],
  bagSize: () => [
    decided(
      deniesIf(apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'a'))),
      { a: ['1', '2'] },
      few({ bagSize: 1 }),
    ),
  ],
  patternCharacters: () => [
    checked(
      deniesIf(apply('1.0:string-regexp-match', literal('string', 'abc'), one('a'))),
      few({ patternCharacters: 2 }),
    ),
    decided(
      deniesIf(apply('1.0:string-regexp-match', one('a'), one('a'))),
      { a: ['abc'] },
      few({ patternCharacters: 2 }),
    ),
  ],
  patternInputCharacters: () => [
    decided(
      deniesIf(apply('1.0:string-regexp-match', literal('string', 'b'), one('a'))),
      { a: ['abc'] },
      few({ patternInputCharacters: 2 }),
    ),
  ],
  decisionsPerRequest: () =>
    Object.values(
      responsesOf({
        policy: read(nested(1)),
        request: repeated(requestOf({}), 2),
        limits: few({ decisionsPerRequest: 1 }),
      }),
    ).map(({ results }) => results[0]?.status.message ?? ''),
  steps: () => [
    decided(
      deniesIf(apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'a'))),
      { a: ['1', '2'] },
      few({ steps: 1 }),
    ),
    checked(deniesIf(apply('1.0:string-regexp-match', literal('string', 'abc'), one('a'))), few({ steps: 10 })),
  ],
  stepsPerRequest: () => [
    decided(
      deniesIf(apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'a'))),
      { a: ['1', '2'] },
      few({ stepsPerRequest: 1 }),
    ),
  ],
  nestedRequests: () => [
    decided(
      deniesIf(apply('1.0:not', apply('3.0:access-permitted', literal('anyURI', 'c'), literal('string', '')))),
      {},
      few({ nestedRequests: 0 }),
    ),
  ],
  nestedRequestDepth: () => [
    decided(
      deniesIf(apply('1.0:not', apply('3.0:access-permitted', literal('anyURI', 'c'), literal('string', '')))),
      {},
      few({ nestedRequestDepth: 0 }),
    ),
  ],
}

test.each(Object.entries(reached))('limit `%s` is reached, and named', (name, messages) => {
  for (const message of messages()) {
    for (const part of message.split(/,(?=[a-z`])/))
      if (!part.includes('variable `')) expect(part).toContain(`\`${name}\``)
  }
})

describe('patterns', () => {
  test('of a policy are compiled when it is', () => {
    const root = read(deniesIf(apply('1.0:string-regexp-match', literal('string', pattern(190)), one('a'))))
    const compiled = compile(root)
    if (!compiled.ok) throw new Error(compiled.problems[0].message)
    // to compile it takes more than this
    const limits = few({ steps: 1_000 })
    expect(evaluate(compiled.value, requestOf({ a: ['x'] }), { now, limits }).results[0]?.decision).toBe('Permit')
  })

  test('all patterns of one policy are checked for no more than `steps`', () => {
    const many = repeat(60, () => apply('1.0:string-regexp-match', literal('string', pattern(190)), one('a')))
    const problems = checkPolicy(read(deniesIf(apply('1.0:or', many))), { limits: defaultLimits })
    expect(problems.map(({ code }) => code)).toContain('XACML-BAD-PATTERN')
    expect(problems[0]?.message).toContain('`steps`')
  })

  test('keep little of what they have matched', () => {
    const expression = compilePattern('(a|b)*a(a|b){12}', defaultLimits, newWork(defaultLimits.steps))
    if (!('test' in expression)) throw new Error(expression.message)
    const before = process.memoryUsage().heapUsed
    let random = 1
    for (let i = 0; i < 200; i++) {
      let text = ''
      for (let j = 0; j < 1_000; j++) {
        random = (random * 48_271) % 2_147_483_647
        text += random % 2 === 0 ? 'a' : 'c'
      }
      expression.test(text, newWork(defaultLimits.steps))
    }
    expect(process.memoryUsage().heapUsed - before).toBeLessThan(200_000_000)
  })
})

describe('checking', () => {
  test('ends on variables that refer to each other in a long chain or in a circle', () => {
    const circle = repeat(9_000, (i) => variable(`v${i}`, reference(`v${(i + 1) % 9_000}`)))
    const codes = checkPolicy(read(deniesIf(reference('v0'), circle)), { limits: defaultLimits }).map(
      ({ code }) => code,
    )
    expect(codes).toContain('XACML-VARIABLE-CYCLE')
  })

  test('says a long name of a rule once, not for every other', () => {
    const rules = rule('x'.repeat(100_000), 'Deny') + repeat(2_000, (i) => rule(`r${i}`, 'Deny'))
    const problems = checkPolicy(read(policy({ rules })), { limits: defaultLimits })
    expect(problems.reduce((sum, { message }) => sum + message.length, 0)).toBeLessThan(2_000_000)
  })

  test('compares versions as long as a document', () => {
    const version = '1.'.repeat(200_000)
    const long = { ...read(policy({ rules: rule('r', 'Permit') })), id: 'found', version: `${version}0` }
    const root = read(policySet({ children: `<PolicyIdReference Version="${version}*">found</PolicyIdReference>` }))
    for (const { results } of Object.values(responsesOf({ policy: root, request: requestOf({}), others: [long] })))
      expect(results[0]?.decision).toBe('Permit')
  })

  test('namespaces that would be in scope of too many elements are refused', () => {
    const declared = repeat(5_000, (i) => ` xmlns:p${i}="urn:${i}"`)
    const xml = `<a${declared}>${'<b xmlns:x="urn:x"/>'.repeat(5_000)}</a>`
    expect(parsePolicy(xml, defaultLimits)).toMatchObject({ ok: false, problems: [{ code: 'XML-NAMESPACE' }] })
  })
})
