/** Outcomes as small integers, and the combining algorithms as tables over them: what the hot path computes with. */
import type { Fold } from '../combining/algorithm.ts'
import { type Outcome, outcomes, underIndeterminateTarget } from '../combining/outcome.ts'

/** The place of an outcome in the list of outcomes. */
export type OutcomeCode = number

const codeOf = (outcome: Outcome): OutcomeCode => outcomes.indexOf(outcome)

export const PERMIT = codeOf('Permit')
export const DENY = codeOf('Deny')
export const NOT_APPLICABLE = codeOf('NotApplicable')
export const INDETERMINATE_P = codeOf('Indeterminate{P}')
export const INDETERMINATE_DP = codeOf('Indeterminate{DP}')

export const outcomeOf = (code: OutcomeCode): Outcome => outcomes[code] as Outcome

/** Section 7.14, table 7, by code. */
export const underIndeterminateTargetCode: readonly OutcomeCode[] = outcomes.map((outcome) =>
  codeOf(underIndeterminateTarget(outcome)),
)

const width = outcomes.length

/** A fold tabulated: `step[soFar * 6 + next]`, and for each outcome whether it ends the evaluation of children. */
export interface FoldTable {
  readonly start: OutcomeCode
  readonly step: readonly OutcomeCode[]
  readonly decided: readonly boolean[]
  /** With no child that applies the result is NotApplicable: such a node may itself be skipped by an index. */
  readonly startsNotApplicable: boolean
}

const tables = new Map<Fold, FoldTable>()

/** One table per fold: there are ten folds or so, made the first time each is met. */
export function tabulate(fold: Fold): FoldTable {
  const known = tables.get(fold)
  if (known !== undefined) return known
  const table: FoldTable = {
    start: codeOf(fold.start),
    step: outcomes.flatMap((soFar) => outcomes.map((next) => codeOf(fold.step(soFar, next)))),
    decided: outcomes.map((outcome) => fold.decided.includes(outcome)),
    startsNotApplicable: fold.start === 'NotApplicable',
  }
  tables.set(fold, table)
  return table
}

export const stepOf = (table: FoldTable, soFar: OutcomeCode, next: OutcomeCode): OutcomeCode =>
  table.step[soFar * width + next] as OutcomeCode

/** Whether the outcome of an only child is the outcome of the whole. */
export const handsOn = (table: FoldTable): boolean =>
  outcomes.every((_, next) => stepOf(table, table.start, next) === next)
