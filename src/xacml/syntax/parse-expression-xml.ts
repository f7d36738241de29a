/** Expressions: XACML 3.0 core, sections 5.25 to 5.31. Everything here trusts a tree that `checkShape` has passed. */
import type {
  Apply,
  Condition,
  Designator,
  Expression,
  FunctionReference,
  Literal,
  Selector,
  VariableDefinition,
  VariableReference,
  XPathVersion,
} from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { xpathExpression } from '../values/xpath-expression.ts'
import { booleanOf, childrenOf, optionalString, optionalUri, stringOf, uriOf } from './access.ts'
import { problem } from './outcome.ts'
import type { XmlElement } from './xml/element.ts'

/** What readers of a document share while they build: the findings, and how much they have built. */
export interface Building {
  readonly problems: Problem[]
  /** Rules, policies and policy sets so far. */
  elements: number
  /** In force where the reader is, when it is not 1.0. */
  xpathVersion: XPathVersion | undefined
}

export function readExpression(building: Building, element: XmlElement): Expression {
  switch (element.name) {
    case 'AttributeValue':
      return readLiteral(building, element)
    case 'AttributeDesignator':
      return readDesignator(element)
    case 'AttributeSelector':
      return readSelector(building, element)
    case 'Apply':
      return readApply(building, element)
    case 'Function':
      return readFunction(element)
    case 'VariableReference':
      return readVariableReference(element)
    default:
      throw new Error(`unchecked tree: ${element.name} as an expression`)
  }
}

/** The expression that is the only child. */
export function readOnlyExpression(building: Building, element: XmlElement): Expression {
  const [child] = element.children
  if (child === undefined) throw new Error(`unchecked tree: ${element.name} without an expression`)
  return readExpression(building, child)
}

/** White space is kept: whether it counts is for the data type to say. */
export function readLiteral(building: Building, element: XmlElement): Literal {
  refuseElements(building.problems, element)
  const dataType = uriOf(element, 'DataType')
  const literal = { kind: 'AttributeValue', dataType, text: element.text, at: element.at } as const
  if (dataType !== xpathExpression.id) return literal
  return {
    ...literal,
    ...optionalUri(element, 'XPathCategory', 'xpathCategory'),
    namespaces: element.scope,
    ...versionIn(building),
  }
}

/** The schema lets a value hold elements, but no data type of the standard has any in its lexical space. */
export function refuseElements(problems: Problem[], element: XmlElement): void {
  const [child] = element.children
  if (child === undefined) return
  const message = `\`${element.name}\` holds the element \`${child.name}\`: no data type has values made of elements`
  problems.push(problem('XACML-VALUE-WITH-ELEMENTS', message, child.at))
}

export function readDesignator(element: XmlElement): Designator {
  return {
    kind: 'AttributeDesignator',
    category: uriOf(element, 'Category'),
    attributeId: uriOf(element, 'AttributeId'),
    dataType: uriOf(element, 'DataType'),
    ...optionalString(element, 'Issuer', 'issuer'),
    mustBePresent: booleanOf(element, 'MustBePresent'),
    at: element.at,
  }
}

const versionIn = ({ xpathVersion }: Building): { readonly xpathVersion?: XPathVersion } =>
  xpathVersion === undefined ? {} : { xpathVersion }

export function readSelector(building: Building, element: XmlElement): Selector {
  return {
    kind: 'AttributeSelector',
    category: uriOf(element, 'Category'),
    path: stringOf(element, 'Path'),
    dataType: uriOf(element, 'DataType'),
    ...optionalUri(element, 'ContextSelectorId', 'contextSelectorId'),
    mustBePresent: booleanOf(element, 'MustBePresent'),
    namespaces: element.scope,
    ...versionIn(building),
    at: element.at,
  }
}

function readApply(building: Building, element: XmlElement): Apply {
  const children = element.children.filter((child) => child.name !== 'Description')
  return {
    kind: 'Apply',
    function: uriOf(element, 'FunctionId'),
    arguments: children.map((child) => readExpression(building, child)),
    at: element.at,
  }
}

function readFunction(element: XmlElement): FunctionReference {
  return { kind: 'Function', function: uriOf(element, 'FunctionId'), at: element.at }
}

function readVariableReference(element: XmlElement): VariableReference {
  return { kind: 'VariableReference', variableId: stringOf(element, 'VariableId'), at: element.at }
}

export function readVariables(building: Building, policy: XmlElement): readonly VariableDefinition[] {
  return childrenOf(policy, 'VariableDefinition').map((element) => ({
    variableId: stringOf(element, 'VariableId'),
    expression: readOnlyExpression(building, element),
    at: element.at,
  }))
}

export function readCondition(building: Building, element: XmlElement): Condition {
  return { expression: readOnlyExpression(building, element), at: element.at }
}
