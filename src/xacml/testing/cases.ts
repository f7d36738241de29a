/** Cases beside a policy: a request and what the policy has to say to it. The format is `schemas/decision-case.schema.json`. */
import type { StatusCode } from '../model/failure.ts'
import type { Request } from '../model/request.ts'
import type { Decision } from '../model/response.ts'

/** The files are named as they stand in the document: whoever reads it knows where they are. */
export interface CaseFile {
  /** The policy that is asked. */
  readonly policy: string
  /** Further documents that its references may lead to, at any depth inside them. */
  readonly references: readonly string[]
  /** Documents that stand for references by id, as an uploaded policy does for the gateway's open reference. */
  readonly bindings: ReadonlyMap<string, string>
  readonly cases: readonly [DecisionCase, ...DecisionCase[]]
}

export interface DecisionCase {
  readonly description: string
  readonly request: Request
  /** An xs:dateTime with a zone. */
  readonly now: string
  readonly decision: Decision
  /** Exactly these, in any order. */
  readonly obligations: readonly ExpectedObligation[]
  readonly advice: readonly ExpectedObligation[]
  /** Exactly these rules decided, in any order; not compared when absent. */
  readonly rules?: readonly string[]
  /** The status code, not compared when absent. */
  readonly status?: StatusCode | 'ok'
}

export interface ExpectedObligation {
  readonly id: string
  readonly assignments: readonly ExpectedAssignment[]
}

/** Values are compared in their lexical form; the category when it is given. */
export interface ExpectedAssignment {
  readonly attributeId: string
  readonly category?: string
  readonly value: string
}
