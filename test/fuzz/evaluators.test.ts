/**
 * Whatever the check accepts, both evaluators decide, alike and within bounds; nothing throws. The documents are valid ones
 * with names, values, types, functions and structure exchanged.
 */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import { restorePolicy, storePolicy } from '../../src/xacml/compiling/stored-policy.ts'
import {
  checkPolicy,
  compile,
  defaultLimits,
  evaluate,
  evaluatePlain,
  expandRequest,
  explain,
  Failure,
  type Limits,
  neededAttributes,
  type Policy,
  type PolicySet,
  parsePolicy,
  parseRequestXml,
  parseResponseJson,
  parseResponseXml,
  printExplanation,
  printResponseJson,
  printResponseXml,
  type Request,
  type Response,
  type Result,
} from '../../src/xacml/index.ts'
import { problemCodes } from '../../src/xacml/problem-codes.ts'
import { effort, nightly, timeout } from './effort.ts'
import { hostileName } from './hostile.ts'
import { xmlChange } from './mutations.ts'
import { pollution } from './prototypes.ts'
import { pairs } from './seeds.ts'

const now = '2026-01-01T12:00:00Z'

const someLimits: fc.Arbitrary<Limits> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ ...defaultLimits, steps: 100_000 }) },
  {
    weight: 1,
    arbitrary: fc.record({ bagSize: fc.nat(3), steps: fc.nat(200), policyDepth: fc.nat(4) }).map((few) => ({
      ...defaultLimits,
      ...few,
    })),
  },
)

const counts = { unread: 0, refused: 0, decided: 0, bounded: 0, slowest: 0 }

/** The two count steps differently where one of them looks at less: a decision that ran out of anything is not compared. */
const isBounded = ({ status }: Result): boolean => /limit `|more than \d+ requests deep/.test(status.message ?? '')

const comparable = ({ determining: _, ...result }: Result & { readonly determining?: unknown }): unknown => result

function readPolicy(text: string, limits: Limits): Policy | PolicySet | undefined {
  const parsed = parsePolicy(text, limits)
  if (!parsed.ok) {
    counts.unread += 1
    return undefined
  }
  const problems = checkPolicy(parsed.value, { limits })
  for (const { code } of problems) expect(problemCodes).toHaveProperty([code])
  if (!problems.some(({ severity }) => severity === 'error')) return parsed.value
  counts.refused += 1
  return undefined
}

function expectAgreement(policy: Policy | PolicySet, request: Request, limits: Limits): void {
  const started = performance.now()
  const compiled = compile(policy, { limits })
  if (!compiled.ok) throw new Error(compiled.problems[0].message)
  const linear = compile(policy, { limits, index: false })
  if (!linear.ok) throw new Error(linear.problems[0].message)
  neededAttributes(compiled.value)

  const plain = evaluatePlain(policy, request, { now, limits })
  const answers = [compiled.value, linear.value].map((one) => evaluate(one, request, { now, limits }))
  counts.slowest = Math.max(counts.slowest, performance.now() - started)
  for (const answer of answers) {
    expect(answer.results).toHaveLength(plain.results.length)
    answer.results.forEach((result, i) => {
      const expected = plain.results[i]!
      counts[isBounded(result) || isBounded(expected) ? 'bounded' : 'decided'] += 1
      if (isBounded(result) || isBounded(expected)) return
      expect(comparable(result)).toStrictEqual(comparable(expected))
    })
  }
  expectPrintable(plain)
}

function expectPrintable(response: Response): void {
  for (const parsed of [
    parseResponseXml(printResponseXml(response), defaultLimits),
    parseResponseJson(printResponseJson(response), defaultLimits),
  ]) {
    if (!parsed.ok) expect(parsed.problems[0].code).toMatch(/-TOO-(?:LARGE|DEEP)$/)
  }
}

describe('any policy and any request', () => {
  it('are refused or decided alike', { timeout }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...pairs), xmlChange, xmlChange, someLimits, (pair, change, other, limits) => {
        const policy = readPolicy(change(pair.policy), limits)
        const request = parseRequestXml(other(pair.request), limits)
        if (policy !== undefined && request.ok) expectAgreement(policy, request.value, limits)
      }),
      effort(400),
    )
  })

  it('may have any names', { timeout }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...pairs), fc.nat(), hostileName, ({ policy, request }, which, name) => {
        const names = [...new Set([...policy.matchAll(/(?:Id|Category|Issuer)="([^"]+)"/g)].map((match) => match[1]!))]
        const old = `"${names[which % names.length]}"`
        const hostile = `"${name.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')}"`
        const read = readPolicy(
          policy.replaceAll(old, () => hostile),
          defaultLimits,
        )
        const asked = parseRequestXml(
          request.replaceAll(old, () => hostile),
          defaultLimits,
        )
        if (read !== undefined && asked.ok) expectAgreement(read, asked.value, defaultLimits)
      }),
      effort(250),
    )
  })

  it('can be stored, and explained when they ask one question', { timeout }, () => {
    const limits = { ...defaultLimits, steps: 20_000 }
    fc.assert(
      fc.property(fc.constantFrom(...pairs), xmlChange, (pair, change) => {
        const policy = readPolicy(change(pair.policy), limits)
        const request = parseRequestXml(pair.request, limits)
        if (policy === undefined) return
        expect(restorePolicy(storePolicy(policy))).toEqual(policy)
        const questions = request.ok ? expandRequest(request.value, limits) : []
        if (questions instanceof Failure || questions.length !== 1 || questions[0]!.failure !== undefined) return
        const explanation = explain(policy, questions[0]!.request, { now, limits })
        const [decided] = evaluatePlain(policy, questions[0]!.request, { now, limits }).results
        expect(explanation.decision).toBe(decided?.decision)
        expect(printExplanation(explanation)).not.toBe('')
      }),
      effort(80),
    )
  })

  afterAll(() => {
    expect(pollution()).toEqual([])
    if (nightly) console.info(JSON.stringify(counts))
  })
})
