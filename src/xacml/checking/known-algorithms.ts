/** Appendix C: the combining algorithm is known, and combines what it is given. */
import { combiningAlgorithms } from '../combining/index.ts'
import type { Policy, PolicySet } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { type Check, error, warning } from './check.ts'

export const knownAlgorithms: Check = function* ({ policies, policySets }) {
  for (const policy of policies) yield* checkAlgorithm(policy, 'rules')
  for (const policySet of policySets) yield* checkAlgorithm(policySet, 'policies')
}

function* checkAlgorithm(
  { combiningAlgorithm, at }: Policy | PolicySet,
  combines: 'rules' | 'policies',
): Iterable<Problem> {
  const row = combiningAlgorithms.get(combiningAlgorithm)
  if (row === undefined) {
    yield error(
      'XACML-UNKNOWN-ALGORITHM',
      at,
      `combining algorithm \`${combiningAlgorithm}\` is not known; use one of appendix C of XACML 3.0`,
    )
  } else if (row.combines !== combines) {
    const wrong = combines === 'rules' ? 'policies, not rules' : 'rules, not policies'
    yield error('XACML-WRONG-ALGORITHM', at, `\`${combiningAlgorithm}\` combines ${wrong}; use its counterpart`)
  } else if (row.successor !== undefined) {
    yield warning(
      'XACML-DEPRECATED',
      at,
      `\`${combiningAlgorithm}\` is planned for deprecation; use \`${row.successor}\``,
    )
  }
}
