/** Sections 5.48 to 5.57: from what a request came to, to what its sender is told. */
import { foldOutcome, type Outcome } from '../combining/outcome.ts'
import { type Failure, statusUri } from '../model/failure.ts'
import type { AttributeCategory, Request } from '../model/request.ts'
import type { Advice, Obligation, PolicyIdentifiers, Result, Status } from '../model/response.ts'
import type { Evaluation } from './evaluation.ts'

interface Decided {
  readonly outcome: Outcome
  readonly failure?: Failure
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Advice[]
}

export function buildResult(
  decided: Decided,
  request: Request,
  applicable: () => PolicyIdentifiers = () => ({ policies: [], policySets: [] }),
): Result {
  return {
    ...foldOutcome(decided.outcome),
    status: statusOf(decided.failure),
    obligations: decided.obligations,
    advice: decided.advice,
    attributes: includedAttributes(request.categories),
    ...(request.returnPolicyIdList && { policies: applicable() }),
  }
}

/** One Indeterminate{DP}, with nothing asked: where no policy could be evaluated. */
export function refuseRequest(failure: Failure, request: Request): Result {
  return buildResult({ outcome: 'Indeterminate{DP}', failure, obligations: [], advice: [] }, request)
}

function statusOf(failure: Failure | undefined): Status {
  if (failure === undefined) return { codes: [statusUri('ok')] }
  const { code, message, missing } = failure
  return { codes: [statusUri(code)], message, ...(missing.length > 0 && { missingAttributes: missing }) }
}

/** Section 5.46: the attributes that the request asked to have back. */
function includedAttributes(categories: readonly AttributeCategory[]): readonly AttributeCategory[] {
  return categories
    .map(({ category, attributes }) => ({
      category,
      attributes: attributes.filter((attribute) => attribute.includeInResult),
    }))
    .filter(({ attributes }) => attributes.length > 0)
}

/**
 * Section 5.49: the policies and policy sets that were found applicable: evaluated to anything but NotApplicable, whether
 * or not that is the decision, with no NotApplicable above them. Each once, in order of evaluation.
 */
export function applicablePolicies(root: Evaluation): PolicyIdentifiers {
  const found = new Map<string, Evaluation['of']>()
  collect(root, found)
  const pick = (kind: 'Policy' | 'PolicySet') =>
    [...found.values()].flatMap((of) => (of.kind === kind ? [{ id: of.id, version: of.version }] : []))
  return { policies: pick('Policy'), policySets: pick('PolicySet') }
}

function collect({ of, outcome, children }: Evaluation, found: Map<string, Evaluation['of']>): void {
  if (outcome === 'NotApplicable') return
  if (of.kind === 'Policy' || of.kind === 'PolicySet') found.set(JSON.stringify([of.kind, of.id, of.version]), of)
  for (const child of children) collect(child, found)
}
