/**
 * A bug is not an Indeterminate, which a policy could turn into a Permit: it escapes the engine, and the request is refused
 * with 500. The bug is one function of a copy of the table; everything else is as it runs.
 */
import { beforeAll, describe, expect, test, vi } from 'vitest'
import type { FunctionRow, StrictFunction } from '../../src/xacml/functions/row.ts'
import {
  compile,
  defaultLimits,
  evaluate,
  evaluatePlain,
  explain,
  parsePolicy,
  type Request,
} from '../../src/xacml/index.ts'
import {
  actionCategory,
  actionId,
  allOf,
  anyOf,
  isAction,
  isResource,
  makeResource,
  mintCast,
  paths,
  policyText,
  registerOwner,
  rule as ruleWithTarget,
  usualAllowances,
  withGateway,
} from '../support/gateway.ts'
import { apply, bagOf, fn, literal, policy, rule, subject, xsd } from '../xacml/policies.ts'

const broken = '2.0:rfc822Name-regexp-match'

vi.mock('../../src/xacml/functions/index.ts', async (original) => {
  const { functions } = await original<typeof import('../../src/xacml/functions/index.ts')>()
  const call = () => {
    throw new TypeError('a bug')
  }
  const id = 'urn:oasis:names:tc:xacml:2.0:function:rfc822Name-regexp-match'
  const row = functions.get(id) as StrictFunction
  return { functions: new Map<string, FunctionRow>([...functions, [id, { ...row, call, callWith: () => call }]]) }
})

const now = '2026-01-01T12:00:00Z'
const addresses = bagOf('rfc822Name', 'mail')
const pattern = literal('string', 'a')
const one = apply('1.0:rfc822Name-one-and-only', addresses)
const match = `<Match MatchId="urn:oasis:names:tc:xacml:2.0:function:rfc822Name-regexp-match">${pattern}${addresses}</Match>`
const obligation = `<ObligationExpressions><ObligationExpression ObligationId="o" FulfillOn="Deny"><AttributeAssignmentExpression AttributeId="x">${apply(broken, pattern, one)}</AttributeAssignmentExpression></ObligationExpression></ObligationExpressions>`

const request: Request = {
  returnPolicyIdList: false,
  combinedDecision: false,
  categories: [
    {
      category: subject,
      attributes: [
        {
          id: 'mail',
          includeInResult: false,
          values: [
            { dataType: 'urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name', value: { local: 'a', domain: 'b' } },
          ],
        },
      ],
    },
  ],
}

/** All under an algorithm that makes a Permit of every error. */
const algorithm = '3.0:rule-combining-algorithm:permit-unless-deny'
const places: readonly (readonly [string, string])[] = [
  ['a condition', policy({ algorithm, rules: rule('r', 'Deny', apply(broken, pattern, one)) })],
  [
    'a higher-order function',
    policy({ algorithm, rules: rule('r', 'Deny', apply('3.0:any-of', fn(broken), pattern, addresses)) }),
  ],
  ['a target', policy({ algorithm, rules: rule('r', 'Deny'), target: `<AnyOf><AllOf>${match}</AllOf></AnyOf>` })],
  ['an obligation', policy({ algorithm, rules: rule('r', 'Deny', '', obligation) })],
]

describe.each(places)('a bug in a function of %s', (_, xml) => {
  const text = xml.replaceAll(xsd('rfc822Name'), 'urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name')
  const parsed = parsePolicy(text, defaultLimits)
  if (!parsed.ok) throw new Error(parsed.problems[0].message)
  const options = { now, limits: defaultLimits }

  test('escapes both evaluators, and leaves nothing behind', () => {
    const compiled = compile(parsed.value)
    if (!compiled.ok) throw new Error(compiled.problems[0].message)
    const harmless = { ...request, categories: [] }
    for (let i = 0; i < 3; i++) {
      expect(() => evaluatePlain(parsed.value, request, options)).toThrow('a bug')
      expect(() => explain(parsed.value, request, options)).toThrow('a bug')
      expect(() => evaluate(compiled.value, request, options)).toThrow('a bug')
      const [plain] = evaluatePlain(parsed.value, harmless, options).results
      expect(evaluate(compiled.value, harmless, options).results[0]?.decision).toBe(plain?.decision)
    }
  })
})

test('a source of attributes that fails escapes too', () => {
  const parsed = parsePolicy(places[0]![1], defaultLimits)
  if (!parsed.ok) throw new Error(parsed.problems[0].message)
  const compiled = compile(parsed.value)
  if (!compiled.ok) throw new Error(compiled.problems[0].message)
  const findAttribute = () => {
    throw new Error('the source is away')
  }
  const options = { now, limits: defaultLimits, findAttribute }
  expect(() => evaluatePlain(parsed.value, { ...request, categories: [] }, options)).toThrow('the source is away')
  expect(() => evaluate(compiled.value, { ...request, categories: [] }, options)).toThrow('the source is away')
})

describe('in the gateway', () => {
  const gateway = withGateway()
  const resource = 'with-a-bug'
  let cast: Awaited<ReturnType<typeof mintCast>>

  beforeAll(async () => {
    cast = await mintCast(gateway)
    await registerOwner(gateway, cast.owner)
    // nothing that is known before a decision
    const action = apply('1.0:string-one-and-only', bagOf('string', actionId, true, actionCategory))
    const address = apply('2.0:string-concatenate', action, literal('string', '@b'))
    const condition = apply(broken, pattern, apply('3.0:rfc822Name-from-string', address))
    const target = anyOf(allOf(isResource(resource))) + anyOf(allOf(isAction('read')))
    await makeResource(gateway, cast.owner, resource, {
      policy: policyText(resource, {
        rules: ruleWithTarget('broken', 'Deny', target, `<Condition>${condition}</Condition>`),
        allow: usualAllowances,
      }),
    })
  })

  test('a decision that meets the bug is answered 500, and the next one as it should be', async () => {
    const transfers = `${paths.transfers}?resourceId=${resource}`
    const { status, text } = await gateway.call('GET', transfers, { token: cast.recipient })
    expect(status).toBe(500)
    expect(text).not.toContain('a bug')
    expect(
      (await gateway.call('GET', `${paths.transfers}?resourceId=none`, { token: cast.recipient })).status,
    ).toBeLessThan(500)
  })
})
