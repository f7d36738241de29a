import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  assemble,
  checkPolicy,
  coverRules,
  type DecisionCase,
  defaultLimits,
  mutatePolicy,
  type Policy,
  type PolicySet,
  parseCases,
  parsePolicy,
  printPolicy,
  runCases,
  scoreMutants,
} from '../../../src/xacml/index.ts'
import { arbitraryPolicy } from '../../properties/differential/arbitrary-policy.ts'
import { apply, bagOf, literal, policy, policySet, rule } from '../policies.ts'

const parsed = (text: string): Policy | PolicySet => {
  const outcome = parsePolicy(text)
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  return outcome.value
}

const isIn = (value: string) => apply('1.0:string-is-in', literal('string', value), bagOf('string', 'who'))
const simple = parsed(
  policy({
    rules:
      rule('deny', 'Deny', isIn('mallory')) + rule('permit', 'Permit', apply('1.0:or', isIn('alice'), isIn('bob'))),
  }),
)
const who = (...values: string[]) => ({ AccessSubject: { Attribute: [{ AttributeId: 'who', Value: values }] } })

function casesOf(file: object): readonly [DecisionCase, ...DecisionCase[]] {
  const outcome = parseCases(JSON.stringify(file))
  if (!outcome.ok) throw new Error(outcome.problems.map(({ message }) => message).join('\n'))
  return outcome.value.cases
}

describe('reading cases', () => {
  it.each<[string, object | string, RegExp]>([
    ['no JSON', '{', /not JSON/],
    ['a list', [], /must be an object/],
    ['no cases', { cases: [] }, /`cases` must be a list/],
    [
      'an unknown member',
      { cases: [{ description: 'd', decision: 'Permit', expected: 1 }] },
      /unknown member `expected`/,
    ],
    ['no decision', { cases: [{ description: 'd', request: {} }] }, /`decision` of case 1 \(d\) must be one of/],
    ['another decision', { cases: [{ description: 'd', decision: 'Maybe' }] }, /must be one of Permit, Deny/],
    [
      'a bad request',
      { cases: [{ description: 'd', decision: 'Deny', request: { Subject: [] } }] },
      /`request` of case 1/,
    ],
    [
      'a time without a zone',
      { cases: [{ description: 'd', decision: 'Deny', now: '2026-01-01T00:00:00' }] },
      /time zone/,
    ],
    [
      'an unknown name',
      { cases: [{ description: 'd', decision: 'Deny', obligations: ['x'] }] },
      /`x` is not in `named`/,
    ],
  ])('refuses %s', (_, file, message) => {
    const outcome = parseCases(typeof file === 'string' ? file : JSON.stringify(file))
    expect(outcome.ok ? [] : outcome.problems.map((problem) => problem.message).join('\n')).toMatch(message)
  })

  it('gives each case what is common, unless it says otherwise', () => {
    const common = { ...who('alice'), Action: { Attribute: [{ AttributeId: 'act', Value: 'read' }] } }
    const [kept, replaced, removed] = casesOf({
      common,
      cases: [
        { description: 'kept', request: {}, decision: 'Permit' },
        { description: 'replaced', request: who('bob'), decision: 'Permit' },
        { description: 'removed', request: who(), decision: 'NotApplicable' },
      ],
    })
    const texts = (one: DecisionCase | undefined) =>
      one?.request.categories
        .flatMap(({ attributes }) => attributes.map(({ id, values }) => [id, values[0]?.value]))
        .sort()
    expect(texts(kept)).toEqual([
      ['act', 'read'],
      ['who', 'alice'],
    ])
    expect(texts(replaced)).toEqual([
      ['act', 'read'],
      ['who', 'bob'],
    ])
    expect(texts(removed)).toEqual([['act', 'read']])
  })
})

describe('running cases', () => {
  const run = (one: object) =>
    runCases(assemble(simple), casesOf({ cases: [{ description: 'd', ...one }] }))[0]?.differences

  it.each<[object, readonly RegExp[]]>([
    [{ request: who('alice'), decision: 'Permit', rules: ['permit'] }, []],
    [{ request: who('alice'), decision: 'Permit', rules: ['p/permit'] }, []],
    [{ request: who('alice'), decision: 'Deny' }, [/decision is Permit, expected Deny/]],
    [
      { request: who('mallory', 'bob'), decision: 'Deny', rules: ['permit'] },
      [/`p\/deny` decided/, /`permit` did not/],
    ],
    [{ request: who('alice'), decision: 'Permit', status: 'syntax-error' }, [/status is/]],
    [{ request: who('alice'), decision: 'Permit', obligations: [{ id: 'o' }] }, [/obligations: `o` is missing/]],
  ])('%j', (one, differences) => {
    const found = run(one) ?? []
    expect(found).toHaveLength(differences.length)
    differences.forEach((difference, i) => {
      expect(found[i]).toMatch(difference)
    })
  })

  it('refuses a case that asks several questions', () => {
    const twice = { AccessSubject: [who('alice').AccessSubject, who('bob').AccessSubject] }
    expect(run({ request: twice, decision: 'Permit' })).toEqual([
      'a case asks one question, and this request asks several',
    ])
  })

  it('counts which rules applied, did not, and decided', () => {
    const cases = casesOf({
      cases: [
        { description: '1', request: who('alice'), decision: 'Permit' },
        { description: '2', request: who('mallory'), decision: 'Deny' },
        { description: '3', request: who(), decision: 'NotApplicable' },
      ],
    })
    const assembly = assemble(simple)
    const counts = coverRules([{ assembly, results: runCases(assembly, cases) }])
    expect(counts.map(({ rule: id, applied, notApplied, decided }) => [id, applied, notApplied, decided])).toEqual([
      ['deny', 1, 2, 1],
      ['permit', 1, 1, 1],
    ])
  })

  it('puts a document in the place of a reference', () => {
    const outer = parsed(policySet({ children: '<PolicySetIdReference>bound</PolicySetIdReference>' }))
    const assembly = assemble(outer, [], new Map([['bound', simple]]))
    const [result] = runCases(
      assembly,
      casesOf({ cases: [{ description: 'd', request: who('bob'), decision: 'Permit' }] }),
    )
    expect(result?.differences).toEqual([])
  })
})

describe('mutants', () => {
  it('are noticed by cases that look, and not by cases that do not', () => {
    const thorough = casesOf({
      cases: [
        { description: '1', request: who('alice'), decision: 'Permit' },
        { description: '2', request: who('bob'), decision: 'Permit' },
        { description: '3', request: who('mallory', 'bob'), decision: 'Deny' },
        { description: '4', request: who('eve'), decision: 'NotApplicable' },
      ],
    })
    expect(scoreMutants([{ assembly: assemble(simple), cases: thorough }]).unnoticed).toEqual([])
    const careless = scoreMutants([{ assembly: assemble(simple), cases: [thorough[0]] }])
    expect(careless.unnoticed.map(({ change }) => change)).toEqual([
      '`p` combines by permit-overrides',
      'drop rule `deny`',
      'rule `deny` has effect Permit',
      '`mallory~` in the place of `mallory`',
      'rule `permit` has no condition',
      'drop argument 2 of `or`',
      '`bob~` in the place of `bob`',
    ])
  })

  it('are as many as the bound, spread over the document', () => {
    const score = scoreMutants(
      [{ assembly: assemble(simple), cases: casesOf({ cases: [{ description: 'd', decision: 'NotApplicable' }] }) }],
      { maximum: 3 },
    )
    expect(score.tried).toBeLessThanOrEqual(3)
    expect(score.possible).toBeGreaterThan(3)
  })

  it('differ from the policy and are the same each time', () => {
    fc.assert(
      fc.property(arbitraryPolicy, (document) => {
        const original = printPolicy(document)
        const mutants = [...mutatePolicy(document)]
        const again = [...mutatePolicy(document)]
        expect(mutants.map(({ change }) => change)).toEqual(again.map(({ change }) => change))
        for (const mutant of mutants.slice(0, 20)) {
          const isSound = checkPolicy(mutant.document, { limits: defaultLimits }).every(
            ({ severity }) => severity !== 'error',
          )
          if (isSound) expect(printPolicy(mutant.document)).not.toBe(original)
        }
      }),
      { numRuns: 20 },
    )
  })
})
