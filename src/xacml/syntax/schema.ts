/**
 * The XACML 3.0 core schema as data, one row per element, in the order of the standard's sections 5.1 to 5.57. What a row
 * does not allow is refused; the tests compare this table with the OASIS schema itself.
 */

/** The namespace of all XACML 3.0 elements. */
export const xacmlNamespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'

/** Simple types of attributes and of elements that hold text only. */
export type SimpleType =
  | 'anyURI'
  | 'string'
  | 'boolean'
  | 'integer'
  | 'Effect'
  | 'Decision'
  | 'Version'
  | 'VersionMatch'
  | 'IDREF'

/** One place in a sequence: one of these elements, none or one (`?`), any number (`*`), at least one (`+`), exactly one. */
export interface Slot {
  readonly names: readonly string[]
  readonly atLeast: 0 | 1
  readonly atMost: 1 | typeof Number.POSITIVE_INFINITY
}

export interface Shape {
  readonly required: readonly (readonly [name: string, type: SimpleType])[]
  readonly optional: readonly (readonly [name: string, type: SimpleType])[]
  /** Any further attribute is allowed. */
  readonly anyAttribute: boolean
  /** `xml:id` is allowed. */
  readonly id: boolean
  readonly content: ShapeContent
}

export type ShapeContent =
  | { readonly kind: 'empty' }
  | { readonly kind: 'text'; readonly type: SimpleType }
  | { readonly kind: 'sequence'; readonly slots: readonly Slot[] }
  /** Elements of any namespace, checked where XACML knows them; text between them when `mixed`. */
  | { readonly kind: 'any'; readonly mixed: boolean; readonly atLeast: 0 | 1; readonly atMost: number }

type Row = readonly [attributes: string, content: string]

const value: Row = ['DataType: anyURI, *', '#value']
const idReference: Row = [
  'Version?: VersionMatch, EarliestVersion?: VersionMatch, LatestVersion?: VersionMatch',
  '#anyURI',
]
const expression = 'Apply | AttributeSelector | AttributeValue | Function | VariableReference | AttributeDesignator'
const policySetChild =
  'PolicySet | Policy | PolicySetIdReference | PolicyIdReference | CombinerParameters | PolicyCombinerParameters | PolicySetCombinerParameters'
const expressions = 'ObligationExpressions?, AdviceExpressions?'

/** Attributes as `name: type`, `name?: type`, `*` for any and `xml:id`; content as a sequence of slots or `#` something. */
const rows: Readonly<Record<string, Row>> = {
  PolicySet: [
    'PolicySetId: anyURI, Version: Version, PolicyCombiningAlgId: anyURI, MaxDelegationDepth?: integer',
    `Description?, PolicyIssuer?, PolicySetDefaults?, Target, ${policySetChild}*, ${expressions}`,
  ],
  Description: ['', '#string'],
  PolicyIssuer: ['', 'Content?, Attribute*'],
  PolicySetDefaults: ['', 'XPathVersion'],
  XPathVersion: ['', '#anyURI'],
  Target: ['', 'AnyOf*'],
  AnyOf: ['', 'AllOf+'],
  AllOf: ['', 'Match+'],
  Match: ['MatchId: anyURI', 'AttributeValue, AttributeDesignator | AttributeSelector'],
  PolicySetIdReference: idReference,
  PolicyIdReference: idReference,
  Policy: [
    'PolicyId: anyURI, Version: Version, RuleCombiningAlgId: anyURI, MaxDelegationDepth?: integer',
    `Description?, PolicyIssuer?, PolicyDefaults?, Target, CombinerParameters | RuleCombinerParameters | VariableDefinition | Rule*, ${expressions}`,
  ],
  PolicyDefaults: ['', 'XPathVersion'],
  CombinerParameters: ['', 'CombinerParameter*'],
  CombinerParameter: ['ParameterName: string', 'AttributeValue'],
  RuleCombinerParameters: ['RuleIdRef: string', 'CombinerParameter*'],
  PolicyCombinerParameters: ['PolicyIdRef: anyURI', 'CombinerParameter*'],
  PolicySetCombinerParameters: ['PolicySetIdRef: anyURI', 'CombinerParameter*'],
  Rule: ['RuleId: string, Effect: Effect', `Description?, Target?, Condition?, ${expressions}`],
  VariableDefinition: ['VariableId: string', expression],
  VariableReference: ['VariableId: string', '#empty'],
  Condition: ['', expression],
  Apply: ['FunctionId: anyURI', `Description?, ${expression}*`],
  Function: ['FunctionId: anyURI', '#empty'],
  AttributeDesignator: [
    'Category: anyURI, AttributeId: anyURI, DataType: anyURI, Issuer?: string, MustBePresent: boolean',
    '#empty',
  ],
  AttributeSelector: [
    'Category: anyURI, ContextSelectorId?: anyURI, Path: string, DataType: anyURI, MustBePresent: boolean',
    '#empty',
  ],
  AttributeValue: value,
  Obligations: ['', 'Obligation+'],
  AssociatedAdvice: ['', 'Advice+'],
  Obligation: ['ObligationId: anyURI', 'AttributeAssignment*'],
  Advice: ['AdviceId: anyURI', 'AttributeAssignment*'],
  AttributeAssignment: [`AttributeId: anyURI, Category?: anyURI, Issuer?: string, ${value[0]}`, value[1]],
  ObligationExpressions: ['', 'ObligationExpression+'],
  AdviceExpressions: ['', 'AdviceExpression+'],
  ObligationExpression: ['ObligationId: anyURI, FulfillOn: Effect', 'AttributeAssignmentExpression*'],
  AdviceExpression: ['AdviceId: anyURI, AppliesTo: Effect', 'AttributeAssignmentExpression*'],
  AttributeAssignmentExpression: ['AttributeId: anyURI, Category?: anyURI, Issuer?: string', expression],
  Request: ['ReturnPolicyIdList: boolean, CombinedDecision: boolean', 'RequestDefaults?, Attributes+, MultiRequests?'],
  RequestDefaults: ['', 'XPathVersion'],
  Attributes: ['Category: anyURI, xml:id', 'Content?, Attribute*'],
  Content: ['', '#one'],
  Attribute: ['AttributeId: anyURI, Issuer?: string, IncludeInResult: boolean', 'AttributeValue+'],
  Response: ['', 'Result+'],
  Result: ['', 'Decision, Status?, Obligations?, AssociatedAdvice?, Attributes*, PolicyIdentifierList?'],
  PolicyIdentifierList: ['', 'PolicyIdReference | PolicySetIdReference*'],
  MultiRequests: ['', 'RequestReference+'],
  RequestReference: ['', 'AttributesReference+'],
  AttributesReference: ['ReferenceId: IDREF', '#empty'],
  Decision: ['', '#Decision'],
  Status: ['', 'StatusCode, StatusMessage?, StatusDetail?'],
  StatusCode: ['Value: anyURI', 'StatusCode?'],
  StatusMessage: ['', '#string'],
  StatusDetail: ['', '#any'],
  MissingAttributeDetail: [
    'Category: anyURI, AttributeId: anyURI, DataType: anyURI, Issuer?: string',
    'AttributeValue*',
  ],
}

/** Every element of XACML 3.0 by its local name. */
export const shapes: ReadonlyMap<string, Shape> = new Map(
  Object.entries(rows).map(([name, [attributes, content]]) => [name, readRow(attributes, content)]),
)

function readRow(attributes: string, content: string): Shape {
  const required: [string, SimpleType][] = []
  const optional: [string, SimpleType][] = []
  const parts = attributes === '' ? [] : attributes.split(', ')
  for (const part of parts) {
    const [name = '', type] = part.split(': ')
    if (type === undefined) continue
    if (name.endsWith('?')) optional.push([name.slice(0, -1), type as SimpleType])
    else required.push([name, type as SimpleType])
  }
  const anyAttribute = parts.includes('*')
  return { required, optional, anyAttribute, id: parts.includes('xml:id'), content: readContent(content) }
}

function readContent(content: string): ShapeContent {
  if (content === '#empty') return { kind: 'empty' }
  if (content === '#value') return { kind: 'any', mixed: true, atLeast: 0, atMost: Number.POSITIVE_INFINITY }
  if (content === '#one') return { kind: 'any', mixed: true, atLeast: 1, atMost: 1 }
  if (content === '#any') return { kind: 'any', mixed: false, atLeast: 0, atMost: Number.POSITIVE_INFINITY }
  if (content.startsWith('#')) return { kind: 'text', type: content.slice(1) as SimpleType }
  return { kind: 'sequence', slots: content.split(', ').map(readSlot) }
}

function readSlot(slot: string): Slot {
  const mark = slot.at(-1) ?? ''
  const names = (/[?*+]/.test(mark) ? slot.slice(0, -1) : slot).split(' | ')
  return {
    names,
    atLeast: mark === '?' || mark === '*' ? 0 : 1,
    atMost: mark === '*' || mark === '+' ? Number.POSITIVE_INFINITY : 1,
  }
}
