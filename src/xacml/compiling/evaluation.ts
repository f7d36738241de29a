/** The state of one decision while it is made. Nothing of it outlives the decision. */

import type { Outcome } from '../combining/outcome.ts'
import { readClock } from '../evaluating/clock.ts'
import type { DecisionContext, FindAttribute } from '../evaluating/context.ts'
import type { Limits } from '../limits.ts'
import type { Failure } from '../model/failure.ts'
import type { Request } from '../model/request.ts'
import type { Bag, Value } from '../model/value.ts'
import { type Budget, exhaust, type Work } from '../work.ts'
import type { CompiledPolicy } from './compile.ts'
import type { CombiningNode, Issued, RuleNode, VariableExpression } from './node.ts'
import type { OutcomeCode } from './outcome-code.ts'
import { type AttributeBag, findLate, bagOf as newBag, type PreparedRequest } from './prepare.ts'
import type { Entry } from './target-index.ts'
import type { Slot } from './vocabulary.ts'

export interface DecideOptions {
  /** The one clock reading: an xs:dateTime with a zone, as `Date.prototype.toISOString` writes it. */
  readonly now: string
  readonly limits?: Limits
  /** What open references stand for in this decision. */
  readonly bindings?: ReadonlyMap<string, CompiledPolicy>
  /** Shared by the decisions of one request: what all of them together may still take, counted down (`stepsPerRequest`). */
  readonly budget?: Budget
  /** Asked for attributes that the request does not hold. */
  readonly findAttribute?: FindAttribute
}

export interface Evaluation {
  prepared: PreparedRequest
  options: DecideOptions
  limits: Limits
  /** The policy decided on. */
  root: CombiningNode | undefined
  /** Asks it again, on another request, out of the same work: for access-permitted. */
  readonly askAgain: (request: Request, asking: Evaluation) => Outcome
  work: Work
  /** Why the last thing that was evaluated to Indeterminate, or the last test in error, is so. */
  failure: Failure | undefined
  /** Candidates of the combining nodes under way, innermost last; valid below `top`. */
  readonly candidates: Entry[]
  top: number
  /** Nodes that came to Permit or Deny and are not overruled so far, outermost first; valid below `trailLength`. */
  readonly trailNodes: (RuleNode | CombiningNode)[]
  readonly trailOutcomes: OutcomeCode[]
  trailLength: number
  /** Their obligations and advice, innermost first; valid below `issuedLength`. */
  readonly issued: Issued[]
  readonly issuedOutcomes: OutcomeCode[]
  issuedLength: number
  /** Policies and policy sets that came to Permit or Deny, when the request asks for them. */
  applicable: CombiningNode[] | undefined
  supplied: Map<Slot, AttributeBag | undefined> | undefined
  variables: Map<VariableExpression, Value | Bag | Failure> | undefined
  context: DecisionContext | undefined
  depth: number
}

/** The values of a slot; undefined when there are none. The one way to an attribute, for tests, index and expressions. */
export function findBag(evaluation: Evaluation, slot: Slot): AttributeBag | undefined {
  const { bags } = evaluation.prepared
  const { index } = slot
  const bag = index >= 0 && index < bags.length ? bags[index] : findLate(evaluation.prepared, slot)
  if (bag !== undefined) return bag
  if (slot.clock === undefined && evaluation.options.findAttribute === undefined) return undefined
  return supply(evaluation, slot)
}

/** What the request does not hold: the clock, then the caller's source. Asked once per decision. */
function supply(evaluation: Evaluation, slot: Slot): AttributeBag | undefined {
  evaluation.supplied ??= new Map()
  if (evaluation.supplied.has(slot)) return evaluation.supplied.get(slot)
  const { now, findAttribute } = evaluation.options
  const values = slot.clock !== undefined ? [readClock(now)[slot.clock]] : (findAttribute?.(nameOf(slot)) ?? [])
  const bag = values.length === 0 ? undefined : newBag([...values])
  evaluation.supplied.set(slot, bag)
  return bag
}

function nameOf({ category, attributeId, dataType, issuer }: Slot) {
  return { category, attributeId, dataType, ...(issuer !== undefined && { issuer }) }
}

const noValues: Bag = []

/** Section 7.3.5: the bag, or the failure that MustBePresent makes of an empty one. */
export function readBag(evaluation: Evaluation, slot: Slot, missing: Failure | undefined): Bag | Failure {
  const bag = findBag(evaluation, slot)
  if (bag === undefined) return missing ?? noValues
  if (bag.values.length > evaluation.limits.bagSize) return tooLarge(slot, evaluation)
  return bag.values
}

export const tooLarge = (slot: Slot, { work }: Pick<Evaluation, 'work'>): Failure =>
  exhaust(work, `\`${slot.attributeId}\` has more values than the limit \`bagSize\``)

/** The plain evaluator's view of this decision, for the parts of the standard that are evaluated by its functions. */
export function contextOf(evaluation: Evaluation): DecisionContext {
  evaluation.context ??= newContext(evaluation)
  return evaluation.context
}

function newContext(evaluation: Evaluation): DecisionContext {
  const { prepared, options, limits, work } = evaluation
  const { request } = prepared
  const { now, findAttribute } = options
  return {
    askAgain: (again) => evaluation.askAgain(again, evaluation),
    get clock() {
      return readClock(now)
    },
    limits,
    ...(findAttribute !== undefined && { findAttribute }),
    resolve: () => undefined,
    categories: new Map(request.categories.map((category) => [category.category, category])),
    request,
    work,
  }
}
