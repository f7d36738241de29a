import { describe, expect, it } from 'vitest'
import { type CompileOptions, compile } from '../../../src/xacml/compiling/compile.ts'
import { decide } from '../../../src/xacml/compiling/decide.ts'
import { evaluate } from '../../../src/xacml/compiling/evaluate.ts'
import { neededAttributes } from '../../../src/xacml/compiling/needed-attributes.ts'
import { prepare } from '../../../src/xacml/compiling/prepare.ts'
import { createVocabulary } from '../../../src/xacml/compiling/vocabulary.ts'
import { evaluatePlain } from '../../../src/xacml/evaluating/evaluate-plain.ts'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import type { Policy, PolicySet } from '../../../src/xacml/model/policy.ts'
import * as b from '../../bench/engine/build.ts'

const now = '2026-01-01T12:00:00Z'
const role = b.designator(b.subject, 'role')
const level = b.designator(b.resource, 'level', 'integer', true)

const compiled = (policy: Policy | PolicySet, options: CompileOptions = {}) => {
  const outcome = compile(policy, options)
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  return outcome.value
}

const asks = (...roles: string[]) =>
  b.request({ category: b.subject, attributes: roles.length > 0 ? [b.attribute('role', ...roles)] : [] })

const permitFor = (name: string, parts: Partial<Policy> = {}) =>
  b.policy(`for-${name}`, {
    target: b.target(b.anyOf(b.match(role, name))),
    rules: [b.rule(`permit-${name}`, 'Permit')],
    ...parts,
  })

describe('decide', () => {
  it('names what determined the decision, outermost first', () => {
    const policy = compiled(b.policySet('all', { children: [permitFor('a'), permitFor('b'), permitFor('a')] }))
    const result = decide(policy, prepare(asks('a')), { now })
    expect(result.determining.map(({ kind, id }) => `${kind} ${id}`)).toEqual([
      'PolicySet all',
      'Policy for-a',
      'Rule permit-a',
      'Policy for-a',
      'Rule permit-a',
    ])
  })

  it('leaves overruled children and their obligations out', () => {
    const obligation = b.obligation('told', 'Permit', [{ attributeId: 'x', expression: b.literal('1') }])
    const deny = b.policy('deny', { rules: [b.rule('no', 'Deny')] })
    const policy = compiled(b.policySet('all', { children: [permitFor('a', { obligations: [obligation] }), deny] }))
    const result = decide(policy, prepare(asks('a')), { now })
    expect(result).toMatchObject({ decision: 'Deny', obligations: [] })
    expect(result.determining.map(({ id }) => id)).toEqual(['all', 'deny', 'no'])
  })

  it('is not led astray by a request prepared before the policy was compiled', () => {
    const vocabulary = createVocabulary()
    const names = Array.from({ length: 20 }, (_, i) => `role-${i}`)
    const first = compiled(b.policySet('first', { children: names.slice(0, 10).map((name) => permitFor(name)) }), {
      vocabulary,
    })
    const request = prepare(asks('role-15'), vocabulary)
    expect(decide(first, request, { now }).decision).toBe('NotApplicable')
    const second = compiled(
      b.policySet('second', {
        children: [
          ...names.map((name) => permitFor(name)),
          b.policy('late', { target: b.target(b.anyOf(b.match(level, '1'))) }),
        ],
      }),
      { vocabulary },
    )
    expect(decide(second, request, { now }).decision).toBe('Permit')
    expect(decide(first, request, { now }).decision).toBe('NotApplicable')
  })

  it('refuses a request that was prepared with another vocabulary', () => {
    const policy = compiled(permitFor('a'), { vocabulary: createVocabulary() })
    expect(() => decide(policy, prepare(asks('a')), { now })).toThrow(TypeError)
  })

  it('decides like before after a decision in error', () => {
    const policy = compiled(
      permitFor('a', { rules: [b.rule('r', 'Permit', { target: b.target(b.anyOf(b.match(level, '1'))) })] }),
    )
    const inError = decide(policy, prepare(asks('a')), { now })
    expect(inError).toMatchObject({
      decision: 'Indeterminate',
      extended: 'P',
      status: { missingAttributes: [{ attributeId: 'level' }] },
    })
    expect(decide(compiled(permitFor('a')), prepare(asks('a')), { now }).status.codes).toEqual([
      'urn:oasis:names:tc:xacml:1.0:status:ok',
    ])
  })

  it('gives up a decision that takes too many steps, whatever the policy makes of errors', () => {
    const rules = Array.from({ length: 4 }, (_, i) =>
      b.rule(`r${i}`, 'Deny', { target: b.target(b.anyOf(b.match(role, 'x'))) }),
    )
    const policy = compiled(b.policy('p', { rules, combiningAlgorithm: b.ruleCombining('permit-unless-deny') }))
    const few = decide(policy, prepare(asks('a')), { now, limits: { ...defaultLimits, steps: 2 } })
    expect(few).toMatchObject({ decision: 'Indeterminate', extended: 'DP' })
    expect(decide(policy, prepare(asks('a')), { now }).decision).toBe('Permit')
  })

  it('refuses a bag larger than the limit before any policy is asked, and is itself again after that', () => {
    const policy = compiled(b.policy('p', { combiningAlgorithm: b.ruleCombining('permit-unless-deny') }))
    compiled(permitFor('a'))
    const many = decide(policy, prepare(asks('a', 'b', 'c')), { now, limits: { ...defaultLimits, bagSize: 2 } })
    expect(many).toMatchObject({ decision: 'Indeterminate', extended: 'DP' })
    expect(decide(policy, prepare(asks('a', 'b', 'c')), { now }).decision).toBe('Permit')
  })

  it('asks the source of attributes for what the request does not hold, once', () => {
    let asked = 0
    const findAttribute = ({ attributeId }: { attributeId: string }) => {
      asked += 1
      return attributeId === 'role' ? ['role-3'] : []
    }
    const policy = compiled(
      b.policySet('all', { children: Array.from({ length: 8 }, (_, i) => permitFor(`role-${i}`)) }),
    )
    expect(decide(policy, prepare(asks()), { now, findAttribute }).decision).toBe('Permit')
    expect(asked).toBe(1)
  })
})

describe('access-permitted', () => {
  const actionId = b.designator(b.action, b.actionId)
  const inside = `<Attribute AttributeId="${b.actionId}" IncludeInResult="false"><AttributeValue DataType="${b.xsd}string">read</AttributeValue></Attribute>`
  const asksAgain = b.apply(b.f('3.0', 'access-permitted'), b.literal(b.action, 'anyURI'), b.literal(inside))
  const policy = b.policy('p', {
    rules: [
      b.rule('read', 'Permit', { target: b.target(b.anyOf(b.match(actionId, 'read'))) }),
      b.rule('write', 'Permit', {
        target: b.target(b.anyOf(b.match(actionId, 'write'))),
        condition: b.condition(asksAgain),
      }),
      b.rule('loop', 'Deny', {
        target: b.target(b.anyOf(b.match(actionId, 'loop'))),
        condition: b.condition(
          b.apply(
            b.f('3.0', 'access-permitted'),
            b.literal(b.action, 'anyURI'),
            b.literal(inside.replace('read', 'loop')),
          ),
        ),
      }),
    ],
  })
  const asksTo = (name: string) => b.request({ category: b.action, attributes: [b.attribute(b.actionId, name)] })

  it.each(['read', 'write', 'loop', 'delete'])('asks the whole policy again, like the plain evaluator: %s', (name) => {
    const plain = evaluatePlain(policy, asksTo(name), { now, limits: defaultLimits }).results[0]
    expect(evaluate(compiled(policy), asksTo(name), { now }).results[0]).toMatchObject(plain!)
  })
})

describe('references', () => {
  const reference = { kind: 'PolicyIdReference', at: { line: 1, column: 1 }, id: 'resource' } as const
  const frame = b.policySet('gateway', { children: [reference] })

  it('binds an open reference anew for each decision', () => {
    const policy = compiled(frame, { open: new Set(['resource']) })
    const bound = (name: string) => new Map([['resource', compiled(permitFor(name))]])
    expect(decide(policy, prepare(asks('a')), { now, bindings: bound('a') }).decision).toBe('Permit')
    expect(decide(policy, prepare(asks('a')), { now, bindings: bound('b') }).decision).toBe('NotApplicable')
  })

  it('is Indeterminate where an open reference is unbound, or bound to the wrong kind of element', () => {
    const policy = compiled(frame, { open: new Set(['resource']) })
    const wrong = new Map([['resource', compiled(b.policySet('set', {}))]])
    const expected = {
      decision: 'Indeterminate',
      extended: 'DP',
      status: { codes: ['urn:oasis:names:tc:xacml:1.0:status:processing-error'] },
    }
    expect(decide(policy, prepare(asks('a')), { now })).toMatchObject(expected)
    expect(decide(policy, prepare(asks('a')), { now, bindings: wrong })).toMatchObject(expected)
  })

  it('ends a policy that is bound below itself', () => {
    const itself = { ...frame, children: [{ ...reference, kind: 'PolicySetIdReference' as const }] }
    const policy = compiled(itself, { open: new Set(['resource']) })
    const result = decide(policy, prepare(asks('a')), { now, bindings: new Map([['resource', policy]]) })
    expect(result).toMatchObject({ decision: 'Indeterminate', extended: 'DP' })
  })

  it('warns of a reference to nothing, and ends a circle', () => {
    const outcome = compile(frame)
    expect(outcome.ok && outcome.warnings.map(({ code }) => code)).toEqual(['XACML-UNKNOWN-REFERENCE'])
    const circle: PolicySet = { ...frame, children: [{ ...reference, kind: 'PolicySetIdReference' }] }
    const policy = compiled(circle, { resolve: () => circle })
    expect(evaluate(policy, asks('a'), { now }).results[0]).toMatchObject({ decision: 'Indeterminate', extended: 'DP' })
  })
})

describe('neededAttributes', () => {
  it('lists each designator once, with the strictest MustBePresent', () => {
    const strict = { ...role, mustBePresent: true }
    const rules = [
      b.rule('one', 'Permit', { target: b.target(b.anyOf(b.match(role, 'a'))) }),
      b.rule('two', 'Permit', { target: b.target(b.anyOf(b.match(strict, 'a'))) }),
      b.rule('three', 'Deny', {
        condition: b.condition(
          b.apply(
            b.f('1.0', 'integer-equal'),
            b.apply(b.f('1.0', 'integer-one-and-only'), level),
            b.literal('1', 'integer'),
          ),
        ),
      }),
    ]
    const { attributes, content } = neededAttributes(compiled(b.policy('p', { rules })))
    expect(content).toBe(false)
    expect(attributes.map(({ attributeId, mustBePresent }) => [attributeId, mustBePresent])).toEqual([
      ['role', true],
      ['level', true],
    ])
  })
})
