/** The policy model: XACML 3.0 core, section 5, as plain read-only data. The parser builds it, everything else reads it. */

/** Where an element starts in its source, both counted from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

interface Located {
  readonly at: Position
}

export type Effect = 'Permit' | 'Deny'

/** Prefix to namespace name; the default namespace has the empty prefix (it does not apply to XPath names). */
export type Namespaces = Readonly<Record<string, string>>

/** Section 5.2. Children stand in document order: that is the order of evaluation. */
export interface PolicySet extends Located {
  readonly kind: 'PolicySet'
  readonly id: string
  readonly version: string
  readonly combiningAlgorithm: string
  readonly description?: string
  readonly issuer?: PolicyIssuer
  readonly maxDelegationDepth?: string
  readonly xpathVersion?: string
  readonly target: Target
  readonly children: readonly PolicySetChild[]
  readonly combinerParameters: readonly CombinerParameters[]
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly AdviceExpression[]
}

export type PolicySetChild = PolicySet | Policy | PolicyReference

/** Section 5.14. */
export interface Policy extends Located {
  readonly kind: 'Policy'
  readonly id: string
  readonly version: string
  readonly combiningAlgorithm: string
  readonly description?: string
  readonly issuer?: PolicyIssuer
  readonly maxDelegationDepth?: string
  readonly xpathVersion?: string
  readonly target: Target
  readonly variables: readonly VariableDefinition[]
  readonly rules: readonly Rule[]
  readonly combinerParameters: readonly CombinerParameters[]
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly AdviceExpression[]
}

/** Sections 5.10 and 5.11; the constraints are version match patterns of section 5.13. */
export interface PolicyReference extends Located {
  readonly kind: 'PolicyIdReference' | 'PolicySetIdReference'
  readonly id: string
  readonly version?: string
  readonly earliestVersion?: string
  readonly latestVersion?: string
}

/** Kept so that an engine without the delegation profile can refuse it by name. */
export interface PolicyIssuer extends Located {}

/** Sections 5.15 to 5.19. Carried for printing; no standard algorithm reads them. */
export interface CombinerParameters extends Located {
  readonly kind:
    | 'CombinerParameters'
    | 'RuleCombinerParameters'
    | 'PolicyCombinerParameters'
    | 'PolicySetCombinerParameters'
  /** The rule, policy or policy set it belongs to; absent on CombinerParameters. */
  readonly ref?: string
  readonly parameters: readonly { readonly name: string; readonly value: Literal }[]
}

/** Section 5.21. An absent target inherits the policy's, which has matched already. */
export interface Rule extends Located {
  readonly kind: 'Rule'
  readonly id: string
  readonly effect: Effect
  readonly description?: string
  readonly target?: Target
  readonly condition?: Condition
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly AdviceExpression[]
}

export interface Condition extends Located {
  readonly expression: Expression
}

/** Section 5.6: all of anyOf must match; none at all matches everything. */
export interface Target extends Located {
  readonly anyOf: readonly AnyOf[]
}

export interface AnyOf extends Located {
  readonly allOf: readonly AllOf[]
}

export interface AllOf extends Located {
  readonly matches: readonly Match[]
}

export interface Match extends Located {
  readonly function: string
  readonly literal: Literal
  readonly attribute: Designator | Selector
}

export type Expression = Literal | Designator | Selector | Apply | VariableReference | FunctionReference

/** Section 5.31, in its lexical form: checking turns `text` into a value and reports where that fails. */
export interface Literal extends Located {
  readonly kind: 'AttributeValue'
  readonly dataType: string
  readonly text: string
  /** Only on xpathExpression. */
  readonly xpathCategory?: string
  /** Namespaces in scope; present on xpathExpression only. */
  readonly namespaces?: Namespaces
  /** On xpathExpression only; absent for 1.0. */
  readonly xpathVersion?: XPathVersion
}

/** Section 5.29. */
export interface Designator extends Located {
  readonly kind: 'AttributeDesignator'
  readonly category: string
  readonly attributeId: string
  readonly dataType: string
  readonly issuer?: string
  readonly mustBePresent: boolean
}

/** The version of XPath that PolicyDefaults or RequestDefaults ask for, where that is not 1.0. */
export type XPathVersion = '2.0'

/** Section 5.30. */
export interface Selector extends Located {
  readonly kind: 'AttributeSelector'
  readonly category: string
  readonly path: string
  readonly dataType: string
  readonly contextSelectorId?: string
  readonly mustBePresent: boolean
  readonly namespaces: Namespaces
  /** Of the path; absent for 1.0. */
  readonly xpathVersion?: XPathVersion
}

/** Section 5.27. */
export interface Apply extends Located {
  readonly kind: 'Apply'
  readonly function: string
  readonly arguments: readonly Expression[]
}

/** Section 5.28: a function given to a higher-order function. */
export interface FunctionReference extends Located {
  readonly kind: 'Function'
  readonly function: string
}

export interface VariableReference extends Located {
  readonly kind: 'VariableReference'
  readonly variableId: string
}

export interface VariableDefinition extends Located {
  readonly variableId: string
  readonly expression: Expression
}

/** Section 5.39. */
export interface ObligationExpression extends Located {
  readonly kind: 'Obligation'
  readonly id: string
  readonly fulfillOn: Effect
  readonly assignments: readonly AssignmentExpression[]
}

/** Section 5.40. */
export interface AdviceExpression extends Located {
  readonly kind: 'Advice'
  readonly id: string
  readonly appliesTo: Effect
  readonly assignments: readonly AssignmentExpression[]
}

/** Section 5.41. */
export interface AssignmentExpression extends Located {
  readonly attributeId: string
  readonly category?: string
  readonly issuer?: string
  readonly expression: Expression
}
