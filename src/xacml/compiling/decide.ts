/** The hot path: one policy, one prepared request, one result; allocates little beyond the result. */
import { foldOutcome, type Outcome } from '../combining/outcome.ts'
import { defaultLimits } from '../limits.ts'
import { type Failure, statusUri } from '../model/failure.ts'
import type { Request } from '../model/request.ts'
import type { Advice, Obligation, PolicyIdentifiers, Result, Status } from '../model/response.ts'
import { allot, newWork, settleUp } from '../work.ts'
import type { CompiledPolicy } from './compile.ts'
import { evaluateNode } from './evaluate-node.ts'
import { type DecideOptions, type Evaluation, tooLarge } from './evaluation.ts'
import type { CombiningNode } from './node.ts'
import { DENY, INDETERMINATE_DP, NOT_APPLICABLE, type OutcomeCode, outcomeOf, PERMIT } from './outcome-code.ts'
import { forgetCodes, type PreparedRequest, prepare } from './prepare.ts'

export interface DecidedResult extends Result {
  /** The rules, policies and policy sets whose Permit or Deny this is, outermost first; empty for the other decisions. */
  readonly determining: readonly Determining[]
}

export interface Determining {
  readonly kind: 'Rule' | 'Policy' | 'PolicySet'
  readonly id: string
  /** Of a policy or policy set. */
  readonly version?: string
}

/** The request must have been prepared with the policy's vocabulary. Never fails: errors are Indeterminate; a bug throws. */
export function decide(policy: CompiledPolicy, prepared: PreparedRequest, options: DecideOptions): DecidedResult {
  if (policy.vocabulary !== prepared.vocabulary) {
    throw new TypeError('the request was prepared with another vocabulary than the policy was compiled with')
  }
  const evaluation = begin(prepared, options)
  evaluation.root = policy.node
  const { steps } = evaluation.limits
  allot(evaluation.work, steps, options.budget)
  const { largest, largestSize } = prepared
  if (largest !== undefined && largestSize > evaluation.limits.bagSize) tooLarge(largest, evaluation)
  const outcome = evaluation.work.exhausted === undefined ? evaluateNode(policy.node, evaluation) : INDETERMINATE_DP
  settleUp(evaluation.work, steps, options.budget)
  const result = resultOf(outcome, evaluation)
  end(evaluation)
  return result
}

/** The same policy on another request, out of the same work: for access-permitted. */
function askAgain(request: Request, { root, prepared, options, work }: Evaluation): Outcome {
  if (root === undefined) throw new Error('a policy is asked again after its decision')
  const nested = newEvaluation(prepare(request, prepared.vocabulary), options)
  const outcome = evaluateNode(root, { ...nested, root, work })
  return outcomeOf(work.exhausted === undefined ? outcome : INDETERMINATE_DP)
}

/* ── the state, kept between decisions for its arrays only ────────────────────────────────────────────────────── */

let idle: Evaluation | undefined

function begin(prepared: PreparedRequest, options: DecideOptions): Evaluation {
  const evaluation = idle ?? newEvaluation(prepared, options)
  idle = undefined
  if (prepared.codedAt !== prepared.vocabulary.keys) forgetCodes(prepared)
  evaluation.prepared = prepared
  evaluation.options = options
  evaluation.limits = options.limits ?? defaultLimits
  if (prepared.request.returnPolicyIdList) evaluation.applicable = []
  return evaluation
}

function newEvaluation(prepared: PreparedRequest, options: DecideOptions): Evaluation {
  return {
    prepared,
    options,
    limits: options.limits ?? defaultLimits,
    root: undefined,
    askAgain,
    work: newWork(0),
    failure: undefined,
    candidates: [],
    top: 0,
    trailNodes: [],
    trailOutcomes: [],
    trailLength: 0,
    issued: [],
    issuedOutcomes: [],
    issuedLength: 0,
    applicable: undefined,
    supplied: undefined,
    variables: undefined,
    context: undefined,
    depth: 0,
  }
}

/** More than this on any stack is given back, not kept. */
const worthKeeping = 1_024

/** Only a decision that ends in order leaves its state to the next: after a bug it is thrown away. */
function end(evaluation: Evaluation): void {
  if (evaluation.candidates.length > worthKeeping || evaluation.trailNodes.length > worthKeeping) return
  evaluation.failure = undefined
  evaluation.root = undefined
  evaluation.top = 0
  evaluation.trailLength = 0
  evaluation.issuedLength = 0
  evaluation.applicable = undefined
  evaluation.supplied = undefined
  evaluation.variables = undefined
  if (evaluation.context !== undefined || evaluation.work.exhausted !== undefined) evaluation.work = newWork(0)
  evaluation.context = undefined
  idle = evaluation
}

/* ── the result ──────────────────────────────────────────────────────────────────────────────────────────────── */

const ok: Status = { codes: [statusUri('ok')] }
const nothing: readonly never[] = []

function resultOf(outcome: OutcomeCode, evaluation: Evaluation): DecidedResult {
  const { exhausted } = evaluation.work
  const result =
    exhausted === undefined && outcome <= NOT_APPLICABLE
      ? decided(outcome, evaluation)
      : indeterminate(exhausted === undefined ? outcome : INDETERMINATE_DP, exhausted ?? evaluation.failure, evaluation)
  const { applicable } = evaluation
  return applicable === undefined ? result : { ...result, policies: identifiersOf(applicable) }
}

function decided(outcome: OutcomeCode, evaluation: Evaluation): DecidedResult {
  return {
    decision: outcome === PERMIT ? 'Permit' : outcome === DENY ? 'Deny' : 'NotApplicable',
    status: ok,
    obligations: obligationsOf(evaluation),
    advice: adviceOf(evaluation),
    attributes: evaluation.prepared.included,
    determining: trailOf(evaluation),
  }
}

function obligationsOf({ issued, issuedLength }: Evaluation): readonly Obligation[] {
  if (issuedLength === 0) return nothing
  if (issuedLength === 1) return issued[0]!.obligations
  return issued.slice(0, issuedLength).flatMap((one) => one.obligations)
}

function adviceOf({ issued, issuedLength }: Evaluation): readonly Advice[] {
  if (issuedLength === 0) return nothing
  if (issuedLength === 1) return issued[0]!.advice
  return issued.slice(0, issuedLength).flatMap((one) => one.advice)
}

/** Written out for the frequent lengths: a rule in a policy, and that in a policy set. */
function trailOf({ trailNodes, trailLength }: Evaluation): readonly Determining[] {
  switch (trailLength) {
    case 0:
      return nothing
    case 2:
      return [trailNodes[0]!, trailNodes[1]!]
    case 3:
      return [trailNodes[0]!, trailNodes[1]!, trailNodes[2]!]
    default:
      return trailNodes.slice(0, trailLength)
  }
}

function indeterminate(outcome: OutcomeCode, failure: Failure | undefined, evaluation: Evaluation): DecidedResult {
  if (failure === undefined) throw new Error('an Indeterminate without a reason')
  const { code, message, missing } = failure
  return {
    ...foldOutcome(outcomeOf(outcome)),
    status: { codes: [statusUri(code)], message, ...(missing.length > 0 && { missingAttributes: missing }) },
    obligations: nothing,
    advice: nothing,
    attributes: evaluation.prepared.included,
    determining: nothing,
  }
}

/** Each once. */
function identifiersOf(applicable: readonly CombiningNode[]): PolicyIdentifiers {
  const seen = new Set<string>()
  const first = applicable.filter(({ kind, id, version }) => {
    const key = JSON.stringify([kind, id, version])
    return !seen.has(key) && seen.add(key)
  })
  const pick = (kind: CombiningNode['kind']) =>
    first.filter((node) => node.kind === kind).map(({ id, version }) => ({ id, version }))
  return { policies: pick('Policy'), policySets: pick('PolicySet') }
}
