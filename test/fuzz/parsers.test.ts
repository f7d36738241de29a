/** The readers take any text: they answer, refuse with findings that have a place, and leave everything else alone. */
import fc from 'fast-check'
import { afterAll, describe, expect, it } from 'vitest'
import {
  defaultLimits as limits,
  type Outcome,
  type Problem,
  parsePolicy,
  parseRequestJson,
  parseRequestXml,
  parseResponseJson,
  parseResponseXml,
  printPolicy,
  printRequestJson,
  printRequestXml,
  printResponseJson,
  printResponseXml,
} from '../../src/xacml/index.ts'
import { problemCodes } from '../../src/xacml/problem-codes.ts'
import { effort, nightly, timeout } from './effort.ts'
import { jsonDamage, xmlDamage } from './mutations.ts'
import { pollution } from './prototypes.ts'
import { policies, requests, responses } from './seeds.ts'

interface Reader<T> {
  readonly name: string
  readonly seeds: readonly { readonly text: string }[]
  readonly damage: fc.Arbitrary<(text: string) => string>
  readonly parse: (text: string) => Outcome<T>
  readonly print: (value: T) => string
}

const reader = <T>(one: Reader<T>): Reader<unknown> => one as unknown as Reader<unknown>

const readers: readonly Reader<unknown>[] = [
  reader({
    name: 'policy XML',
    seeds: policies,
    damage: xmlDamage,
    parse: (text) => parsePolicy(text, limits),
    print: printPolicy,
  }),
  reader({
    name: 'request XML',
    seeds: requests.xml,
    damage: xmlDamage,
    parse: (text) => parseRequestXml(text, limits),
    print: printRequestXml,
  }),
  reader({
    name: 'request JSON',
    seeds: requests.json,
    damage: jsonDamage,
    parse: (text) => parseRequestJson(text, limits),
    print: printRequestJson,
  }),
  reader({
    name: 'response XML',
    seeds: responses.xml,
    damage: xmlDamage,
    parse: (text) => parseResponseXml(text, limits),
    print: printResponseXml,
  }),
  reader({
    name: 'response JSON',
    seeds: responses.json,
    damage: jsonDamage,
    parse: (text) => parseResponseJson(text, limits),
    print: printResponseJson,
  }),
]

function expectFinding({ code, message, at }: Problem, text: string): void {
  expect(problemCodes).toHaveProperty([code])
  expect(message).not.toBe('')
  if (at === undefined) return
  expect(at.line).toBeGreaterThanOrEqual(1)
  expect(at.line).toBeLessThanOrEqual(text.split(/\r\n|\r|\n/).length)
  expect(at.column).toBeGreaterThanOrEqual(1)
}

describe.each(readers)('$name', ({ name, seeds, damage, parse, print }) => {
  const counts = { read: 0, refused: 0 }

  it('reads or refuses whatever is made of a valid document', { timeout }, () => {
    fc.assert(
      fc.property(fc.constantFrom(...seeds), damage, ({ text }, change) => {
        const changed = change(text)
        const outcome = parse(changed)
        counts[outcome.ok ? 'read' : 'refused'] += 1
        if (!outcome.ok) for (const problem of outcome.problems) expectFinding(problem, changed)
        else {
          // what was read is printed as something that reads the same
          const again = parse(print(outcome.value))
          if (!again.ok) throw new Error(`${again.problems[0].message} in ${print(outcome.value)}`)
          expect(print(again.value)).toBe(print(outcome.value))
        }
      }),
      effort(250),
    )
  })

  it('reads or refuses any text', { timeout }, () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.json({ maxDepth: 5 }), fc.string({ unit: 'grapheme' }))
    fc.assert(
      fc.property(text, (any) => {
        const outcome = parse(any)
        if (!outcome.ok) for (const problem of outcome.problems) expectFinding(problem, any)
      }),
      { numRuns: 300 },
    )
  })

  afterAll(() => {
    expect(pollution()).toEqual([])
    if (nightly) console.info(`${name}: ${counts.read} read, ${counts.refused} refused`)
  })
})
