/** From "the decision is Permit" down to facts: what each element would have to come to, by its combining algorithm (appendix C). */

import type { Logic } from '../combining/algorithm.ts'
import { denyOverrides } from '../combining/deny-overrides.ts'
import { denyUnlessPermit } from '../combining/deny-unless-permit.ts'
import { firstApplicable } from '../combining/first-applicable.ts'
import { combiningAlgorithms } from '../combining/index.ts'
import { legacyPolicyDenyOverrides, legacyPolicyPermitOverrides } from '../combining/legacy.ts'
import { permitOverrides } from '../combining/permit-overrides.ts'
import { permitUnlessDeny } from '../combining/permit-unless-deny.ts'
import type {
  AllOf,
  AnyOf,
  Designator,
  Expression,
  Match,
  Policy,
  PolicySet,
  PolicySetChild,
  Position,
  Rule,
  Target,
} from '../model/policy.ts'
import { type Examining, examine, examineMatch, mayExamine } from './examining.ts'
import {
  type Asked,
  type AskedFact,
  callKey,
  designatorsIn,
  logicOf,
  matchKey,
  oneOfKey,
  oneOfMatches,
} from './facts.ts'
import { allOf, already, both, either, never, type Way } from './ways.ts'

/** `silent`: NotApplicable. `harmless`: no Deny, and no error that counts as one. */
type Goal = 'permit' | 'silent' | 'harmless'

export interface Searched {
  /** Smallest first; candidates, not yet tried. */
  readonly ways: readonly Way[]
  readonly facts: ReadonlyMap<string, Asked>
}

interface Searching {
  readonly examining: Examining
  readonly isFixed: (attribute: Designator) => boolean
  /** The policy or policy set that is being looked at. */
  readonly within: string
  readonly facts: Map<string, Asked>
  /** Every level asks its children for more than one goal: without this, the work doubles with each level. */
  readonly known: Map<Policy | PolicySet, Partial<Record<Goal, readonly Way[]>>>
}

type Element = Rule | PolicySetChild

export function searchWays(
  policy: Policy | PolicySet,
  examining: Examining,
  isFixed: (attribute: Designator) => boolean,
): Searched {
  const searching: Searching = { examining, isFixed, within: policy.id, facts: new Map(), known: new Map() }
  return { ways: waysOf(policy, 'permit', undefined, searching, 0), facts: searching.facts }
}

function waysOf(
  element: Element,
  goal: Goal,
  policy: Policy | undefined,
  searching: Searching,
  depth: number,
): readonly Way[] {
  if (element.kind === 'Rule') return ruleWays(element, goal, policy, searching)
  const { resolve, limits } = searching.examining.context
  if (depth > limits.policyDepth) return never
  if (element.kind !== 'Policy' && element.kind !== 'PolicySet') {
    const found = resolve(element)
    return found === undefined ? never : waysOf(found, goal, undefined, searching, depth + 1)
  }
  const known = searching.known.get(element) ?? {}
  searching.known.set(element, known)
  known[goal] ??= policyWays(element, goal, { ...searching, within: element.id }, depth)
  return known[goal]
}

function policyWays(of: Policy | PolicySet, goal: Goal, searching: Searching, depth: number): readonly Way[] {
  if (goal === 'permit') {
    const matching = targetWays(of.target, true, searching)
    return matching.length === 0 ? never : both(matching, combinedWays(of, goal, searching, depth))
  }
  const apart = targetWays(of.target, false, searching)
  return apart === already ? already : either(apart, combinedWays(of, goal, searching, depth))
}

function ruleWays(rule: Rule, goal: Goal, policy: Policy | undefined, searching: Searching): readonly Way[] {
  if (goal === 'permit') {
    if (rule.effect === 'Deny') return never
    const matching = targetWays(rule.target, true, searching)
    return matching.length === 0 ? never : both(matching, conditionWays(rule, true, policy, searching))
  }
  if (goal === 'harmless' && rule.effect === 'Permit') return already
  const apart = targetWays(rule.target, false, searching)
  return apart === already ? already : either(apart, conditionWays(rule, false, policy, searching))
}

/* ── combining ───────────────────────────────────────────────────────────────────────────────────────────────── */

function combinedWays(of: Policy | PolicySet, goal: Goal, searching: Searching, depth: number): readonly Way[] {
  const logic: Logic | undefined = combiningAlgorithms.get(of.combiningAlgorithm)?.logic
  const elements: readonly Element[] = of.kind === 'Policy' ? of.rules : of.children
  const policy = of.kind === 'Policy' ? of : undefined
  const ways = (element: Element, wanted: Goal) => waysOf(element, wanted, policy, searching, depth + 1)
  const every = (wanted: Goal): readonly Way[] => allOf(lazily(elements, (element) => ways(element, wanted)))
  const some = (): readonly Way[] => either(...elements.map((element) => ways(element, 'permit')))

  switch (logic) {
    case denyOverrides:
    case legacyPolicyDenyOverrides:
      return goal === 'permit' ? permitOfOne(elements, ways, 'harmless') : every(goal)
    case firstApplicable:
      return goal === 'silent' ? every('silent') : firstThatPermits(elements, ways, goal)
    case permitOverrides:
    case legacyPolicyPermitOverrides:
      return goal === 'permit' ? some() : goal === 'silent' ? every('silent') : either(some(), every('harmless'))
    case denyUnlessPermit:
      return goal === 'silent' ? never : some()
    case permitUnlessDeny:
      return goal === 'silent' ? never : every('harmless')
    default:
      if (logic?.form !== 'only-one-applicable') return never
      return goal === 'permit' ? permitOfOne(elements, ways, 'silent') : every(goal)
  }
}

function* lazily<T, U>(items: Iterable<T>, of: (item: T) => U): Iterable<U> {
  for (const item of items) yield of(item)
}

/** One child permits while every other one is as it must be; most of them are so already. */
function permitOfOne(
  elements: readonly Element[],
  ways: (element: Element, goal: Goal) => readonly Way[],
  others: Goal,
): readonly Way[] {
  const inTheWay = elements
    .map((element) => ({ element, ways: ways(element, others) }))
    .filter((one) => one.ways !== already)
  if (inTheWay.filter((one) => one.ways.length === 0).length > 1) return never
  const candidates = elements.map((element) => {
    const permits = ways(element, 'permit')
    if (permits.length === 0) return never
    return allOf([permits, ...inTheWay.filter((one) => one.element !== element).map((one) => one.ways)])
  })
  return either(...candidates)
}

/** One child permits, and none before it says anything; for `harmless` it may be that none says anything. */
function firstThatPermits(
  elements: readonly Element[],
  ways: (element: Element, goal: Goal) => readonly Way[],
  goal: Goal,
): readonly Way[] {
  let before = already
  const found: (readonly Way[])[] = []
  for (const element of elements) {
    const permits = ways(element, 'permit')
    if (permits.length > 0) found.push(both(before, permits))
    before = both(before, ways(element, 'silent'))
    if (before.length === 0) break
  }
  return either(...found, ...(goal === 'harmless' ? [before] : []))
}

/* ── facts ───────────────────────────────────────────────────────────────────────────────────────────────────── */

function targetWays(target: Target | undefined, wanted: boolean, searching: Searching): readonly Way[] {
  const parts = (target?.anyOf ?? []).map((anyOf) => () => anyOfWays(anyOf, wanted, searching))
  if (wanted) return allOf(lazily(parts, (part) => part()))
  return eitherOf(parts)
}

/** Stops at the first that is so already. */
function eitherOf(parts: readonly (() => readonly Way[])[]): readonly Way[] {
  let ways = never
  for (const part of parts) {
    const more = part()
    if (more === already) return already
    ways = either(ways, more)
  }
  return ways
}

function anyOfWays(anyOf: AnyOf, wanted: boolean, searching: Searching): readonly Way[] {
  const parts = anyOf.allOf.map((one) => () => allOfWays(one, wanted, searching))
  if (!wanted) return allOf(lazily(parts, (part) => part()))
  const ways = eitherOf(parts)
  const oneOf = oneOfMatches(anyOf)
  if (oneOf === undefined || ways === already || ways.length === 0) return ways
  const key = oneOfKey(oneOf)
  return flip(key, true, { kind: 'one-of', matches: oneOf }, anyOf.at, searching)
}

function allOfWays({ matches }: AllOf, wanted: boolean, searching: Searching): readonly Way[] {
  const parts = matches.map((match) => () => matchWays(match, wanted, searching))
  return wanted ? allOf(lazily(parts, (part) => part())) : eitherOf(parts)
}

function matchWays(match: Match, wanted: boolean, searching: Searching): readonly Way[] {
  if (!mayExamine(searching.examining)) return never
  if (examineMatch(match, searching.examining) === wanted) return already
  if (match.attribute.kind === 'AttributeDesignator' && searching.isFixed(match.attribute)) return never
  const key = matchKey(match)
  return flip(key, wanted, { kind: 'match', match }, match.at, searching)
}

function conditionWays(
  { condition }: Rule,
  wanted: boolean,
  policy: Policy | undefined,
  searching: Searching,
): readonly Way[] {
  if (condition === undefined) return wanted ? already : never
  return expressionWays(condition.expression, wanted, policy, searching, 0)
}

function expressionWays(
  expression: Expression,
  wanted: boolean,
  policy: Policy | undefined,
  searching: Searching,
  depth: number,
): readonly Way[] {
  const { examining } = searching
  if (!mayExamine(examining) || depth > examining.context.limits.expressionDepth) return never
  if (examine(expression, policy, examining) === wanted) return already
  if (expression.kind === 'VariableReference') {
    const definition = policy?.variables.find(({ variableId }) => variableId === expression.variableId)
    return definition === undefined
      ? never
      : expressionWays(definition.expression, wanted, policy, searching, depth + 1)
  }
  if (expression.kind !== 'Apply') return never
  const logic = logicOf(expression)
  const parts = (to: boolean) =>
    expression.arguments.map((argument) => () => expressionWays(argument, to, policy, searching, depth + 1))
  if (logic === 'not') return allOf(lazily(parts(!wanted), (part) => part()))
  if (logic !== undefined) {
    const needsAll = (logic === 'and') === wanted
    return needsAll ? allOf(lazily(parts(wanted), (part) => part())) : eitherOf(parts(wanted))
  }
  if (designatorsIn(expression, policy).some(searching.isFixed)) return never
  const key = callKey(expression, policy)
  return flip(key, wanted, { kind: 'call', apply: expression, policy }, expression.at, searching)
}

/** The one way to a fact: that it be otherwise. Remembers where it was first asked. */
function flip(key: string, to: boolean, fact: AskedFact, at: Position, { facts, within }: Searching): readonly Way[] {
  if (!facts.has(key)) facts.set(key, { fact, within, at })
  return [[{ key, to }]]
}
