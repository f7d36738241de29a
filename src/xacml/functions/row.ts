/** The shape of the function table (appendix A.3): one row per identifier. */
import type { Limits } from '../limits.ts'
import type { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import type { Work } from '../work.ts'

/** A data type URI, and whether a bag of it is meant. */
export interface Shape {
  readonly dataType: string
  readonly bag: boolean
}

interface Signature {
  readonly id: string
  /** Planned for deprecation in 3.0: accepted, with a warning that names the successor. */
  readonly successor?: string
  readonly parameters: readonly Shape[]
  /** Further arguments after `parameters`: any number from `restMinimum` (0 when absent) on. */
  readonly rest?: Shape
  readonly restMinimum?: number
  readonly result: Shape
}

/** All arguments are evaluated first; a Failure among them is the result. */
export interface StrictFunction extends Signature {
  readonly form: 'strict'
  /** Gets values of the declared shapes only. Who calls has paid `stepsOfCall`; what costs more is paid out of `work`. */
  readonly call: (args: readonly (Value | Bag)[], limits: Limits, work: Work) => Value | Bag | Failure
  /** For many calls with the same first argument: a `call` that has looked at it already. */
  readonly callWith?: (first: Value, limits: Limits, work: Work) => StrictFunction['call']
}

/** and, or, n-of: stop as soon as they are decided (A.3.5); the evaluators implement the three by name. */
export interface LogicalFunction extends Signature {
  readonly form: 'logical'
  readonly logic: 'and' | 'or' | 'n-of'
}

/** Section A.3.12: the first argument is a function; shapes are checked by rule, not by signature. */
export interface HigherOrderFunction {
  readonly form: 'higher-order'
  readonly id: string
  readonly successor?: string
  readonly order: 'any-of' | 'all-of' | 'any-of-any' | 'all-of-any' | 'any-of-all' | 'all-of-all' | 'map'
}

/** Section A.3.15 and access-permitted: need the request's content or a nested evaluation. */
export interface XPathFunction extends Signature {
  readonly form: 'xpath'
  readonly operation: 'node-count' | 'node-equal' | 'node-match' | 'access-permitted'
}

export type FunctionRow = StrictFunction | LogicalFunction | HigherOrderFunction | XPathFunction
