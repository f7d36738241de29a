/** Policies as XML: XACML 3.0 core, sections 5.1 to 5.41. */
import type {
  AdviceExpression,
  AssignmentExpression,
  CombinerParameters,
  Expression,
  Literal,
  Match,
  Namespaces,
  ObligationExpression,
  Policy,
  PolicyReference,
  PolicySet,
  PolicySetChild,
  Rule,
  Target,
} from '../model/policy.ts'
import { type PrintNode, printDocument } from './print-node.ts'

/**
 * What `parsePolicy` reads back as the same policy, positions aside. The order of combiner parameters and variables among
 * the rules is not kept, for it has no meaning; nor is what the model does not hold (comments, descriptions of `Apply`).
 */
export function printPolicy(policy: Policy | PolicySet): string {
  const root = policy.kind === 'Policy' ? policyNode(policy) : policySetNode(policy)
  return printDocument(root, commonNamespaces(root))
}

/** What every path needs can be said once at the root; what only some need must not leak into the others. */
function commonNamespaces(root: PrintNode): Namespaces {
  let common: Record<string, string> | undefined
  for (const namespaces of namespacesIn(root)) {
    if (common === undefined) common = Object.assign(Object.create(null), namespaces) as Record<string, string>
    for (const prefix of Object.keys(common)) if (common[prefix] !== namespaces[prefix]) delete common[prefix]
  }
  return common ?? {}
}

function* namespacesIn(node: PrintNode): Generator<Namespaces> {
  if (node.namespaces !== undefined) yield node.namespaces
  for (const child of node.children ?? []) yield* namespacesIn(child)
}

function policySetNode(set: PolicySet): PrintNode {
  return {
    name: 'PolicySet',
    attributes: [
      ['PolicySetId', set.id],
      ['Version', set.version],
      ['PolicyCombiningAlgId', set.combiningAlgorithm],
      ['MaxDelegationDepth', set.maxDelegationDepth],
    ],
    children: [
      ...preambleNodes(set, 'PolicySetDefaults'),
      targetNode(set.target),
      ...set.combinerParameters.map(combinerParametersNode),
      ...set.children.map(childNode),
      ...closingNodes(set),
    ],
  }
}

function childNode(child: PolicySetChild): PrintNode {
  if (child.kind === 'PolicySet') return policySetNode(child)
  return child.kind === 'Policy' ? policyNode(child) : referenceNode(child)
}

function referenceNode(reference: PolicyReference): PrintNode {
  return {
    name: reference.kind,
    attributes: [
      ['Version', reference.version],
      ['EarliestVersion', reference.earliestVersion],
      ['LatestVersion', reference.latestVersion],
    ],
    text: reference.id,
  }
}

function policyNode(policy: Policy): PrintNode {
  return {
    name: 'Policy',
    attributes: [
      ['PolicyId', policy.id],
      ['Version', policy.version],
      ['RuleCombiningAlgId', policy.combiningAlgorithm],
      ['MaxDelegationDepth', policy.maxDelegationDepth],
    ],
    children: [
      ...preambleNodes(policy, 'PolicyDefaults'),
      targetNode(policy.target),
      ...policy.combinerParameters.map(combinerParametersNode),
      ...policy.variables.map(({ variableId, expression }) => ({
        name: 'VariableDefinition',
        attributes: [['VariableId', variableId] as const],
        children: [expressionNode(expression)],
      })),
      ...policy.rules.map(ruleNode),
      ...closingNodes(policy),
    ],
  }
}

function preambleNodes(owner: Policy | PolicySet, defaultsName: string): readonly PrintNode[] {
  const nodes = [...descriptionNodes(owner.description)]
  if (owner.issuer !== undefined) nodes.push({ name: 'PolicyIssuer', attributes: [] })
  if (owner.xpathVersion !== undefined) {
    const version = { name: 'XPathVersion', attributes: [], text: owner.xpathVersion }
    nodes.push({ name: defaultsName, attributes: [], children: [version] })
  }
  return nodes
}

function descriptionNodes(text: string | undefined): readonly PrintNode[] {
  return text === undefined ? [] : [{ name: 'Description', attributes: [], text }]
}

const refNames = {
  CombinerParameters: undefined,
  RuleCombinerParameters: 'RuleIdRef',
  PolicyCombinerParameters: 'PolicyIdRef',
  PolicySetCombinerParameters: 'PolicySetIdRef',
} as const

function combinerParametersNode({ kind, ref, parameters }: CombinerParameters): PrintNode {
  const refName = refNames[kind]
  return {
    name: kind,
    attributes: refName === undefined ? [] : [[refName, ref]],
    children: parameters.map(({ name, value }) => ({
      name: 'CombinerParameter',
      attributes: [['ParameterName', name] as const],
      children: [literalNode(value)],
    })),
  }
}

function ruleNode(rule: Rule): PrintNode {
  const { target, condition } = rule
  return {
    name: 'Rule',
    attributes: [
      ['RuleId', rule.id],
      ['Effect', rule.effect],
    ],
    children: [
      ...descriptionNodes(rule.description),
      ...(target === undefined ? [] : [targetNode(target)]),
      ...(condition === undefined
        ? []
        : [{ name: 'Condition', attributes: [], children: [expressionNode(condition.expression)] }]),
      ...closingNodes(rule),
    ],
  }
}

function closingNodes(owner: {
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly AdviceExpression[]
}): readonly PrintNode[] {
  const nodes: PrintNode[] = []
  if (owner.obligations.length > 0) {
    const children = owner.obligations.map(({ id, fulfillOn, assignments }) => ({
      name: 'ObligationExpression',
      attributes: [['ObligationId', id] as const, ['FulfillOn', fulfillOn] as const],
      children: assignments.map(assignmentNode),
    }))
    nodes.push({ name: 'ObligationExpressions', attributes: [], children })
  }
  if (owner.advice.length > 0) {
    const children = owner.advice.map(({ id, appliesTo, assignments }) => ({
      name: 'AdviceExpression',
      attributes: [['AdviceId', id] as const, ['AppliesTo', appliesTo] as const],
      children: assignments.map(assignmentNode),
    }))
    nodes.push({ name: 'AdviceExpressions', attributes: [], children })
  }
  return nodes
}

function assignmentNode({ attributeId, category, issuer, expression }: AssignmentExpression): PrintNode {
  return {
    name: 'AttributeAssignmentExpression',
    attributes: [
      ['AttributeId', attributeId],
      ['Category', category],
      ['Issuer', issuer],
    ],
    children: [expressionNode(expression)],
  }
}

function targetNode({ anyOf }: Target): PrintNode {
  const children = anyOf.map(({ allOf }) => ({
    name: 'AnyOf',
    attributes: [],
    children: allOf.map(({ matches }) => ({ name: 'AllOf', attributes: [], children: matches.map(matchNode) })),
  }))
  return { name: 'Target', attributes: [], children }
}

function matchNode(match: Match): PrintNode {
  return {
    name: 'Match',
    attributes: [['MatchId', match.function]],
    children: [literalNode(match.literal), expressionNode(match.attribute)],
  }
}

function literalNode({ dataType, text, xpathCategory, namespaces }: Literal): PrintNode {
  return {
    name: 'AttributeValue',
    attributes: [
      ['DataType', dataType],
      ['XPathCategory', xpathCategory],
    ],
    text,
    ...(namespaces === undefined ? {} : { namespaces }),
  }
}

function expressionNode(expression: Expression): PrintNode {
  switch (expression.kind) {
    case 'AttributeValue':
      return literalNode(expression)
    case 'AttributeDesignator':
      return {
        name: 'AttributeDesignator',
        attributes: [
          ['Category', expression.category],
          ['AttributeId', expression.attributeId],
          ['DataType', expression.dataType],
          ['Issuer', expression.issuer],
          ['MustBePresent', String(expression.mustBePresent)],
        ],
      }
    case 'AttributeSelector':
      return {
        name: 'AttributeSelector',
        attributes: [
          ['Category', expression.category],
          ['ContextSelectorId', expression.contextSelectorId],
          ['Path', expression.path],
          ['DataType', expression.dataType],
          ['MustBePresent', String(expression.mustBePresent)],
        ],
        namespaces: expression.namespaces,
      }
    case 'Apply':
      return {
        name: 'Apply',
        attributes: [['FunctionId', expression.function]],
        children: expression.arguments.map(expressionNode),
      }
    case 'Function':
      return { name: 'Function', attributes: [['FunctionId', expression.function]] }
    case 'VariableReference':
      return { name: 'VariableReference', attributes: [['VariableId', expression.variableId]] }
  }
}
