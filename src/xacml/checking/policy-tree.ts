/** Everything in a policy document that rules of checking look at, gathered once, in document order. */
import type {
  AdviceExpression,
  Expression,
  Match,
  ObligationExpression,
  Policy,
  PolicyReference,
  PolicySet,
  PolicySetChild,
  Rule,
  Target,
} from '../model/policy.ts'

export interface PolicyTree {
  readonly root: Policy | PolicySet
  readonly policies: readonly Policy[]
  readonly policySets: readonly PolicySet[]
  readonly references: readonly PolicyReference[]
  readonly matches: readonly Match[]
  readonly expressions: readonly Placed[]
  /** Levels of policy sets; 1 for a document that is one policy. */
  readonly depth: number
}

/** An expression with what it stands in: arguments stand in their Apply, which is listed before them. */
export interface Placed {
  readonly expression: Expression
  /** Whose variables it may use; undefined outside of policies. */
  readonly policy: Policy | undefined
  readonly role: 'condition' | 'variable' | 'assignment' | 'argument' | 'match'
}

interface Gathering {
  readonly policies: Policy[]
  readonly policySets: PolicySet[]
  readonly references: PolicyReference[]
  readonly matches: Match[]
  readonly expressions: Placed[]
  depth: number
}

export function gatherTree(root: Policy | PolicySet): PolicyTree {
  const tree: Gathering = { policies: [], policySets: [], references: [], matches: [], expressions: [], depth: 0 }
  gatherChild(root, tree, 1)
  return { root, ...tree }
}

function gatherChild(element: PolicySetChild, tree: Gathering, depth: number): void {
  tree.depth = Math.max(tree.depth, depth)
  if (element.kind === 'PolicySet') gatherPolicySet(element, tree, depth)
  else if (element.kind === 'Policy') gatherPolicy(element, tree)
  else tree.references.push(element)
}

function gatherPolicySet(policySet: PolicySet, tree: Gathering, depth: number): void {
  tree.policySets.push(policySet)
  gatherTarget(policySet.target, undefined, tree)
  for (const child of policySet.children) gatherChild(child, tree, depth + 1)
  gatherAssignments(policySet, undefined, tree)
}

function gatherPolicy(policy: Policy, tree: Gathering): void {
  tree.policies.push(policy)
  gatherTarget(policy.target, policy, tree)
  for (const { expression } of policy.variables) gatherExpression(expression, policy, 'variable', tree)
  for (const rule of policy.rules) gatherRule(rule, policy, tree)
  gatherAssignments(policy, policy, tree)
}

function gatherRule(rule: Rule, policy: Policy, tree: Gathering): void {
  gatherTarget(rule.target, policy, tree)
  if (rule.condition !== undefined) gatherExpression(rule.condition.expression, policy, 'condition', tree)
  gatherAssignments(rule, policy, tree)
}

function gatherTarget(target: Target | undefined, policy: Policy | undefined, tree: Gathering): void {
  for (const match of (target?.anyOf ?? []).flatMap(({ allOf }) => allOf.flatMap(({ matches }) => matches))) {
    tree.matches.push(match)
    tree.expressions.push({ expression: match.literal, policy, role: 'match' })
    tree.expressions.push({ expression: match.attribute, policy, role: 'match' })
  }
}

function gatherAssignments(
  element: { readonly obligations: readonly ObligationExpression[]; readonly advice: readonly AdviceExpression[] },
  policy: Policy | undefined,
  tree: Gathering,
): void {
  for (const { assignments } of [...element.obligations, ...element.advice]) {
    for (const { expression } of assignments) gatherExpression(expression, policy, 'assignment', tree)
  }
}

function gatherExpression(
  expression: Expression,
  policy: Policy | undefined,
  role: Placed['role'],
  tree: Gathering,
): void {
  tree.expressions.push({ expression, policy, role })
  if (expression.kind !== 'Apply') return
  for (const argument of expression.arguments) gatherExpression(argument, policy, 'argument', tree)
}
