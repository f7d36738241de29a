/** deep: policy sets in policy sets, first-applicable throughout: 111 sets, 266 policies, 298 rules, 671 matches. */
import type * as model from '../../../src/xacml/model/policy.ts'
import type { Request } from '../../../src/xacml/model/request.ts'
import * as b from './build.ts'
import type { Random } from './random.ts'

const firstApplicable = b.policyCombining('first-applicable', '1.0')
const attributes = Array.from({ length: 14 }, (_, i) =>
  b.designator([b.subject, b.resource, b.action][i % 3]!, `urn:deep:${i}`),
)
const valueOfAttribute = (random: Random) => `v${random.integer(6)}`

/** Each set tests the attribute of its level; each policy and rule one or two further ones. */
export function deepPolicySet(random: Random): model.PolicySet {
  const left = { sets: 110, policies: 266, rules: 298, matches: 671 }
  const take = (what: keyof typeof left) => left[what]-- > 0
  const tests = (level: number, count: number) => {
    const anyOf: model.AnyOf[] = []
    for (let i = 0; i < count && take('matches'); i++) {
      anyOf.push(b.anyOf(b.match(attributes[(level * 3 + i) % attributes.length]!, valueOfAttribute(random))))
    }
    return b.target(...anyOf)
  }
  const policyAt = (level: number): model.Policy =>
    b.policy(`policy-${left.policies}`, {
      combiningAlgorithm: b.ruleCombining('first-applicable', '1.0'),
      target: tests(level, 1),
      rules: Array.from({ length: random.next() < 0.12 ? 2 : 1 }).flatMap(() =>
        take('rules')
          ? [b.rule(`rule-${left.rules}`, random.next() < 0.5 ? 'Permit' : 'Deny', { target: tests(level + 1, 1) })]
          : [],
      ),
    })
  const setAt = (level: number): model.PolicySet => {
    const target = level === 0 ? b.target() : tests(level, 1)
    const children: model.PolicySetChild[] = []
    const sets = level === 0 ? 10 : level < 3 ? 3 : 0
    for (let i = 0; i < sets && take('sets'); i++) children.push(setAt(level + 1))
    for (let i = 0; i < 3 && take('policies'); i++) children.push(policyAt(level + 1))
    return b.policySet(`set-${left.sets}-${level}`, { combiningAlgorithm: firstApplicable, target, children })
  }
  return setAt(0)
}

export function deepRequests(count: number, random: Random): readonly Request[] {
  return Array.from({ length: count }, () =>
    b.request(
      ...[b.subject, b.resource, b.action].map((category) => ({
        category,
        attributes: attributes
          .filter((one) => one.category === category)
          .map((one) => b.attribute(one.attributeId, valueOfAttribute(random))),
      })),
    ),
  )
}
