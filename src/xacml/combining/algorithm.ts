/** The shape of the combining algorithm table (appendix C): one row per identifier. */
import type { Outcome } from './outcome.ts'

export interface CombiningAlgorithm {
  readonly id: string
  readonly combines: 'rules' | 'policies'
  /** Planned for deprecation in 3.0: accepted, with a warning that names the successor. */
  readonly successor?: string
  /** Knows one Indeterminate only: algorithms that know the kinds take it as {DP} (section C.1). */
  readonly mergesKinds?: true
  readonly logic: Logic
}

export type Logic = Fold | OnlyOneApplicable | OnPermitApplySecond

/**
 * Children one by one, in document order, until nothing can change any more. `step` joins what is known so far with the
 * next child. In every fold NotApplicable as `next` changes nothing, so children known not to apply may be left out
 * unevaluated: an index over targets rests on this.
 */
export interface Fold {
  readonly form: 'fold'
  /** The outcome when there are no children. */
  readonly start: Outcome
  readonly step: (soFar: Outcome, next: Outcome) => Outcome
  /** The children after one that leads here are not evaluated. */
  readonly decided: readonly Outcome[]
}

/** Section C.9: looks at targets first. */
export interface OnlyOneApplicable {
  readonly form: 'only-one-applicable'
}

/** Additional combining algorithms profile 1.0, section 2: the first child chooses which other one is asked. */
export interface OnPermitApplySecond {
  readonly form: 'on-permit-apply-second'
}
