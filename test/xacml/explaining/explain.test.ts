import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assemble,
  checkPolicy,
  defaultLimits,
  type ExplainedElement,
  type Explanation,
  evaluatePlain,
  explain,
  type Policy,
  type PolicyReference,
  type PolicySet,
  parsePolicy,
  parseRequestJson,
  printExplanation,
  type Request,
} from '../../../src/xacml/index.ts'
import { arbitraryBound, arbitraryPolicy } from '../../properties/differential/arbitrary-policy.ts'
import { arbitraryRequest } from '../../properties/differential/arbitrary-request.ts'
import { apply, bagOf, literal, policy, policySet, rule, subject } from '../policies.ts'

const now = '2026-01-01T12:00:00Z'

const parsed = (text: string): Policy | PolicySet => {
  const outcome = parsePolicy(text)
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  expect(checkPolicy(outcome.value, { limits: defaultLimits }).filter(({ severity }) => severity === 'error')).toEqual(
    [],
  )
  return outcome.value
}

function requestOf(attributes: Readonly<Record<string, unknown>>): Request {
  const Attribute = Object.entries(attributes).map(([AttributeId, Value]) => ({ AttributeId, Value }))
  const outcome = parseRequestJson(JSON.stringify({ Request: { AccessSubject: { Attribute } } }))
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  return outcome.value
}

const match = (attribute: string, value: string): string =>
  `<Match MatchId="urn:oasis:names:tc:xacml:1.0:function:string-equal">${literal('string', value)}${bagOf('string', attribute, false, subject)}</Match>`
const anyOf = (...allOf: readonly (readonly string[])[]): string =>
  `<AnyOf>${allOf.map((matches) => `<AllOf>${matches.join('')}</AllOf>`).join('')}</AnyOf>`
const isIn = (value: string, attribute: string): string =>
  apply('1.0:string-is-in', literal('string', value), bagOf('string', attribute))

const changesOf = (text: string, attributes: Readonly<Record<string, unknown>>, names?: ReadonlyMap<string, string>) =>
  explain(parsed(text), requestOf(attributes), { now, limits: defaultLimits, ...(names && { names }) }).changes.map(
    ({ facts }) => facts.map((fact) => fact.text),
  )

const targeted = (id: string, effect: 'Permit' | 'Deny', target: string, condition = ''): string =>
  `<Rule RuleId="${id}" Effect="${effect}"><Target>${target}</Target>${condition && `<Condition>${condition}</Condition>`}</Rule>`

describe('what would have permitted', () => {
  it.each<[string, string, Readonly<Record<string, unknown>>, readonly (readonly string[])[]]>([
    [
      'a value that is missing',
      targeted('r', 'Permit', anyOf([match('list', 'x')])),
      {},
      [['subject has no `list` `x`']],
    ],
    [
      'another value',
      targeted('r', 'Permit', anyOf([match('list', 'x')])),
      { list: 'y' },
      [['subject `list` `y` is not `x`']],
    ],
    [
      'one of several values',
      targeted('r', 'Permit', anyOf([match('act', 'read')], [match('act', 'subscribe')])),
      { act: 'write' },
      [['subject `act` `write` is not among `read`, `subscribe`']],
    ],
    [
      'two facts of one rule',
      targeted('r', 'Permit', anyOf([match('act', 'read')]) + anyOf([match('list', 'x')])),
      { act: 'write' },
      [['subject `act` `write` is not `read`', 'subject has no `list` `x`']],
    ],
    [
      'the smaller set first',
      targeted('far', 'Permit', anyOf([match('a', '1'), match('b', '1')])) +
        targeted('near', 'Permit', anyOf([match('c', '1')])),
      {},
      [['subject has no `c` `1`'], ['subject has no `a` `1`', 'subject has no `b` `1`']],
    ],
    [
      'a Deny that is in the way',
      targeted('deny', 'Deny', anyOf([match('a', '1')])) + rule('permit', 'Permit'),
      { a: '1' },
      [['subject `a` is `1`']],
    ],
    [
      'a Deny in the way of a Permit that does not apply either',
      targeted('deny', 'Deny', anyOf([match('a', '1')])) + targeted('permit', 'Permit', anyOf([match('b', '1')])),
      { a: '1' },
      [['subject `a` is `1`', 'subject has no `b` `1`']],
    ],
    [
      'a condition',
      rule('r', 'Permit', apply('1.0:and', isIn('x', 'list'), apply('1.0:not', isIn('y', 'list')))),
      { list: ['y', 'z'] },
      [['subject `list` `y`, `z` has no `x`', 'subject `list` is `y`']],
    ],
    [
      'two bags with nothing in common',
      rule(
        'r',
        'Permit',
        apply('1.0:string-at-least-one-member-of', bagOf('string', 'party'), bagOf('string', 'acts-for')),
      ),
      { party: '1', 'acts-for': ['2', '3'] },
      [['subject `party` `1` is not among subject `acts-for` `2`, `3`']],
    ],
    [
      'an attribute that must be there',
      rule(
        'r',
        'Permit',
        apply('1.0:string-equal', apply('1.0:string-one-and-only', bagOf('string', 'a', true)), literal('string', 'x')),
      ),
      {},
      [['the request has no `a` of type `http://www.w3.org/2001/XMLSchema#string`']],
    ],
    ['nothing, where nothing permits', rule('r', 'Deny'), {}, []],
  ])('%s', (_, rules, attributes, changes) => {
    const found = changesOf(policy({ rules }), attributes)
    const sorted = (sets: readonly (readonly string[])[]) => sets.map((facts) => [...facts].sort())
    expect(sorted(found)).toEqual(sorted(changes))
  })

  it('speaks with the names it is given', () => {
    const rules = targeted('r', 'Permit', anyOf([match('urn:list', 'x')]) + anyOf([match('urn:act', 'read')]))
    const names = new Map([
      ['urn:list', 'access list'],
      ['urn:act', ''],
    ])
    expect(changesOf(policy({ rules }), { 'urn:act': 'write' }, names).flat().sort()).toEqual([
      'subject `write` is not `read`',
      'subject has no access list `x`',
    ])
  })

  it('leaves alone what is fixed', () => {
    const rules =
      targeted('a', 'Permit', anyOf([match('act', 'read')])) + targeted('b', 'Permit', anyOf([match('list', 'x')]))
    const { changes } = explain(parsed(policy({ rules })), requestOf({}), {
      now,
      limits: defaultLimits,
      isFixed: ({ attributeId }) => attributeId === 'act',
    })
    expect(changes.flatMap(({ facts }) => facts.map(({ text }) => text))).toEqual(['subject has no `list` `x`'])
  })

  it('looks through policy sets and references, in the order of first-applicable', () => {
    const inner = policy({ id: 'inner', rules: targeted('r', 'Permit', anyOf([match('b', '1')])) })
    const first = policy({ id: 'first', rules: targeted('d', 'Deny', anyOf([match('a', '1')])) })
    const children = `${first.replace(/ xmlns="[^"]*"/, '')}<PolicyIdReference>inner</PolicyIdReference>`
    const outer = parsed(policySet({ algorithm: '1.0:policy-combining-algorithm:first-applicable', children }))
    const { resolve } = assemble(outer, [parsed(inner)])
    const { changes } = explain(outer, requestOf({ a: '1' }), { now, limits: defaultLimits, resolve })
    expect(changes.map(({ facts }) => facts.map(({ text }) => text).sort())).toEqual([
      ['subject `a` is `1`', 'subject has no `b` `1`'],
    ])
  })

  it('is bounded on policies that are large', () => {
    const rules = Array.from({ length: 3_000 }, (_, i) =>
      targeted(`r${i}`, 'Permit', anyOf([match('a', `${i}`), match('b', `${i}`), match('c', `${i}`)])),
    ).join('')
    const outcome = parsePolicy(policy({ rules }), { ...defaultLimits, policyCharacters: 10_000_000 })
    if (!outcome.ok) throw new Error(outcome.problems[0].message)
    const { changes } = explain(outcome.value, requestOf({ a: '7', b: '7' }), { now, limits: defaultLimits })
    expect(changes.length).toBeLessThanOrEqual(5)
    expect(changes[0]?.facts.map(({ text }) => text)).toEqual(['subject has no `c` `7`'])
  })
})

describe('the tree', () => {
  const text = policy({
    rules:
      targeted('first', 'Permit', anyOf([match('act', 'read')], [match('act', 'list')]), isIn('x', 'list')) +
      rule('second', 'Deny', isIn('y', 'list')),
  })

  it('says what each element came to, what it saw and where it stands', () => {
    const { tree, decision, rules } = explain(parsed(text), requestOf({ act: 'list', list: ['y'] }), {
      now,
      limits: defaultLimits,
    })
    expect(decision).toBe('Deny')
    expect(rules.map(({ policy: id, rule: name }) => [id, name])).toEqual([['p', 'second']])
    const [first, second] = tree.children
    expect([first?.outcome, first?.target?.verdict, second?.outcome]).toEqual(['NotApplicable', 'match', 'Deny'])
    expect(first?.target?.anyOf[0]?.allOf.map(({ matches }) => [matches[0]?.verdict, matches[0]?.saw])).toEqual([
      ['no match', ['list']],
      ['match', ['list']],
    ])
    expect(first?.condition?.values).toEqual(['false'])
    expect(first?.condition?.arguments.map(({ values, isBag }) => [values, isBag])).toEqual([
      [['x'], false],
      [['y'], true],
    ])
    expect(second?.at).toEqual({ line: 1, column: text.indexOf('<Rule RuleId="second"') + 1 })
  })

  it('prints for terminals', () => {
    const explanation = explain(parsed(text), requestOf({ act: 'write' }), { now, limits: defaultLimits })
    const printed = printExplanation(explanation).replaceAll(/ \(\d+:\d+\)/g, '')
    expect(printed).toBe(
      [
        'NotApplicable',
        '  not Permit, since subject `act` `write` is not among `read`, `list`, and subject has no `list` `x`',
        '',
        'Policy p, deny-overrides: NotApplicable',
        '  Rule first, Permit: NotApplicable',
        '    target: no match',
        '      any of: no match',
        '        - string-equal `read`: act is `write`',
        '        - string-equal `list`: act is `write`',
        '  Rule second, Deny: NotApplicable',
        '    condition',
        '      string-is-in = `false`',
        '        `y`',
        '        list = {}',
        '',
      ].join('\n'),
    )
    expect(printExplanation(explanation, { short: true }).split('\n')).toHaveLength(3)
  })
})

describe('on any policy', () => {
  const outcomes = (element: ExplainedElement): number =>
    1 + element.children.reduce((sum, child) => sum + outcomes(child), 0)

  it('explains the decision that is made, and reports only what would have permitted', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(arbitraryPolicy, arbitraryBound, arbitraryRequest, (document, bound, request) => {
        fc.pre(
          request.references === undefined &&
            new Set(request.categories.map(({ category }) => category)).size === request.categories.length,
        )
        const resolve = ({ id }: PolicyReference) => (id === 'bound' ? bound : undefined)
        const [result] = evaluatePlain(document, request, { now, limits: defaultLimits, resolve }).results
        const explanation: Explanation = explain(document, request, { now, limits: defaultLimits, resolve })
        expect([explanation.decision, explanation.extended]).toEqual([result?.decision, result?.extended])
        expect(explanation.status).toEqual(result?.status)
        expect(outcomes(explanation.tree)).toBeGreaterThan(0)
        for (const { facts } of explanation.changes) expect(facts.length).toBeGreaterThan(0)
        expect(printExplanation(explanation)).not.toBe('')
      }),
      { numRuns: 80 },
    )
  })
})
