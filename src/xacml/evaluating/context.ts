/** What one decision is made from and with: handed down through the evaluators, never shared between decisions. */
import type { Outcome } from '../combining/outcome.ts'
import type { Limits } from '../limits.ts'
import type { Failure } from '../model/failure.ts'
import type { Policy, PolicyReference, PolicySet } from '../model/policy.ts'
import type { AttributeCategory, Request } from '../model/request.ts'
import type { Bag, Value } from '../model/value.ts'
import type { Work } from '../work.ts'
import type { ClockReading } from './clock.ts'

/** The policy or policy set meant by a reference: of the versions that match, the newest. */
export type Resolve = (reference: PolicyReference) => Policy | PolicySet | undefined

/** Where attributes that are not in the request come from. An empty bag says there are none; a source that fails throws. */
export type FindAttribute = (wanted: {
  readonly category: string
  readonly attributeId: string
  readonly dataType: string
  readonly issuer?: string
}) => Bag

/** The resources below one, for requests with a scope (hierarchical resource profile): direct children only. */
export type Hierarchy = (resource: Value) => readonly Value[]

export interface Surroundings {
  readonly resolve: Resolve
  readonly clock: ClockReading
  readonly limits: Limits
  readonly findAttribute?: FindAttribute
  readonly hierarchy?: Hierarchy
}

export interface DecisionContext extends Surroundings {
  /** One request: each category at most once. */
  readonly categories: ReadonlyMap<string, AttributeCategory>
  readonly request: Request
  /** The whole policy again, on another request, out of the same work: for access-permitted. */
  readonly askAgain: (request: Request) => Outcome
  readonly work: Work
}

/** Where an expression stands: variables are known inside their policy only. */
export interface Scope {
  readonly context: DecisionContext
  readonly policy?: Policy
  /** Values of variables, evaluated at first use; errors too (section 7.9). */
  readonly variables: Map<string, Value | Bag | Failure>
}

export const scopeWithoutVariables = (context: DecisionContext): Scope => ({ context, variables: new Map() })
