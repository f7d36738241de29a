/** The compiled evaluator answers what the plain one answers: decision, kind of Indeterminate, status, obligations, ids. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { type CompiledPolicy, compile } from '../../../src/xacml/compiling/compile.ts'
import { evaluate } from '../../../src/xacml/compiling/evaluate.ts'
import { createPolicyIndex } from '../../../src/xacml/compiling/policy-index.ts'
import { createVocabulary, type Vocabulary } from '../../../src/xacml/compiling/vocabulary.ts'
import type { Resolve } from '../../../src/xacml/evaluating/context.ts'
import { evaluatePlain } from '../../../src/xacml/evaluating/evaluate-plain.ts'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import type { Policy, PolicyReference, PolicySet } from '../../../src/xacml/model/policy.ts'
import type { Result } from '../../../src/xacml/model/response.ts'
import { arbitraryBound, arbitraryPolicy } from './arbitrary-policy.ts'
import { arbitraryRequest } from './arbitrary-request.ts'

const nightly = process.env.NIGHTLY === '1'
const policies = nightly ? 20_000 : 700
const requestsPerPolicy = 6
const now = '2026-01-01T12:00:00Z'

const compiled = (policy: Policy | PolicySet, options: Parameters<typeof compile>[1]) => {
  const outcome = compile(policy, options)
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  return outcome.value
}

const comparable = ({ determining: _, ...result }: Result & { determining?: unknown }): unknown => result

/** The same policy set, its children put in one by one: back to front, with others that go away again in between. */
function changedInto(policy: PolicySet, resolve: Resolve, vocabulary: Vocabulary): CompiledPolicy {
  const index = createPolicyIndex({ ...policy, children: [] }, { vocabulary })
  const whole = policy.children.flatMap((child) =>
    child.kind === 'Policy' || child.kind === 'PolicySet' ? [compiled(child, { resolve, vocabulary })] : [],
  )
  let next: string | undefined
  for (let i = whole.length - 1; i >= 0; i--) {
    const other = whole[(i + 1) % whole.length]!
    index.put(`${i}`, i % 3 === 0 ? other : whole[i]!, next)
    index.put(`${i}-other`, other, i % 2 === 0 ? `${i}` : undefined)
    next = `${i}`
  }
  whole.forEach((child, i) => {
    if (i % 3 === 0) index.put(`${i}`, child)
    index.remove(`${i}-other`)
  })
  return index.compiled
}

const withoutReferences = (policy: Policy | PolicySet): policy is PolicySet =>
  policy.kind === 'PolicySet' && policy.children.every((child) => child.kind === 'Policy' || child.kind === 'PolicySet')

describe('compiled against plain', () => {
  it('gives the same results, with references resolved and with references bound', {
    timeout: nightly ? 3_600_000 : 60_000,
  }, () => {
    const seen = new Map<string, number>()
    fc.assert(
      fc.property(
        arbitraryPolicy,
        arbitraryBound,
        fc.array(arbitraryRequest, { minLength: requestsPerPolicy, maxLength: requestsPerPolicy }),
        (policy, bound, requests) => {
          const resolve = ({ id }: PolicyReference) => (id === 'bound' ? bound : undefined)
          const vocabulary = createVocabulary()
          const resolved = compiled(policy, { resolve, vocabulary })
          const open = compiled(policy, { open: new Set(['bound', 'nowhere']), vocabulary })
          const linear = compiled(policy, {
            resolve,
            vocabulary: createVocabulary({ slots: 3, keys: 5 }),
            index: false,
          })
          const sieved = compiled(policy, { resolve, vocabulary, index: 'sieve' })
          const changed = withoutReferences(policy) ? changedInto(policy, resolve, vocabulary) : resolved
          const bindings = new Map([['bound', compiled(bound, { vocabulary })]])
          for (const request of requests) {
            const plain = evaluatePlain(policy, request, { now, limits: defaultLimits, resolve }).results
            const key = `${plain[0]!.decision}${plain[0]!.extended ?? ''}`
            seen.set(key, (seen.get(key) ?? 0) + 1)
            expect(evaluate(resolved, request, { now }).results.map(comparable)).toStrictEqual(plain)
            expect(evaluate(open, request, { now, bindings }).results.map(comparable)).toStrictEqual(plain)
            expect(evaluate(changed, request, { now }).results.map(comparable)).toStrictEqual(plain)
            expect(evaluate(sieved, request, { now }).results.map(comparable)).toStrictEqual(plain)
            expect(evaluate(linear, request, { now }).results.map(comparable)).toStrictEqual(plain)
          }
        },
      ),
      { numRuns: policies },
    )
    // Every outcome occurs often: the comparison is not one of a single answer with itself.
    for (const outcome of ['Permit', 'Deny', 'NotApplicable', 'IndeterminateP', 'IndeterminateD', 'IndeterminateDP']) {
      expect(seen.get(outcome) ?? 0, outcome).toBeGreaterThan((policies * requestsPerPolicy) / 400)
    }
  })
})
