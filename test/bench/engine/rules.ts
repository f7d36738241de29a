/** rules-N: one first-applicable policy of many rules, each testing 2 to 4 of 8 attributes for equality or a range. */
import type * as model from '../../../src/xacml/model/policy.ts'
import type { Request } from '../../../src/xacml/model/request.ts'
import * as b from './build.ts'
import type { Random } from './random.ts'

const strings = ['a', 'b', 'c', 'd', 'e'].map((name) => b.designator(b.subject, `urn:rules:${name}`))
const integers = ['x', 'y', 'z'].map((name) => b.designator(b.resource, `urn:rules:${name}`, 'integer'))
const values = Array.from({ length: 40 }, (_, i) => `value-${i}`)

export function rulesPolicy(size: number, random: Random): model.Policy {
  const rules = Array.from({ length: size }, (_, n) => {
    const tests = shuffled([...strings, ...integers], random).slice(0, 2 + random.integer(3))
    return b.rule(`rule-${n}`, n % 2 === 0 ? 'Permit' : 'Deny', {
      target: b.target(...tests.flatMap((one) => testOf(one, random))),
    })
  })
  return b.policy(`rules-${size}`, { combiningAlgorithm: b.ruleCombining('first-applicable', '1.0'), rules })
}

function testOf(one: model.Designator, random: Random): readonly model.AnyOf[] {
  if (!integers.includes(one)) return [b.anyOf(b.match(one, random.pick(values)))]
  const from = random.integer(90)
  return [
    b.anyOf(b.match(one, String(from), b.f('1.0', 'integer-less-than'))),
    b.anyOf(b.match(one, String(from + 10), b.f('1.0', 'integer-greater-than'))),
  ]
}

function shuffled<T>(items: readonly T[], random: Random): readonly T[] {
  return items
    .map((item) => [random.next(), item] as const)
    .sort(([a], [b]) => a - b)
    .map(([, item]) => item)
}

export function rulesRequests(count: number, multiValued: boolean, random: Random): readonly Request[] {
  const some = <T>(draw: () => T): T[] => Array.from({ length: multiValued ? 1 + random.integer(4) : 1 }, draw)
  return Array.from({ length: count }, () =>
    b.request(
      {
        category: b.subject,
        attributes: strings.map((one) => b.attribute(one.attributeId, ...some(() => random.pick(values)))),
      },
      {
        category: b.resource,
        attributes: integers.map((one) => b.attribute(one.attributeId, ...some(() => BigInt(random.integer(100))))),
      },
    ),
  )
}
