import { describe, expect, it } from 'vitest'
import { compile } from '../../../src/xacml/compiling/compile.ts'
import { decide } from '../../../src/xacml/compiling/decide.ts'
import { createPolicyIndex } from '../../../src/xacml/compiling/policy-index.ts'
import { prepare } from '../../../src/xacml/compiling/prepare.ts'
import type { Effect } from '../../../src/xacml/model/policy.ts'
import * as b from '../../bench/engine/build.ts'

const now = '2026-01-01T12:00:00Z'
const role = b.designator(b.subject, 'role')

const child = (name: string, effect: Effect, id = name) => {
  const target = b.target(b.anyOf(b.match(role, name)))
  const outcome = compile(b.policy(id, { target, rules: [b.rule(`${id}-rule`, effect)] }))
  if (!outcome.ok) throw new Error(outcome.problems[0].message)
  return outcome.value
}

const firstApplicable = () =>
  createPolicyIndex(b.policySet('all', { combiningAlgorithm: b.policyCombining('first-applicable', '1.0') }))

const asks = (name: string) => prepare(b.request({ category: b.subject, attributes: [b.attribute('role', name)] }))

describe('createPolicyIndex', () => {
  it('decides over what is in it, and no longer over what was taken out', () => {
    const index = firstApplicable()
    for (let i = 0; i < 50; i++) index.put(`${i}`, child(`role-${i}`, 'Permit'))
    expect(decide(index.compiled, asks('role-17'), { now }).decision).toBe('Permit')
    expect(index.remove('17')).toBe(true)
    expect(index.remove('17')).toBe(false)
    expect(index.size()).toBe(49)
    expect(decide(index.compiled, asks('role-17'), { now }).decision).toBe('NotApplicable')
    expect(decide(index.compiled, asks('role-18'), { now }).decision).toBe('Permit')
  })

  it('keeps the place of what is replaced, and puts in before another', () => {
    const index = firstApplicable()
    for (const name of ['one', 'two', 'three', 'four']) index.put(name, child('a', 'Permit', name))
    const first = () => decide(index.compiled, asks('a'), { now }).determining[1]?.id
    expect(first()).toBe('one')
    index.put('one', child('a', 'Deny', 'one again'))
    expect(first()).toBe('one again')
    index.put('zero', child('a', 'Deny', 'zero'), 'one')
    expect(first()).toBe('zero')
    index.remove('zero')
    expect(first()).toBe('one again')
  })

  it('finds room between neighbours however often one is put there', () => {
    const combiningAlgorithm = b.policyCombining('ordered-permit-overrides')
    const index = createPolicyIndex(b.policySet('all', { combiningAlgorithm }))
    const expected = ['first', 'last']
    for (const name of expected) index.put(name, child('a', 'Deny', name))
    let before = 'last'
    for (let i = 0; i < 300; i++) {
      index.put(`${i}`, child('a', 'Deny', `${i}`), before)
      expected.splice(expected.indexOf(before), 0, `${i}`)
      if (i % 2 === 0) before = `${i}`
    }
    const { determining } = decide(index.compiled, asks('a'), { now })
    expect(determining.flatMap(({ kind, id }) => (kind === 'Policy' ? [id] : []))).toEqual(expected)
  })

  it('takes no other index in, for that changes; one is bound to a reference', () => {
    const inner = firstApplicable()
    inner.put('a', child('a', 'Permit'))
    expect(() => firstApplicable().put('inner', inner.compiled)).toThrow('bound reference')
    const outer = compile(
      b.policySet('outer', { children: [{ kind: 'PolicySetIdReference', id: 'inner', at: { line: 1, column: 1 } }] }),
      {
        open: new Set(['inner']),
      },
    )
    if (!outer.ok) throw new Error(outer.problems[0].message)
    const { value } = outer
    const bindings = new Map([['inner', inner.compiled]])
    const decided = () => decide(value, asks('b'), { now, bindings }).decision
    expect(decided()).toBe('NotApplicable')
    inner.put('b', child('b', 'Deny'))
    expect(decided()).toBe('Deny')
  })
})
