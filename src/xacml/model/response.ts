/** The response context: XACML 3.0 core, sections 5.47 to 5.57. */
import type { AttributeCategory } from './request.ts'
import type { TypedValue } from './value.ts'

export type Decision = 'Permit' | 'Deny' | 'NotApplicable' | 'Indeterminate'

/** Section 7.10: what an Indeterminate might have been. Internal: folded into Indeterminate when printed. */
export type Extended = 'D' | 'P' | 'DP'

export interface Response {
  readonly results: readonly Result[]
}

export interface Result {
  readonly decision: Decision
  /** Present exactly when decision is Indeterminate. */
  readonly extended?: Extended
  readonly status: Status
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Advice[]
  /** The attributes that the request asked to have back (IncludeInResult). */
  readonly attributes: readonly AttributeCategory[]
  /** Present when the request asked for it (ReturnPolicyIdList): the fully applicable policies. */
  readonly policies?: PolicyIdentifiers
}

export interface PolicyIdentifiers {
  readonly policies: readonly PolicyIdentifier[]
  readonly policySets: readonly PolicyIdentifier[]
}

export interface PolicyIdentifier {
  readonly id: string
  readonly version: string
}

export interface Status {
  /** From the outermost code inwards; the first is one of the four of section B.8. */
  readonly codes: readonly [string, ...string[]]
  readonly message?: string
  readonly missingAttributes?: readonly MissingAttribute[]
}

/** Section 5.57. */
export interface MissingAttribute {
  readonly category: string
  readonly attributeId: string
  readonly dataType: string
  readonly issuer?: string
  readonly values?: readonly TypedValue[]
}

export interface Obligation {
  readonly id: string
  readonly assignments: readonly AttributeAssignment[]
}

export type Advice = Obligation

export interface AttributeAssignment {
  readonly attributeId: string
  readonly category?: string
  readonly issuer?: string
  readonly dataType: string
  readonly value: TypedValue['value']
}
