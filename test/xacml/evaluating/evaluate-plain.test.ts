/** What the conformance cases leave out: both evaluators must agree on every one of these. */
import { describe, expect, test } from 'vitest'
import {
  checkPolicy,
  compile,
  defaultLimits,
  evaluate,
  evaluatePlain,
  explainPlain,
  type FindAttribute,
  type Hierarchy,
  type Limits,
  type Policy,
  type PolicySet,
  parsePolicy,
  parseRequestXml,
  printResponseXml,
  type Response,
} from '../../../src/xacml/index.ts'
import { buildResolver } from '../../../src/xacml/references/repository.ts'
import { apply, bagOf, literal, policy, policySet, rule, subject, xsd } from '../policies.ts'

const urn = 'urn:oasis:names:tc:xacml'
const resource = `${urn}:3.0:attribute-category:resource`
const environment = `${urn}:3.0:attribute-category:environment`
const permitUnlessDeny = '3.0:rule-combining-algorithm:permit-unless-deny'
const now = '2026-11-20T18:07:32.5Z'

describe('the clock', () => {
  const permitAt = (type: string, text: string) =>
    policy({
      rules: rule(
        'r',
        'Permit',
        apply(`1.0:${type}-equal`, literal(type, text), apply(`1.0:${type}-one-and-only`, clock(type))),
      ),
    })
  const clock = (type: string) => bagOf(type, `${urn}:1.0:environment:current-${type}`, true, environment)

  test.each([
    ['time', '18:07:32.5Z'],
    ['time', '19:07:32.5+01:00'],
    ['date', '2026-11-20Z'],
    ['dateTime', '2026-11-20T18:07:32.5Z'],
  ])('current-%s is %s, from the one reading', (type, text) => {
    expect(decide(permitAt(type, text))).toEqual(['Permit'])
  })

  test('a value in the request wins', () => {
    const given = attribute(`${urn}:1.0:environment:current-date`, 'date', '2001-01-01Z')
    const request = category(environment, given)
    expect(decide(permitAt('date', '2001-01-01Z'), request)).toEqual(['Permit'])
    expect(decide(permitAt('date', '2026-11-20Z'), request)).toEqual(['NotApplicable'])
  })

  test('a reading without a zone is the caller’s mistake', () => {
    const root = read(permitAt('date', '2026-11-20Z'))
    expect(() => evaluatePlain(root, requestOf(''), { now: '2026-11-20T18:07:32', limits: defaultLimits })).toThrow(
      TypeError,
    )
  })
})

describe('bounds that protect the engine are not for policies to overrule', () => {
  const names = category(
    subject,
    Array.from({ length: 60 }, (_, i) => attribute('urn:names', 'string', `n${i}`)).join(''),
  )
  const costly = apply(
    '1.0:all-of-all',
    '<Function FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-equal"/>',
    bagOf('string', 'urn:names'),
    bagOf('string', 'urn:names'),
  )
  const anyName = apply(
    '3.0:any-of-any',
    '<Function FunctionId="urn:oasis:names:tc:xacml:1.0:function:string-regexp-match"/>',
    bagOf('string', 'urn:names'),
    literal('string', 'x'),
  )

  test('steps: an error in a Deny rule would permit, running out of steps does not', () => {
    const broken = policy({
      algorithm: permitUnlessDeny,
      rules: rule('r', 'Deny', apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'urn:gone', true))),
    })
    expect(decide(broken)).toEqual(['Permit'])
    const expensive = policy({
      algorithm: permitUnlessDeny,
      rules: rule('r', 'Deny', anyName) + rule('s', 'Deny', costly),
    })
    expect(decide(expensive, names)).toEqual(['Permit'])
    const [result] = ask(expensive, names, { steps: 30 }).results
    expect(result).toMatchObject({ decision: 'Indeterminate', extended: 'DP' })
    expect(result?.status.message).toContain('`steps`')
  })

  test('bags', () => {
    const counting = policy({
      algorithm: permitUnlessDeny,
      rules: rule(
        'r',
        'Deny',
        apply(
          '1.0:integer-equal',
          apply('1.0:string-bag-size', bagOf('string', 'urn:names')),
          literal('integer', '60'),
        ),
      ),
    })
    expect(decide(counting, names)).toEqual(['Deny'])
    expect(ask(counting, names, { bagSize: 59 }).results[0]).toMatchObject({
      decision: 'Indeterminate',
      extended: 'DP',
    })
  })

  test('a cycle of references ends, and permits nothing', () => {
    const set = (id: string, to: string) =>
      read(
        policySet({
          id,
          algorithm: '3.0:policy-combining-algorithm:permit-unless-deny',
          children: `<PolicySetIdReference>${to}</PolicySetIdReference>`,
        }),
      )
    const resolve = buildResolver([set('a', 'b'), set('b', 'a')])
    const { results } = evaluatePlain(set('root', 'a'), requestOf(''), { now, limits: defaultLimits, resolve })
    expect(results[0]).toMatchObject({ decision: 'Indeterminate', extended: 'DP' })
  })

  test('decisions per request', () => {
    const many = Array.from({ length: 11 }, (_, i) => category(subject, attribute('urn:names', 'string', `${i}`))).join(
      '',
    )
    const both = many + many.replaceAll(subject, resource)
    const permitAll = policy({ rules: rule('r', 'Permit') })
    expect(decide(permitAll, both)).toHaveLength(121)
    const { results } = ask(permitAll, both, { decisionsPerRequest: 100 })
    expect(results.map(({ decision }) => decision)).toEqual(['Indeterminate'])
  })
})

describe('attributes', () => {
  const wanting = policy({
    rules: rule('r', 'Permit', apply('1.0:string-is-in', literal('string', 'a'), bagOf('string', 'urn:names', true))),
  })

  test('a missing one is named', () => {
    const [result] = ask(wanting).results
    expect(result?.status).toMatchObject({
      codes: [`${urn}:1.0:status:missing-attribute`],
      missingAttributes: [{ category: subject, attributeId: 'urn:names', dataType: xsd('string') }],
    })
  })

  test('are asked for where the request has none, and only there', () => {
    const findAttribute: FindAttribute = ({ attributeId }) => (attributeId === 'urn:names' ? ['a'] : [])
    expect(decide(wanting, '', { findAttribute })).toEqual(['Permit'])
    expect(decide(wanting, category(subject, attribute('urn:names', 'string', 'b')), { findAttribute })).toEqual([
      'NotApplicable',
    ])
  })
})

describe('access-permitted', () => {
  const nested = (xml: string) =>
    apply('3.0:access-permitted', literal('anyURI', subject), literal('string', xml.replaceAll('<', '&lt;')))
  const root = policySet({
    children: policy({
      algorithm: '1.0:rule-combining-algorithm:first-applicable',
      rules:
        rule('alice', 'Permit', apply('1.0:string-is-in', literal('string', 'alice'), bagOf('string', 'urn:names'))) +
        rule(
          'bob',
          'Permit',
          apply(
            '1.0:and',
            apply('1.0:string-is-in', literal('string', 'bob'), bagOf('string', 'urn:names')),
            nested(attribute('urn:names', 'string', 'alice')),
          ),
        ) +
        rule(
          'loop',
          'Deny',
          apply(
            '1.0:and',
            apply('1.0:string-is-in', literal('string', 'loop'), bagOf('string', 'urn:names')),
            nested(attribute('urn:names', 'string', 'loop')),
          ),
        ) +
        rule(
          'broken',
          'Deny',
          apply(
            '1.0:and',
            apply('1.0:string-is-in', literal('string', 'broken'), bagOf('string', 'urn:names')),
            nested('<Attribute>'),
          ),
        ),
    }),
  })

  test.each([
    ['alice', 'Permit', 'ok'],
    ['bob', 'Permit', 'ok'],
    ['broken', 'Indeterminate', 'syntax-error'],
    ['carol', 'NotApplicable', 'ok'],
  ])('%s: %s', (name, decision, status) => {
    const [result] = ask(root, category(subject, attribute('urn:names', 'string', name))).results
    expect(result?.decision).toBe(decision)
    expect(result?.status.codes).toEqual([`${urn}:1.0:status:${status}`])
  })

  test('a request that asks for itself ends', () => {
    const [result] = ask(root, category(subject, attribute('urn:names', 'string', 'loop'))).results
    expect(result?.decision).not.toBe('Permit')
  })
})

describe('multiple decisions', () => {
  const permitted = policy({
    rules: rule(
      'r',
      'Permit',
      apply(
        '1.0:string-is-in',
        literal('string', 'yes'),
        selector('.', 'urn:oasis:names:tc:xacml:3.0:content-selector'),
      ),
    ),
  })
  const content = '<Content><d:l xmlns:d="urn:d"><d:i>yes</d:i><d:i>no</d:i><d:j>yes</d:j></d:l></Content>'
  const selecting = (id: string, path: string) =>
    `<Attributes Category="${resource}" xmlns:d="urn:d">${content}<Attribute AttributeId="${id}" IncludeInResult="true"><AttributeValue DataType="${urn}:3.0:data-type:xpathExpression" XPathCategory="${resource}">${path}</AttributeValue></Attribute></Attributes>`

  test.each([`${urn}:3.0:profile:multiple:content-selector`, `${urn}:3.0:multiple:content-selector`])('%s', (id) => {
    expect(decide(permitted, selecting(id, '//d:i')).sort()).toEqual(['NotApplicable', 'Permit'])
    const { results } = ask(permitted, selecting(id, '/d:l/d:j'))
    const [included] = results[0]!.attributes
    expect(included?.attributes[0]?.id).toBe(`${urn}:3.0:content-selector`)
    expect(included?.attributes[0]?.values[0]?.value).toMatchObject({
      path: '/n1:l[1]/n1:j[1]',
      namespaces: { n1: 'urn:d' },
    })
    expect(decide(permitted, selecting(id, '//d:none'))).toEqual(['Indeterminate'])
  })

  test('content selectors in two categories: every node of the one with every node of the other', () => {
    const id = `${urn}:3.0:profile:multiple:content-selector`
    const both = ['//d:i', '/d:l/*'].map((path) => selecting(id, path))
    const other = both[1]!.replaceAll(resource, subject)
    const paths = ask(permitted, both[0] + other).results.map(({ attributes }) =>
      attributes.map((each) => (each.attributes[0]!.values[0]!.value as { path: string }).path).join(' with '),
    )
    expect(paths.sort()).toEqual(
      ['i[1]', 'i[2]']
        .flatMap((one) => ['i[1]', 'i[2]', 'j[1]'].map((two) => `/n1:l[1]/n1:${one} with /n1:l[1]/n1:${two}`))
        .sort(),
    )
    expect(decide(permitted, both[0] + other.replace('/d:l/*', '//d:none'))).toEqual(['Indeterminate', 'Indeterminate'])
  })

  test.each([
    ['one', 1, 'missing-attribute'],
    ['several', 2, 'processing-error'],
  ])('a combined decision of %s Indeterminate', (_, count, status) => {
    const parsed = requestOf(category(subject, '').repeat(count))
    const missing = policy({
      rules: rule('r', 'Permit', apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'urn:gone', true))),
    })
    const options = { now, limits: defaultLimits }
    const { results } = evaluatePlain(read(missing), { ...parsed, combinedDecision: true }, options)
    expect(results.map(({ decision }) => decision)).toEqual(['Indeterminate'])
    expect(results[0]?.status.codes).toEqual([`${urn}:1.0:status:${status}`])
    expect(results[0]?.status.missingAttributes === undefined).toBe(count > 1)
  })

  const tree: Readonly<Record<string, readonly string[]>> = { 'urn:a': ['urn:b', 'urn:c'], 'urn:b': ['urn:d', 'urn:a'] }
  const hierarchy: Hierarchy = (one) => tree[String(one)] ?? []
  test.each([
    ['Immediate', ['urn:a']],
    ['Children', ['urn:a', 'urn:b', 'urn:c']],
    ['Descendants', ['urn:a', 'urn:b', 'urn:c', 'urn:d']],
  ])('scope %s, each resource once', (scope, expected) => {
    const id = `${urn}:1.0:resource:resource-id`
    const request = category(
      resource,
      attribute(id, 'anyURI', 'urn:a', true) + attribute(`${urn}:2.0:resource:scope`, 'string', scope),
    )
    const { results } = ask(policy({ rules: rule('r', 'Permit') }), request, {}, { hierarchy })
    const asked = results.map(({ attributes }) => attributes[0]?.attributes[0]?.values[0]?.value)
    expect(asked.sort()).toEqual(expected)
  })

  test.each([
    ['a scope that is none', 'Everything', 'syntax-error'],
    ['no hierarchy', 'Children', 'processing-error'],
  ])('%s', (_, scope, status) => {
    const { results } = ask(
      policy({ rules: rule('r', 'Permit') }),
      category(resource, attribute(`${urn}:2.0:resource:scope`, 'string', scope)),
    )
    expect(results.map(({ status: { codes } }) => codes)).toEqual([[`${urn}:1.0:status:${status}`]])
  })
})

test('explains: what every element came to, those never reached left out', () => {
  const root = read(
    policy({
      algorithm: '1.0:rule-combining-algorithm:first-applicable',
      rules: rule('no', 'Deny', literal('boolean', 'false')) + rule('yes', 'Permit') + rule('late', 'Deny'),
    }),
  )
  const { outcome, children } = explainPlain(root, requestOf(''), { now, limits: defaultLimits })
  expect(outcome).toBe('Permit')
  expect(children.map(({ of, outcome: each }) => [of.id, each])).toEqual([
    ['no', 'NotApplicable'],
    ['yes', 'Permit'],
  ])
})

test.each([
  ['values alone', [literal('integer', '2'), literal('integer', '1')], 'Permit'],
  ['a bag among values', [literal('integer', '2'), bagOf('integer', 'urn:none')], 'NotApplicable'],
])('any-of-any of %s', (_, args, decision) => {
  const greater = '<Function FunctionId="urn:oasis:names:tc:xacml:1.0:function:integer-greater-than"/>'
  expect(decide(policy({ rules: rule('r', 'Permit', apply('3.0:any-of-any', greater, ...args)) }))).toEqual([decision])
})

interface Sources {
  readonly findAttribute?: FindAttribute
  readonly hierarchy?: Hierarchy
}

function decide(xml: string, categories = '', sources: Sources = {}): string[] {
  return ask(xml, categories, {}, sources).results.map(({ decision }) => decision)
}

/** Asks both evaluators. They count steps differently, so limits of their own are given to the plain one alone. */
function ask(xml: string, categories = '', limits: Partial<Limits> = {}, sources: Sources = {}): Response {
  const root = read(xml)
  const request = requestOf(categories)
  const options = { now, limits: { ...defaultLimits, ...limits }, ...sources }
  const plain = evaluatePlain(root, request, options)
  const compiled = compile(root)
  if (!compiled.ok) throw new Error('a checked policy compiles')
  if (limits.steps === undefined) {
    expect(printResponseXml(evaluate(compiled.value, request, options))).toBe(printResponseXml(plain))
  }
  return plain
}

function read(xml: string): Policy | PolicySet {
  const parsed = parsePolicy(xml)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '))
  const errors = checkPolicy(parsed.value, { limits: defaultLimits }).filter(({ severity }) => severity === 'error')
  expect(errors).toEqual([])
  return parsed.value
}

function requestOf(categories: string) {
  const parsed = parseRequestXml(
    `<Request xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" ReturnPolicyIdList="false" CombinedDecision="false">${categories || category(resource, '')}</Request>`,
  )
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '))
  return parsed.value
}

function category(id: string, attributes: string): string {
  return `<Attributes Category="${id}">${attributes}</Attributes>`
}

function attribute(id: string, type: string, text: string, include = false): string {
  return `<Attribute AttributeId="${id}" IncludeInResult="${include}">${literal(type, text)}</Attribute>`
}

function selector(path: string, context: string): string {
  return `<AttributeSelector MustBePresent="false" Category="${resource}" Path="${path}" ContextSelectorId="${context}" DataType="${xsd('string')}"/>`
}

describe('n-of stops as soon as it is decided', () => {
  const broken = apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'urn:gone', true))
  const yes = literal('boolean', 'true')
  const no = literal('boolean', 'false')

  test.each([
    ['enough are true', '1', [yes, broken], 'Permit'],
    ['too few are left', '2', [no, no, broken], 'NotApplicable'],
    ['too few are left after an error', '2', [no, broken, no], 'Indeterminate'],
    ['none is needed', '0', [broken], 'Permit'],
    ['more than there are', '2', [yes], 'Indeterminate'],
    ['fewer than none', '-1', [yes], 'Indeterminate'],
  ])('%s', (_, needed, args, decision) => {
    const condition = apply('1.0:n-of', literal('integer', needed), ...args)
    expect(decide(policy({ rules: rule('r', 'Permit', condition) }))).toEqual([decision])
  })
})

describe('an algorithm that knows one Indeterminate hands no kind on (section C.1)', () => {
  const broken = rule(
    'r',
    'Permit',
    apply('1.0:string-is-in', literal('string', 'x'), bagOf('string', 'urn:gone', true)),
  )
  const permit = policy({ id: 'permit', rules: rule('r', 'Permit') })
  const under = (child: string) => policySet({ children: child + permit })

  test.each([
    ['3.0:rule-combining-algorithm:deny-overrides', 'Permit'],
    ['1.0:rule-combining-algorithm:first-applicable', 'Indeterminate'],
    ['1.0:rule-combining-algorithm:deny-overrides', 'Indeterminate'],
    ['1.1:rule-combining-algorithm:ordered-permit-overrides', 'Indeterminate'],
  ])('%s beside a Permit: %s', (algorithm, decision) => {
    expect(decide(under(policy({ algorithm, rules: broken })))).toEqual([decision])
  })

  test.each(['1.0:policy-combining-algorithm:only-one-applicable', '1.0:policy-combining-algorithm:first-applicable'])(
    '%s beside a Permit: Indeterminate',
    (algorithm) => {
      const inner = policySet({ id: 'inner', algorithm, children: policy({ rules: broken }) })
      expect(decide(under(inner))).toEqual(['Indeterminate'])
    },
  )
})
