/**
 * What would have permitted a refused request. The search follows the combining algorithms down to facts and gathers the
 * smallest sets of them; then each set is supposed to be otherwise and the policy evaluated under that supposition, so
 * that nothing is reported which is not so.
 */
import type { Resolve } from '../evaluating/context.ts'
import { explainPlain } from '../evaluating/evaluate-plain.ts'
import type { Policy, PolicySet } from '../model/policy.ts'
import type { Request } from '../model/request.ts'
import { beginExamining } from './examining.ts'
import type { ExplainOptions } from './explain.ts'
import type { Change, Fact } from './explanation.ts'
import { factText } from './fact-text.ts'
import { searchWays } from './search-ways.ts'
import { suppose } from './suppose.ts'
import { type Flip, holds, type Way } from './ways.ts'

const changesReported = 5
const waysTried = 32

export function findChanges(policy: Policy | PolicySet, request: Request, options: ExplainOptions): readonly Change[] {
  const examining = beginExamining(policy, request, options)
  const { ways, facts } = searchWays(policy, examining, options.isFixed ?? (() => false))
  const found: Way[] = []
  for (const way of ways.slice(0, waysTried)) {
    if (found.length >= changesReported) break
    if (way.length === 0 || found.some((one) => holds(way, one))) continue
    if (permitsUnder(way, policy, request, options)) found.push(way)
  }
  const describe = ({ key, to }: Flip): Fact => {
    const asked = facts.get(key)
    if (asked === undefined) throw new Error('a way rests on a fact that nobody asked')
    const { fact, within, at } = asked
    return { text: factText(fact, to, examining, options.names), policy: within, at }
  }
  return found.map((way) => ({ facts: way.map(describe).sort(byPosition) }))
}

const byPosition = (a: Fact, b: Fact): number => a.at.line - b.at.line || a.at.column - b.at.column

function permitsUnder(way: Way, policy: Policy | PolicySet, request: Request, options: ExplainOptions): boolean {
  const supposed = suppose(new Map(way.map(({ key, to }) => [key, to])))
  const resolve: Resolve = (reference) => {
    const found = options.resolve?.(reference)
    return found && supposed(found)
  }
  return explainPlain(supposed(policy), request, { ...options, resolve }).outcome === 'Permit'
}
