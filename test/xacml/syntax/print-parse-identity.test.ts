/** Printing and then reading gives back the same model: for each form, over arbitrary models. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Outcome } from '../../../src/xacml/problems.ts'
import {
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
} from '../../../src/xacml/syntax/index.ts'
import { comparable, policy, policySet, requests, responses } from './models.ts'

function holds<T>(models: fc.Arbitrary<T>, print: (model: T) => string, parse: (text: string) => Outcome<T>): void {
  fc.assert(
    fc.property(models, (model) => {
      const text = print(model)
      const read = parse(text)
      expect(read.ok ? comparable(read.value) : { problems: read.problems, text }).toEqual(comparable(model))
    }),
    { numRuns: 150 },
  )
}

describe('print and parse', () => {
  test('a policy', () =>
    holds(
      policy,
      printPolicy,
      parsePolicy as (text: string) => Outcome<typeof policy extends fc.Arbitrary<infer P> ? P : never>,
    ))
  test('a policy set', () =>
    holds(
      policySet,
      printPolicy,
      parsePolicy as (text: string) => Outcome<typeof policySet extends fc.Arbitrary<infer P> ? P : never>,
    ))
  test('a request as XML', () => holds(requests(false), printRequestXml, parseRequestXml))
  test('a request as JSON', () => holds(requests(true), printRequestJson, parseRequestJson))
  test('a response as XML', () => holds(responses, printResponseXml, parseResponseXml))
  test('a response as JSON', () => holds(responses, printResponseJson, parseResponseJson))
})
