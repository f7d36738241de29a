/** Many rules that ask for a few of many attributes each: the sieve, over several words of bits, against the plain evaluator. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/xacml/compiling/compile.ts'
import { evaluate } from '../../../src/xacml/compiling/evaluate.ts'
import { createVocabulary } from '../../../src/xacml/compiling/vocabulary.ts'
import { evaluatePlain } from '../../../src/xacml/evaluating/evaluate-plain.ts'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import type { Designator, Match, Rule } from '../../../src/xacml/model/policy.ts'
import * as b from '../../bench/engine/build.ts'

const now = '2026-01-01T12:00:00Z'
const order = ['greater-than', 'greater-than-or-equal', 'less-than', 'less-than-or-equal', 'equal']
const integers = [
  '-1',
  '0',
  '5',
  '9',
  '10',
  '11',
  '9007199254740990',
  '9007199254740993',
  '123456789012345678901234567890',
]
const names = ['a', 'b', 'c'].map((name) => `urn:${name}`)
const numbers = ['x', 'y'].map((name) => `urn:${name}`)

const mustBePresent = fc.integer({ min: 1, max: 12 }).map((n) => n === 1)
const text = fc.constantFrom('p', 'q', 'r', 'P', 't', 'u', 'v')

const equal: fc.Arbitrary<Match> = fc
  .tuple(fc.constantFrom(...names), text, mustBePresent, fc.boolean())
  .map(([name, value, must, folded]) =>
    b.match(b.designator(b.subject, name, 'string', must), value, folded ? b.ignoringCase : b.stringEqual),
  )

const compared: fc.Arbitrary<Match> = fc
  .tuple(fc.constantFrom(...numbers), fc.constantFrom(...integers), mustBePresent, fc.constantFrom(...order))
  .map(([name, value, must, relation]) =>
    b.match(b.designator(b.resource, name, 'integer', must), value, b.f('1.0', `integer-${relation}`)),
  )

const anyOf = fc.oneof(
  { weight: 3, arbitrary: equal.map((one) => b.anyOf(one)) },
  { weight: 4, arbitrary: compared.map((one) => b.anyOf(one)) },
  { weight: 1, arbitrary: fc.tuple(equal, compared).map((some) => b.anyOf(...some)) },
)

const rules: fc.Arbitrary<readonly Rule[]> = fc
  .array(fc.tuple(fc.array(anyOf, { minLength: 3, maxLength: 6 }), fc.boolean()), { minLength: 64, maxLength: 110 })
  .map((all) =>
    all.map(([tests, permits], i) => b.rule(`${i}`, permits ? 'Permit' : 'Deny', { target: b.target(...tests) })),
  )

const policy = fc
  .tuple(
    rules,
    fc.constantFrom(
      '1.0:first-applicable',
      '3.0:deny-overrides',
      '3.0:permit-unless-deny',
      '3.0:ordered-permit-overrides',
    ),
  )
  .map(([all, algorithm]) => {
    const [version, name] = algorithm.split(':')
    return b.policy('many', { combiningAlgorithm: b.ruleCombining(name!, version!), rules: all })
  })

const some = <T>(value: fc.Arbitrary<T>) =>
  fc.oneof(
    { weight: 4, arbitrary: fc.array(value, { minLength: 1, maxLength: 1 }) },
    { weight: 1, arbitrary: fc.array(value, { maxLength: 4 }) },
  )

const request = fc
  .tuple(
    fc.tuple(...names.map(() => some(fc.oneof(text, fc.constant('s'))))),
    fc.tuple(...numbers.map(() => some(fc.constantFrom(...integers).map(BigInt)))),
  )
  .map(([texts, values]) =>
    b.request(
      { category: b.subject, attributes: names.map((name, i) => b.attribute(name, ...texts[i]!)) },
      { category: b.resource, attributes: numbers.map((name, i) => b.attribute(name, ...values[i]!)) },
    ),
  )

describe('sieve', () => {
  it('decides as the plain evaluator does', () => {
    const seen = new Set<string>()
    fc.assert(
      fc.property(policy, fc.array(request, { minLength: 8, maxLength: 8 }), (policy, requests) => {
        const outcome = compile(policy, { vocabulary: createVocabulary() })
        if (!outcome.ok) throw new Error(outcome.problems[0].message)
        expect(outcome.value.node.index?.kind).toBe('Sieve')
        for (const request of requests) {
          const plain = evaluatePlain(policy, request, { now, limits: defaultLimits }).results
          const results = evaluate(outcome.value, request, { now }).results.map(({ determining: _, ...rest }) => rest)
          expect(results).toStrictEqual(plain)
          seen.add(plain[0]!.decision)
        }
      }),
      { numRuns: 80 },
    )
    expect([...seen].sort()).toEqual(['Deny', 'Indeterminate', 'NotApplicable', 'Permit'])
  })

  it('leaves a bag that is too large to the children', () => {
    const about = (name: string): Designator => b.designator(b.subject, name)
    const rules = Array.from({ length: 90 }, (_, i) =>
      b.rule(`${i}`, 'Permit', {
        target: b.target(
          ...names.filter((_, n) => (i + n) % 2 === 0).map((one) => b.anyOf(b.match(about(one), `${i % 4}`))),
        ),
      }),
    )
    const policy = b.policy('many', { rules })
    const outcome = compile(policy, { vocabulary: createVocabulary(), index: 'sieve' })
    if (!outcome.ok) throw new Error(outcome.problems[0].message)
    const values = Array.from({ length: 5 }, (_, i) => `${i + 10}`)
    const asked = b.request({ category: b.subject, attributes: [b.attribute(names[0]!, ...values)] })
    const limits = { ...defaultLimits, bagSize: 4 }
    const result = evaluate(outcome.value, asked, { now, limits }).results[0]!
    expect(result).toMatchObject({ decision: 'Indeterminate', status: { message: expect.stringContaining('bagSize') } })
  })
})
