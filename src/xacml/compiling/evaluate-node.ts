/** Sections 7.11 to 7.14: rules, policies and policy sets, over those children that an index has not ruled out. */
import { Failure } from '../model/failure.ts'
import { exhaust, takeStep } from '../work.ts'
import { evaluateBoolean } from './evaluate-expression.ts'
import { FAILED, type Matched, matchAll, NO, YES } from './evaluate-target.ts'
import type { Evaluation } from './evaluation.ts'
import { few, findCandidates, UNREADABLE } from './find-candidates.ts'
import { issueNotices } from './issue-notices.ts'
import type { CombiningNode, FailingNode, Node, Notices, OpenReference, RuleNode, Tests } from './node.ts'
import { type Heap, heapOf, takeNext } from './order-candidates.ts'
import type { FoldTable, OutcomeCode } from './outcome-code.ts'
import * as code from './outcome-code.ts'
import type { Sieve } from './sieve.ts'
import { beginSifting, nextSifted } from './sift.ts'
import type { Entry, TargetIndex } from './target-index.ts'

type Reference = OpenReference | FailingNode

/** After an Indeterminate `evaluation.failure` says why; after Permit and Deny the trail says by whom. */
export function evaluateNode(node: Node, evaluation: Evaluation): OutcomeCode {
  return isReference(node) ? evaluateReference(node, evaluation) : evaluateTargeted(node, node.target, evaluation)
}

const isReference = (node: Node): node is Reference => node.kind === 'OpenReference' || node.kind === 'Failing'

/** A node of which only `target` is left to test. */
function evaluateTargeted(node: RuleNode | CombiningNode, target: Tests, evaluation: Evaluation): OutcomeCode {
  const matched = target.length === 0 ? YES : matchAll(target, evaluation)
  if (matched === NO) return code.NOT_APPLICABLE
  return node.kind === 'Rule' ? evaluateRule(node, matched, evaluation) : evaluatePolicy(node, matched, evaluation)
}

function evaluateReference(node: Reference, evaluation: Evaluation): OutcomeCode {
  const bound = node.kind === 'OpenReference' ? boundNode(node, evaluation) : node.failure
  if (!(bound instanceof Failure)) return evaluateTargeted(bound, bound.target, evaluation)
  if (node.kind === 'Failing' && node.exhausting) return fail(exhaust(evaluation.work, bound.message), evaluation)
  return fail(bound, evaluation)
}

function boundNode(reference: OpenReference, evaluation: Evaluation): CombiningNode | Failure {
  const bound = evaluation.options.bindings?.get(reference.id)?.node
  return bound === undefined || bound.kind !== reference.to ? reference.unbound : bound
}

/* ── rules ───────────────────────────────────────────────────────────────────────────────────────────────────── */

function evaluateRule(rule: RuleNode, matched: Matched, evaluation: Evaluation): OutcomeCode {
  if (matched === FAILED) return inError(rule.effect)
  if (rule.condition !== undefined) {
    const holds = evaluateBoolean(rule.condition, evaluation)
    if (holds instanceof Failure) {
      evaluation.failure = holds
      return inError(rule.effect)
    }
    if (!holds) return code.NOT_APPLICABLE
  }
  const place = evaluation.trailLength++
  evaluation.trailNodes[place] = rule
  const outcome = conclude(rule, rule.effect, place, evaluation)
  if (outcome !== rule.effect) evaluation.trailLength = place
  return outcome
}

const inError = (effect: OutcomeCode): OutcomeCode => code.underIndeterminateTargetCode[effect]!

/* ── policies and policy sets ────────────────────────────────────────────────────────────────────────────────── */

function evaluatePolicy(node: CombiningNode, matched: Matched, evaluation: Evaluation): OutcomeCode {
  const targetFailure = matched === FAILED ? evaluation.failure : undefined
  const exhausted = takeStep(evaluation.work, 1 + (node.children.length >> (node.index === undefined ? 3 : 8)))
  if (exhausted !== undefined) return fail(exhausted, evaluation)
  const { trailLength, issuedLength } = evaluation
  const listed = evaluation.applicable?.length ?? 0
  evaluation.applicable?.push(node)
  evaluation.trailNodes[evaluation.trailLength++] = node
  evaluation.depth += 1
  let combined =
    node.only === undefined
      ? combineChildren(node, evaluation)
      : evaluateTargeted(node.only, node.only.target, evaluation)
  if (node.mergesKinds && combined >= code.INDETERMINATE_P) combined = code.INDETERMINATE_DP
  evaluation.depth -= 1
  let outcome = combined
  if (targetFailure !== undefined) outcome = underIndeterminateTarget(combined, targetFailure, evaluation)
  else if (combined === code.PERMIT || combined === code.DENY)
    outcome = conclude(node, combined, trailLength, evaluation)
  if (outcome !== code.PERMIT && outcome !== code.DENY) {
    evaluation.trailLength = trailLength
    evaluation.issuedLength = issuedLength
  }
  // Section 5.49: nothing under a NotApplicable is fully applicable.
  if (evaluation.applicable !== undefined && outcome === code.NOT_APPLICABLE) evaluation.applicable.length = listed
  return outcome
}

function underIndeterminateTarget(combined: OutcomeCode, failure: Failure, evaluation: Evaluation): OutcomeCode {
  const outcome = code.underIndeterminateTargetCode[combined]!
  if (outcome !== code.NOT_APPLICABLE) evaluation.failure = failure
  return outcome
}

function combineChildren(node: CombiningNode, evaluation: Evaluation): OutcomeCode {
  const { limits } = evaluation
  if (evaluation.depth > limits.policyDepth) return refuseDepth(evaluation)
  const { index } = node
  if (index !== undefined) {
    const combined =
      index.kind === 'Tree' ? combineFound(node, index, evaluation) : combineSifted(node, index, evaluation)
    if (combined !== UNREADABLE) return combined
  }
  switch (node.logic) {
    case 'only-one-applicable':
      return onlyOneApplicable(node.children, evaluation)
    case 'on-permit-apply-second':
      return onPermitApplySecond(node.children, evaluation)
    default:
      return foldAll(node.logic, node.children, evaluation)
  }
}

function combineFound(node: CombiningNode, index: TargetIndex, evaluation: Evaluation): OutcomeCode {
  const from = evaluation.top
  const to = findCandidates(index, evaluation)
  if (to < 0) return UNREADABLE
  evaluation.top = to
  const outcome =
    to - from > few
      ? combineMany(node, inOrder(heapOf(evaluation.candidates, from, to)), evaluation)
      : combineCandidates(node, from, to, evaluation)
  evaluation.top = from
  return outcome
}

const inOrder = (heap: Heap) => () => takeNext(heap)

function combineSifted(node: CombiningNode, sieve: Sieve, evaluation: Evaluation): OutcomeCode {
  const sifting = beginSifting(sieve, evaluation)
  return sifting === undefined ? UNREADABLE : combineMany(node, () => nextSifted(sifting), evaluation)
}

/** No policy may make a Permit of it. A policy bound below itself ends here. */
function refuseDepth(evaluation: Evaluation): OutcomeCode {
  const { work } = evaluation
  return fail(exhaust(work, 'policies are nested deeper than the limit `policyDepth` allows'), evaluation)
}

function fail(failure: Failure, evaluation: Evaluation): OutcomeCode {
  evaluation.failure = failure
  return code.INDETERMINATE_DP
}

/* ── combining ───────────────────────────────────────────────────────────────────────────────────────────────── */

/** What the applicable children came to so far: one outcome, or these. When all agree with the result, nothing is dropped. */
const NOBODY = -1
const MIXED = -2

function foldAll(table: FoldTable, children: readonly Node[], evaluation: Evaluation): OutcomeCode {
  const { trailLength, issuedLength } = evaluation
  let soFar = table.start
  let failure: Failure | undefined
  let agreed = NOBODY
  for (let i = 0; i < children.length; i++) {
    const next = evaluateNode(children[i]!, evaluation)
    if (next === code.NOT_APPLICABLE) continue
    if (next >= code.INDETERMINATE_P) failure ??= evaluation.failure
    agreed = agreed === next || agreed === NOBODY ? next : MIXED
    soFar = code.stepOf(table, soFar, next)
    if (table.decided[soFar]) break
  }
  return agreed === soFar && soFar <= code.DENY ? soFar : settle(soFar, trailLength, issuedLength, failure, evaluation)
}

function combineCandidates(node: CombiningNode, first: number, end: number, evaluation: Evaluation): OutcomeCode {
  const { logic } = node
  if (logic === 'only-one-applicable') {
    const children = evaluation.candidates.slice(first, end).map((entry) => entry.child)
    return onlyOneApplicable(children, evaluation)
  }
  const table = logic as FoldTable
  const { trailLength, issuedLength } = evaluation
  let soFar = table.start
  let failure: Failure | undefined
  let agreed = NOBODY
  for (let i = first; i < end; i++) {
    const next = evaluateEntry(evaluation.candidates[i]!, evaluation)
    if (next === code.NOT_APPLICABLE) continue
    if (next >= code.INDETERMINATE_P) failure ??= evaluation.failure
    agreed = agreed === next || agreed === NOBODY ? next : MIXED
    soFar = code.stepOf(table, soFar, next)
    if (table.decided[soFar]) break
  }
  return agreed === soFar && soFar <= code.DENY ? soFar : settle(soFar, trailLength, issuedLength, failure, evaluation)
}

/** Children that are found one at a time, in order. */
function combineMany({ logic }: CombiningNode, next: () => Entry | undefined, evaluation: Evaluation): OutcomeCode {
  if (logic === 'only-one-applicable') {
    const children: Node[] = []
    for (let entry = next(); entry !== undefined; entry = next()) children.push(entry.child)
    return onlyOneApplicable(children, evaluation)
  }
  const table = logic as FoldTable
  const { trailLength, issuedLength } = evaluation
  let soFar = table.start
  let failure: Failure | undefined
  for (let entry = next(); entry !== undefined; entry = next()) {
    const outcome = evaluateEntry(entry, evaluation)
    if (outcome === code.NOT_APPLICABLE) continue
    if (outcome >= code.INDETERMINATE_P) failure ??= evaluation.failure
    soFar = code.stepOf(table, soFar, outcome)
    if (table.decided[soFar]) break
  }
  return settle(soFar, trailLength, issuedLength, failure, evaluation)
}

function evaluateEntry({ child, target }: Entry, evaluation: Evaluation): OutcomeCode {
  return isReference(child) ? evaluateReference(child, evaluation) : evaluateTargeted(child, target, evaluation)
}

/** Section C.9. An error in a target, or a second policy that applies, is Indeterminate{DP} and evaluates nobody. */
function onlyOneApplicable(children: readonly Node[], evaluation: Evaluation): OutcomeCode {
  let chosen: Node | undefined
  for (const child of children) {
    const applies = appliesByTarget(child, evaluation)
    if (applies === FAILED) return code.INDETERMINATE_DP
    if (applies === NO) continue
    if (chosen !== undefined) return fail(twoApply, evaluation)
    chosen = child
  }
  return chosen === undefined ? code.NOT_APPLICABLE : evaluateNode(chosen, evaluation)
}

const twoApply = new Failure('processing-error', 'more than one policy applies where only one may')

function appliesByTarget(node: Node, evaluation: Evaluation): Matched {
  if (!isReference(node)) return matchAll(node.target, evaluation)
  const bound = node.kind === 'OpenReference' ? boundNode(node, evaluation) : node.failure
  if (!(bound instanceof Failure)) return matchAll(bound.target, evaluation)
  evaluation.failure = bound
  return FAILED
}

/** Additional combining algorithms profile, section 2. The first child chooses; what it asks for counts where it agrees. */
function onPermitApplySecond(children: readonly Node[], evaluation: Evaluation): OutcomeCode {
  const [first, second, third] = children
  if (first === undefined || second === undefined || children.length > 3) {
    return fail(new Failure('processing-error', 'on-permit-apply-second takes two or three policies'), evaluation)
  }
  const { trailLength, issuedLength } = evaluation
  const choice = evaluateNode(first, evaluation)
  const asked = choice === code.PERMIT ? second : third
  const isOpen = choice === code.INDETERMINATE_P || choice === code.INDETERMINATE_DP
  const outcome = isOpen
    ? code.INDETERMINATE_DP
    : asked === undefined
      ? code.NOT_APPLICABLE
      : evaluateNode(asked, evaluation)
  return settle(outcome, trailLength, issuedLength, evaluation.failure, evaluation)
}

/* ── the trail ───────────────────────────────────────────────────────────────────────────────────────────────── */

/**
 * Permit or Deny: the element's own obligations and advice decide whether it stays that way (section 7.18). They come
 * after those of its children; the element has taken its place on the trail before them.
 */
function conclude(node: RuleNode | CombiningNode, outcome: OutcomeCode, place: number, evaluation: Evaluation) {
  evaluation.trailOutcomes[place] = outcome
  if (node.notices !== undefined) {
    const failure = issue(node.notices, outcome, evaluation)
    if (failure !== undefined) {
      evaluation.failure = failure
      return inError(outcome)
    }
  }
  return outcome
}

function issue(notices: Notices, outcome: OutcomeCode, evaluation: Evaluation): Failure | undefined {
  const fitting = outcome === code.PERMIT ? notices.onPermit : notices.onDeny
  if (fitting === undefined) return undefined
  const issued = issueNotices(fitting, evaluation)
  if (issued instanceof Failure) return issued
  const exhausted = takeStep(evaluation.work, fitting.cost)
  if (exhausted !== undefined) return exhausted
  const place = evaluation.issuedLength++
  evaluation.issued[place] = issued
  evaluation.issuedOutcomes[place] = outcome
  return undefined
}

/** What the children leave: of those on the trail, the ones that came to the combined outcome. */
function settle(
  outcome: OutcomeCode,
  trailFrom: number,
  issuedFrom: number,
  failure: Failure | undefined,
  evaluation: Evaluation,
): OutcomeCode {
  if (outcome === code.PERMIT || outcome === code.DENY) {
    const { trailNodes, trailOutcomes, issued, issuedOutcomes } = evaluation
    evaluation.trailLength = keep(outcome, trailNodes, trailOutcomes, trailFrom, evaluation.trailLength)
    evaluation.issuedLength = keep(outcome, issued, issuedOutcomes, issuedFrom, evaluation.issuedLength)
  } else {
    evaluation.trailLength = trailFrom
    evaluation.issuedLength = issuedFrom
    evaluation.failure = failure
  }
  return outcome
}

function keep<T>(outcome: OutcomeCode, things: T[], outcomes: OutcomeCode[], from: number, to: number): number {
  let end = from
  for (let i = from; i < to; i++) {
    if (outcomes[i] !== outcome) continue
    if (end !== i) {
      things[end] = things[i]!
      outcomes[end] = outcome
    }
    end += 1
  }
  return end
}
