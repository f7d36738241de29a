/**
 * The index as it is packed and walked: hundreds of policies that differ in a few attributes and in the comparison that
 * their condition begins with, put in, replaced and taken out in any order, against the plain evaluator.
 */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/xacml/compiling/compile.ts'
import { decide } from '../../../src/xacml/compiling/decide.ts'
import type { CombiningNode } from '../../../src/xacml/compiling/node.ts'
import { createPolicyIndex } from '../../../src/xacml/compiling/policy-index.ts'
import { prepare } from '../../../src/xacml/compiling/prepare.ts'
import { createVocabulary, type Vocabulary } from '../../../src/xacml/compiling/vocabulary.ts'
import { evaluatePlain } from '../../../src/xacml/evaluating/evaluate-plain.ts'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import type { Expression, Match, Policy, PolicySet, Rule } from '../../../src/xacml/model/policy.ts'
import type { Request } from '../../../src/xacml/model/request.ts'
import * as b from '../../bench/engine/build.ts'

const now = '2026-01-01T12:00:00Z'
const limits = defaultLimits
/** More values than one window of codes reaches. */
const departments = Array.from({ length: 400 }, (_, i) => `d${i}`)
const actions = ['read', 'write', 'create', 'delete']
const integers = ['0', '1', '2', '3', '9007199254740991', '9007199254740993', '-1']
const doubles = ['0', '-0', '1.5', 'NaN', 'INF', '-INF']
const relations = ['equal', 'greater-than', 'greater-than-or-equal', 'less-than', 'less-than-or-equal']

const rarely = fc.integer({ min: 1, max: 10 }).map((n) => n === 1)

const matchesOf = (name: string, values: readonly string[], most: number): fc.Arbitrary<readonly Match[]> =>
  fc
    .tuple(fc.array(fc.constantFrom(...values), { minLength: 1, maxLength: most }), rarely)
    .map(([some, must]) => some.map((value) => b.match(b.designator(b.subject, name, 'string', must), value)))

const anyOf = fc
  .oneof(
    matchesOf('department', departments, 12),
    matchesOf('action', actions, 2),
    matchesOf('role', ['a', 'b', 'c'], 1),
  )
  .map((matches) => b.anyOf(...matches))

/** A test that no guard can make: it may be in error. */
const other = fc
  .tuple(fc.constantFrom('a', 'd', 'r'), rarely)
  .map(([text, must]) =>
    b.anyOf(b.match(b.designator(b.subject, 'role', 'string', must), text, b.f('3.0', 'string-starts-with'))),
  )

const side = (type: string, texts: readonly string[]): fc.Arbitrary<Expression> =>
  fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom(...texts).map((text) => b.literal(text, type)) },
    {
      weight: 3,
      arbitrary: fc
        .tuple(fc.constantFrom('x', 'y'), rarely)
        .map(([name, must]) =>
          b.apply(b.f('1.0', `${type}-one-and-only`), b.designator(b.resource, `${type}-${name}`, type, must)),
        ),
    },
  )

const comparison = fc
  .constantFrom(['integer', integers] as const, ['double', doubles] as const)
  .chain(([type, texts]) =>
    fc.tuple(fc.constantFrom(...relations), side(type, texts), side(type, texts), fc.constant(type)),
  )
  .map(([relation, left, right, type]) => b.apply(b.f('1.0', `${type}-${relation}`), left, right))

const condition = fc.oneof(
  comparison,
  fc.array(comparison, { minLength: 1, maxLength: 2 }).map((all) => b.apply(b.f('1.0', 'and'), ...all)),
)

const rule: fc.Arbitrary<Rule> = fc
  .record({
    permits: fc.boolean(),
    target: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: fc.array(anyOf, { maxLength: 2 }) },
    ),
    condition: fc.option(condition, { freq: 3, nil: undefined }),
  })
  .map(({ permits, target, condition }) =>
    b.rule('r', permits ? 'Permit' : 'Deny', {
      target: b.target(...target),
      ...(condition !== undefined && { condition: b.condition(condition) }),
    }),
  )

const policy: fc.Arbitrary<Omit<Policy, 'id'>> = fc
  .tuple(fc.array(anyOf, { minLength: 1, maxLength: 3 }), fc.option(other, { freq: 6, nil: undefined }), rule)
  .map(([tests, more, one]) =>
    b.policy('', { target: b.target(...tests, ...(more === undefined ? [] : [more])), rules: [one] }),
  )

/** Rules with targets of their own: what they say when those are in error does not depend on their conditions. */
const rules: fc.Arbitrary<readonly Rule[]> = fc
  .array(
    fc.tuple(fc.array(anyOf, { minLength: 1, maxLength: 3 }), fc.option(other, { freq: 6, nil: undefined }), rule),
    {
      minLength: 20,
      maxLength: 80,
    },
  )
  .map((all) =>
    all.map(([tests, more, one], i) => ({
      ...one,
      id: `r${i}`,
      target: b.target(...tests, ...(more === undefined ? [] : [more])),
    })),
  )

const policies = fc
  .array(policy, { minLength: 20, maxLength: 80 })
  .map((all) => all.map((one, i): Policy => ({ ...one, id: `p${i}` })))

const some = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 5, arbitrary: fc.array(value, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(value, { maxLength: 5 }) },
  )

const values = {
  integer: fc.constantFrom(...integers).map(BigInt),
  double: fc.constantFrom(0, -0, 1.5, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY),
}

const request: fc.Arbitrary<Request> = fc
  .record({
    department: some(fc.constantFrom(...departments)),
    action: some(fc.constantFrom(...actions)),
    role: some(fc.constantFrom('a', 'b', 'c', 'd')),
    integerX: some(values.integer),
    integerY: some(values.integer),
    doubleX: some(values.double),
    doubleY: some(values.double),
  })
  .map((drawn) =>
    b.request(
      {
        category: b.subject,
        attributes: [
          b.attribute('department', ...drawn.department),
          b.attribute('action', ...drawn.action),
          b.attribute('role', ...drawn.role),
        ],
      },
      {
        category: b.resource,
        attributes: [
          b.attribute('integer-x', ...drawn.integerX),
          b.attribute('integer-y', ...drawn.integerY),
          b.attribute('double-x', ...drawn.doubleX),
          b.attribute('double-y', ...drawn.doubleY),
        ],
      },
    ),
  )

const algorithm = fc.constantFrom(
  b.policyCombining('first-applicable', '1.0'),
  b.policyCombining('deny-overrides'),
  b.policyCombining('permit-unless-deny'),
  b.policyCombining('only-one-applicable', '1.0'),
)

const compiled = (policy: Policy | PolicySet, vocabulary: Vocabulary) => {
  const outcome = compile(policy, { vocabulary })
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  return outcome.value
}

const plainly = (set: PolicySet, request: Request) => evaluatePlain(set, request, { now, limits }).results[0]

function decided(policy: ReturnType<typeof compiled>, request: Request) {
  const { determining: _, ...result } = decide(policy, prepare(request, policy.vocabulary), { now })
  return result
}

const requests = fc.array(request, { minLength: 10, maxLength: 10 })

describe('target index', () => {
  it('decides as the plain evaluator does', () => {
    const seen = new Set<string>()
    let trees = 0
    fc.assert(
      fc.property(policies, algorithm, requests, (children, combiningAlgorithm, requests) => {
        const set = b.policySet('all', { combiningAlgorithm, children })
        const whole = compiled(set, createVocabulary())
        if (whole.node.index?.kind === 'Tree') trees += 1
        for (const request of requests) {
          const plain = plainly(set, request)
          expect(decided(whole, request)).toStrictEqual(plain)
          seen.add(plain?.decision ?? '')
        }
      }),
      { numRuns: 120 },
    )
    expect([...seen].sort()).toEqual(['Deny', 'Indeterminate', 'NotApplicable', 'Permit'])
    expect(trees).toBeGreaterThan(60)
  })

  it('decides over rules as the plain evaluator does', () => {
    const combining = fc.constantFrom(
      b.ruleCombining('first-applicable', '1.0'),
      b.ruleCombining('deny-overrides'),
      b.ruleCombining('deny-unless-permit'),
    )
    fc.assert(
      fc.property(rules, combining, requests, (rules, combiningAlgorithm, requests) => {
        const policy = b.policy('all', { combiningAlgorithm, rules })
        const outcome = compile(policy, { vocabulary: createVocabulary(), index: 'tree' })
        if (!outcome.ok) throw new Error(outcome.problems[0].message)
        for (const request of requests) {
          const plain = evaluatePlain(policy, request, { now, limits }).results[0]
          expect(decided(outcome.value, request)).toStrictEqual(plain)
        }
      }),
      { numRuns: 120 },
    )
  })

  it('decides over what is in it, whatever was put in and taken out before', () => {
    const change = fc.record({ which: fc.nat(59), removes: rarely, one: policy })
    fc.assert(
      fc.property(
        policies,
        algorithm,
        fc.array(change, { maxLength: 200 }),
        requests,
        (first, combining, changes, all) => {
          const vocabulary = createVocabulary()
          const frame = b.policySet('all', { combiningAlgorithm: combining })
          const index = createPolicyIndex(frame, { vocabulary })
          const children = new Map<string, Policy>()
          const put = (name: string, one: Policy) => {
            index.put(name, compiled(one, vocabulary))
            children.set(name, one)
          }
          for (const one of first) put(one.id, one)
          for (const { which, removes, one } of changes) {
            const name = `p${which}`
            if (!removes) put(name, { ...one, id: name })
            else expect(index.remove(name)).toBe(children.delete(name))
          }
          const set = { ...frame, children: [...children.values()] }
          for (const request of all) expect(decided(index.compiled, request)).toStrictEqual(plainly(set, request))
        },
      ),
      { numRuns: 40 },
    )
  })

  it('stays as small as what is in it, however often that changes', () => {
    const vocabulary = createVocabulary()
    const index = createPolicyIndex(b.policySet('all', {}), { vocabulary })
    const of = (i: number) =>
      compiled(
        b.policy(`${i}`, {
          target: b.target(b.anyOf(b.match(b.designator(b.subject, 'department'), `d${i}`))),
          rules: [b.rule('r', 'Permit')],
        }),
        vocabulary,
      )
    for (let i = 0; i < 500; i++) index.put(`${i}`, of(i))
    const before = packedOf(index.compiled.node).cells.length
    for (let round = 0; round < 20; round++) for (let i = 0; i < 500; i++) index.put(`${i}`, of(i))
    const { cells, entries, whenEmpty } = packedOf(index.compiled.node)
    expect(cells.length).toBeLessThanOrEqual(before * 4)
    expect(entries.length).toBeLessThan(500 * 2 * 4)
    expect(whenEmpty.length).toBeLessThan(500)
    for (let i = 0; i < 500; i++) index.remove(`${i}`)
    expect(packedOf(index.compiled.node).used).toBeLessThan(3_000)
  })
})

function packedOf({ index }: CombiningNode) {
  if (index?.kind !== 'Tree') throw new Error('the index is no tree')
  return index.packed
}
