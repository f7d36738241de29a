/** Rules by name: `{policy id}/{rule id}`, since a rule id is unique inside its policy only. */
import type { Evaluation } from '../evaluating/evaluation.ts'

export interface DecidingRule {
  readonly policy: string
  readonly rule: string
}

/** The rules whose Permit or Deny the decision is, in order of evaluation; none for the other decisions. */
export function decidingRules(root: Evaluation): readonly DecidingRule[] {
  const { outcome } = root
  if (outcome !== 'Permit' && outcome !== 'Deny') return []
  return root.children.filter((child) => child.outcome === outcome).flatMap((child) => rulesBelow(child, root))
}

const rulesBelow = (evaluation: Evaluation, parent: Evaluation): readonly DecidingRule[] =>
  evaluation.of.kind === 'Rule' ? [{ policy: parent.of.id, rule: evaluation.of.id }] : decidingRules(evaluation)

export const ruleName = ({ policy, rule }: DecidingRule): string => `${policy}/${rule}`

/** A name may leave out the start of the policy id, up to a colon, or all of it. */
export function namesRule(written: string, rule: DecidingRule): boolean {
  const name = ruleName(rule)
  return written === rule.rule || name === written || name.endsWith(`:${written}`)
}
