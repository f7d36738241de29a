/** Sections 7.11 to 7.14: rules, policies and policy sets, with what their targets and conditions came to. */
import type { Evaluation } from '../evaluating/evaluation.ts'
import { Failure } from '../model/failure.ts'
import type { AllOf, AnyOf, Match, Policy, PolicySet, Position, Rule, Target } from '../model/policy.ts'
import { type Examining, examineMatch, mayExamine, valuesSeen } from './examining.ts'
import { explainExpression } from './explain-expression.ts'
import type {
  ExplainedAllOf,
  ExplainedAnyOf,
  ExplainedElement,
  ExplainedMatch,
  ExplainedTarget,
  Verdict,
} from './explanation.ts'

export function explainElement(
  evaluation: Evaluation,
  policy: Policy | undefined,
  examining: Examining,
): ExplainedElement {
  const { of, outcome, failure, children } = evaluation
  const base = {
    kind: of.kind,
    id: of.id,
    at: of.at,
    outcome,
    ...(failure === undefined ? {} : { failure: failure.message }),
  }
  if (of.kind === 'Rule') {
    const target = of.target && explainTarget(of.target, examining)
    return { ...base, ...(target && { target }), ...ruleParts(of, target, policy, examining) }
  }
  if (of.kind !== 'Policy' && of.kind !== 'PolicySet') return { ...base, children: [], notReached: [] }
  const target = explainTarget(of.target, examining)
  return {
    ...base,
    ...(target && { target }),
    combiningAlgorithm: of.combiningAlgorithm,
    children: children.map((child) => explainElement(child, of.kind === 'Policy' ? of : undefined, examining)),
    notReached: target?.verdict === 'no match' ? [] : notReached(of, children),
  }
}

function ruleParts(
  rule: Rule,
  target: ExplainedTarget | undefined,
  policy: Policy | undefined,
  examining: Examining,
): Pick<ExplainedElement, 'effect' | 'condition' | 'children' | 'notReached'> {
  const applies = target === undefined || target.verdict === 'match'
  const condition =
    rule.condition !== undefined && applies
      ? explainExpression(rule.condition.expression, policy, examining)
      : undefined
  return { effect: rule.effect, ...(condition === undefined ? {} : { condition }), children: [], notReached: [] }
}

/** A reference that was followed is there under the id of what it led to. */
function notReached(of: Policy | PolicySet, evaluated: readonly Evaluation[]): ExplainedElement['notReached'] {
  const elements: readonly (Rule | Evaluation['of'])[] = of.kind === 'Policy' ? of.rules : of.children
  const reached = new Set(evaluated.map((child) => `${idOf(child.of)}`))
  return elements.filter((one) => !reached.has(idOf(one))).map(({ kind, id, at }) => ({ kind, id, at }))
}

const idOf = ({ kind, id }: Evaluation['of']): string => `${kind === 'Rule' ? 'rule' : 'policy'} ${id}`

/* ── targets ─────────────────────────────────────────────────────────────────────────────────────────────────── */

function explainTarget({ at, anyOf }: Target, examining: Examining): ExplainedTarget | undefined {
  if (anyOf.length === 0) return undefined
  const parts = anyOf.map((one) => explainAnyOf(one, examining))
  return { at, anyOf: parts, verdict: all(parts) }
}

function explainAnyOf({ at, allOf }: AnyOf, examining: Examining): ExplainedAnyOf {
  const parts = allOf.map((one) => explainAllOf(one, examining))
  return { at, allOf: parts, verdict: any(parts) }
}

function explainAllOf({ at, matches }: AllOf, examining: Examining): ExplainedAllOf {
  const parts = matches.map((match) => explainMatch(match, examining))
  return { at, matches: parts, verdict: all(parts) }
}

function explainMatch(match: Match, examining: Examining): ExplainedMatch {
  const { at, literal, attribute } = match
  const shown = {
    at: at as Position,
    function: match.function,
    literal: literal.text,
    category: attribute.category,
    attribute: attribute.kind === 'AttributeDesignator' ? attribute.attributeId : attribute.path,
  }
  if (!mayExamine(examining)) return { ...shown, verdict: 'error', saw: [], failure: 'not looked at: too many parts' }
  const matched = examineMatch(match, examining)
  const saw = valuesSeen(attribute, examining)
  if (matched instanceof Failure) return { ...shown, verdict: 'error', saw, failure: matched.message }
  return { ...shown, verdict: matched ? 'match' : 'no match', saw }
}

interface Judged {
  readonly verdict: Verdict
}

/** As in section 7.7: a "no" outweighs an error in what must all match, a "yes" where any may. */
function all(parts: readonly Judged[]): Verdict {
  if (parts.some(({ verdict }) => verdict === 'no match')) return 'no match'
  return parts.some(({ verdict }) => verdict === 'error') ? 'error' : 'match'
}

function any(parts: readonly Judged[]): Verdict {
  if (parts.some(({ verdict }) => verdict === 'match')) return 'match'
  return parts.some(({ verdict }) => verdict === 'error') ? 'error' : 'no match'
}
