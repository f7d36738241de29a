/** Runs a combining algorithm over children: evaluates as few as the algorithm asks for, in document order (appendix C). */
import { Failure } from '../model/failure.ts'
import type { Fold, Logic } from './algorithm.ts'
import type { Outcome } from './outcome.ts'

/** What combining needs to know of an evaluated child; whatever else it carries comes back untouched. */
export interface Evaluated {
  readonly outcome: Outcome
  /** Present exactly when the outcome is an Indeterminate. */
  readonly failure?: Failure
}

export interface Child<E extends Evaluated> {
  readonly evaluate: () => E
  /** Whether the child applies, by its target alone. Asked by only-one-applicable. */
  readonly applies: () => boolean | Failure
}

export interface Combined<E extends Evaluated> {
  readonly outcome: Outcome
  /** Why the outcome is an Indeterminate. */
  readonly failure?: Failure
  /** In order of evaluation. Obligations come from those of them whose outcome is the combined one (section 7.18). */
  readonly evaluated: readonly E[]
}

export function combine<E extends Evaluated>(logic: Logic, children: readonly Child<E>[]): Combined<E> {
  switch (logic.form) {
    case 'fold':
      return combineByFold(logic, children)
    case 'only-one-applicable':
      return combineOnlyOneApplicable(children)
    case 'on-permit-apply-second':
      return combineOnPermitApplySecond(children)
  }
}

function combineByFold<E extends Evaluated>(fold: Fold, children: readonly Child<E>[]): Combined<E> {
  const evaluated: E[] = []
  let soFar = fold.start
  for (const child of children) {
    const next = child.evaluate()
    evaluated.push(next)
    soFar = fold.step(soFar, next.outcome)
    if (fold.decided.includes(soFar)) break
  }
  return withReason(soFar, evaluated)
}

/** Section C.9. An error in a target, or a second policy that applies, is Indeterminate{DP} and evaluates nobody. */
function combineOnlyOneApplicable<E extends Evaluated>(children: readonly Child<E>[]): Combined<E> {
  let chosen: Child<E> | undefined
  for (const child of children) {
    const applies = child.applies()
    if (applies instanceof Failure) return { outcome: 'Indeterminate{DP}', failure: applies, evaluated: [] }
    if (!applies) continue
    if (chosen !== undefined) return refuse('more than one policy applies where only one may')
    chosen = child
  }
  if (chosen === undefined) return { outcome: 'NotApplicable', evaluated: [] }
  const only = chosen.evaluate()
  return withReason(only.outcome, [only])
}

/** Additional combining algorithms profile, section 2. The first child chooses; its obligations count where it agrees. */
function combineOnPermitApplySecond<E extends Evaluated>(children: readonly Child<E>[]): Combined<E> {
  const [first, second, third] = children
  if (first === undefined || second === undefined || children.length > 3) {
    return refuse('on-permit-apply-second takes two or three policies')
  }
  const choice = first.evaluate()
  if (choice.outcome === 'Indeterminate{P}' || choice.outcome === 'Indeterminate{DP}') {
    return withReason('Indeterminate{DP}', [choice])
  }
  const chosen = choice.outcome === 'Permit' ? second : third
  if (chosen === undefined) return { outcome: 'NotApplicable', evaluated: [choice] }
  const result = chosen.evaluate()
  const failure = result.failure
  return { outcome: result.outcome, ...(failure !== undefined && { failure }), evaluated: [choice, result] }
}

function refuse<E extends Evaluated>(message: string): Combined<E> {
  return { outcome: 'Indeterminate{DP}', failure: new Failure('processing-error', message), evaluated: [] }
}

/** The reason of an Indeterminate is its first child in error. */
function withReason<E extends Evaluated>(outcome: Outcome, evaluated: readonly E[]): Combined<E> {
  if (outcome === 'Permit' || outcome === 'Deny' || outcome === 'NotApplicable') return { outcome, evaluated }
  const failure = evaluated.find((child) => child.failure !== undefined)?.failure
  if (failure === undefined) throw new Error('an Indeterminate without a child in error')
  return { outcome, failure, evaluated }
}
