/**
 * Explains one decision with the plain evaluator: the decision is made as it always is, then the parts that led to it are
 * looked at again. Nothing of this runs, or is prepared for, when nobody asks.
 */
import { foldOutcome } from '../combining/outcome.ts'
import { explainPlain, type PlainOptions } from '../evaluating/evaluate-plain.ts'
import type { Evaluation } from '../evaluating/evaluation.ts'
import { statusUri } from '../model/failure.ts'
import type { Designator, Policy, PolicySet } from '../model/policy.ts'
import type { Request } from '../model/request.ts'
import type { Status } from '../model/response.ts'
import { beginExamining } from './examining.ts'
import { explainElement } from './explain-element.ts'
import type { ExplainedRule, Explanation } from './explanation.ts'
import { findChanges } from './find-changes.ts'

export interface ExplainOptions extends PlainOptions {
  /** Words for attribute ids, for example `access list`; an empty one leaves the category alone to speak. */
  readonly names?: ReadonlyMap<string, string>
  /** Attributes that no change may touch, because they say which question is asked. */
  readonly isFixed?: (attribute: Designator) => boolean
  /** False: no search for what would have permitted. */
  readonly searchChanges?: boolean
}

/** For a request that asks one question (see `expandRequest`), and a policy that `checkPolicy` finds no error in. */
export function explain(policy: Policy | PolicySet, request: Request, options: ExplainOptions): Explanation {
  const examining = beginExamining(policy, request, options)
  const { budget, context } = examining
  const evaluation = explainPlain(policy, request, options)
  const tree = explainElement(evaluation, undefined, examining)
  const isCut = budget.left <= 0 || context.work.exhausted !== undefined
  const search = evaluation.outcome !== 'Permit' && options.searchChanges !== false
  return {
    ...foldOutcome(evaluation.outcome),
    status: statusOf(evaluation),
    obligations: evaluation.obligations,
    advice: evaluation.advice,
    rules: rulesOf(evaluation),
    changes: search ? findChanges(policy, request, options) : [],
    tree,
    isCut,
  }
}

function statusOf({ failure }: Evaluation): Status {
  if (failure === undefined) return { codes: [statusUri('ok')] }
  const { code, message, missing } = failure
  return { codes: [statusUri(code)], message, ...(missing.length > 0 && { missingAttributes: missing }) }
}

function rulesOf(root: Evaluation): readonly ExplainedRule[] {
  const { of, outcome, children } = root
  if (outcome !== 'Permit' && outcome !== 'Deny') return []
  return children
    .filter((child) => child.outcome === outcome)
    .flatMap((child) =>
      child.of.kind === 'Rule' ? [{ policy: of.id, rule: child.of.id, at: child.of.at }] : rulesOf(child),
    )
}
