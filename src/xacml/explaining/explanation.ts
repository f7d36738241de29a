/** Why a decision is what it is: what was evaluated, what it saw, and what would have permitted. */
import type { Outcome } from '../combining/outcome.ts'
import type { Effect, PolicySetChild, Position, Rule } from '../model/policy.ts'
import type { Advice, Decision, Extended, Obligation, Status } from '../model/response.ts'

export interface Explanation {
  readonly decision: Decision
  readonly extended?: Extended
  readonly status: Status
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Advice[]
  /** The rules whose Permit or Deny the decision is; none for the other decisions. */
  readonly rules: readonly ExplainedRule[]
  /** Of a refusal: what each would have made a Permit of it, smallest first; empty when the search found nothing. */
  readonly changes: readonly Change[]
  readonly tree: ExplainedElement
  /** The tree leaves details out, since there were more than the bound. */
  readonly isCut: boolean
}

export interface ExplainedRule {
  readonly policy: string
  readonly rule: string
  readonly at: Position
}

/** Facts as they are. Had all of them been otherwise, and nothing else, the decision would have been Permit. */
export interface Change {
  readonly facts: readonly Fact[]
}

export interface Fact {
  /** For people: ``subject has no access list `demo:senders` ``. */
  readonly text: string
  /** The first place where it is asked: the policy or policy set, and where in its document. */
  readonly policy: string
  readonly at: Position
}

export type Verdict = 'match' | 'no match' | 'error'

export interface ExplainedElement {
  readonly kind: Rule['kind'] | PolicySetChild['kind']
  readonly id: string
  readonly at: Position
  readonly outcome: Outcome
  /** Why the outcome is an Indeterminate. */
  readonly failure?: string
  /** Of a rule. */
  readonly effect?: Effect
  /** Of a policy or policy set. */
  readonly combiningAlgorithm?: string
  /** Absent when the element has none, or when nothing had to be asked. */
  readonly target?: ExplainedTarget
  /** Of a rule whose target matched. */
  readonly condition?: ExplainedExpression
  readonly children: readonly ExplainedElement[]
  /** Children that were not evaluated, since the outcome was settled. */
  readonly notReached: readonly {
    readonly kind: ExplainedElement['kind']
    readonly id: string
    readonly at: Position
  }[]
}

export interface ExplainedTarget {
  readonly at: Position
  readonly verdict: Verdict
  readonly anyOf: readonly ExplainedAnyOf[]
}

export interface ExplainedAnyOf {
  readonly at: Position
  readonly verdict: Verdict
  readonly allOf: readonly ExplainedAllOf[]
}

export interface ExplainedAllOf {
  readonly at: Position
  readonly verdict: Verdict
  readonly matches: readonly ExplainedMatch[]
}

export interface ExplainedMatch {
  readonly at: Position
  readonly verdict: Verdict
  readonly function: string
  /** Lexical form of the value of the policy. */
  readonly literal: string
  readonly category: string
  /** The attribute, or the path of a selector. */
  readonly attribute: string
  /** Lexical forms of the values of the request. */
  readonly saw: readonly string[]
  readonly failure?: string
}

export interface ExplainedExpression {
  readonly kind:
    | 'AttributeValue'
    | 'AttributeDesignator'
    | 'AttributeSelector'
    | 'VariableReference'
    | 'Apply'
    | 'Function'
  readonly at: Position
  /** Function, attribute, path, variable or literal: what the element names. */
  readonly name: string
  /** Of a designator or selector. */
  readonly category?: string
  /** Lexical forms; one for a single value. Absent when it was not evaluated or is in error. */
  readonly values?: readonly string[]
  readonly isBag?: boolean
  readonly failure?: string
  readonly arguments: readonly ExplainedExpression[]
}
