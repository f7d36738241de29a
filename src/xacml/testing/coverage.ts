/** Which rules the cases make apply, fail to apply, and decide: a rule that no case decides is a rule nobody has tried. */
import type { Evaluation } from '../evaluating/evaluation.ts'
import type { Policy, PolicySetChild, Position, Rule } from '../model/policy.ts'
import type { Assembly } from './assemble.ts'
import type { CaseResult } from './run-cases.ts'

/** Numbers of cases. A rule that a case does not reach counts nowhere. */
export interface RuleCoverage {
  readonly policy: string
  readonly rule: string
  readonly at: Position
  /** It stands in the document that is asked, not in one that is referred to. */
  readonly isOwn: boolean
  /** Has a target or a condition: otherwise it cannot fail to apply. */
  readonly isConditional: boolean
  /** Target and condition held. */
  readonly applied: number
  /** Target or condition did not hold, or was in error. */
  readonly notApplied: number
  /** The decision was this rule's. */
  readonly decided: number
}

/** What was run with one set of policies. */
export interface Run {
  readonly assembly: Assembly
  readonly results: readonly CaseResult[]
}

/** In document order, the rules of every document that is decided with; the same rule of several runs counts as one. */
export function coverRules(runs: readonly Run[]): readonly RuleCoverage[] {
  const covered = new Map<string, RuleCoverage>()
  for (const run of runs) {
    for (const rule of coverOne(run)) {
      const key = JSON.stringify([rule.policy, rule.rule, rule.at, rule.isOwn])
      const before = covered.get(key)
      covered.set(key, before === undefined ? rule : { ...rule, ...sum(before, rule) })
    }
  }
  return [...covered.values()]
}

const sum = (a: Counts, b: Counts): Counts => ({
  applied: a.applied + b.applied,
  notApplied: a.notApplied + b.notApplied,
  decided: a.decided + b.decided,
})

function coverOne({ assembly: { root, documents }, results }: Run): readonly RuleCoverage[] {
  const counts = new Map<Rule, Counts>()
  for (const { evaluation } of results) count(evaluation, true, counts)
  return documents.flatMap((document) =>
    policiesIn(document).flatMap((policy) =>
      policy.rules.map((rule) => ({
        policy: policy.id,
        rule: rule.id,
        at: rule.at,
        isOwn: document === root,
        isConditional: rule.condition !== undefined || (rule.target?.anyOf.length ?? 0) > 0,
        ...(counts.get(rule) ?? none),
      })),
    ),
  )
}

interface Counts {
  readonly applied: number
  readonly notApplied: number
  readonly decided: number
}

const none: Counts = { applied: 0, notApplied: 0, decided: 0 }

/** `deciding`: everything above came to the same Permit or Deny as the whole. */
function count(evaluation: Evaluation, deciding: boolean, counts: Map<Rule, Counts>): void {
  const { of, outcome, children } = evaluation
  const isDecision = outcome === 'Permit' || outcome === 'Deny'
  if (of.kind === 'Rule') {
    const { applied, notApplied, decided } = counts.get(of) ?? none
    const more = isDecision ? 1 : 0
    counts.set(of, {
      applied: applied + more,
      notApplied: notApplied + 1 - more,
      decided: decided + (deciding ? more : 0),
    })
    return
  }
  for (const child of children) count(child, deciding && isDecision && child.outcome === outcome, counts)
}

const policiesIn = (element: PolicySetChild): readonly Policy[] => {
  if (element.kind === 'Policy') return [element]
  return element.kind === 'PolicySet' ? element.children.flatMap(policiesIn) : []
}
