/** Sections 7.12 to 7.15: policies, policy sets and references to them. */
import { type Child, combine } from '../combining/combine.ts'
import { combiningAlgorithms } from '../combining/index.ts'
import { isIndeterminate, underIndeterminateTarget } from '../combining/outcome.ts'
import { Failure } from '../model/failure.ts'
import type { Policy, PolicyReference, PolicySet, PolicySetChild } from '../model/policy.ts'
import { exhaust, takeStep } from '../work.ts'
import { type DecisionContext, type Scope, scopeWithoutVariables } from './context.ts'
import { type Evaluation, indeterminate, notApplicable } from './evaluation.ts'
import { matchTarget } from './match.ts'
import { evaluateObligations } from './obligations.ts'
import { evaluateRule } from './rule.ts'

/** `depth` is the level of this one, the root being the first; a reference is on the level of what it refers to. */
export function evaluatePolicyElement(element: PolicySetChild, context: DecisionContext, depth: number): Evaluation {
  const refused = takeStep(context.work)
  if (refused !== undefined) return indeterminate(element, 'Indeterminate{DP}', refused)
  if (element.kind === 'Policy') return evaluatePolicy(element, context, depth)
  if (element.kind === 'PolicySet') return evaluatePolicySet(element, context, depth)
  return evaluateReference(element, context, depth)
}

function evaluatePolicy(policy: Policy, context: DecisionContext, depth: number): Evaluation {
  const scope: Scope = { context, policy, variables: new Map() }
  const rules = policy.rules.map((rule) => ({
    evaluate: () => evaluateRule(rule, scope),
    applies: () => matchTarget(rule.target, context),
  }))
  return evaluateCombined(policy, rules, scope, depth)
}

function evaluatePolicySet(policySet: PolicySet, context: DecisionContext, depth: number): Evaluation {
  const children = policySet.children.map((child) => ({
    evaluate: () => evaluatePolicyElement(child, context, depth + 1),
    applies: () => targetApplies(child, context),
  }))
  return evaluateCombined(policySet, children, scopeWithoutVariables(context), depth)
}

/** Table 5 to 7: the target first; under a target in error the children still say what might have been. */
function evaluateCombined(
  of: Policy | PolicySet,
  children: readonly Child<Evaluation>[],
  scope: Scope,
  depth: number,
): Evaluation {
  const matched = matchTarget(of.target, scope.context)
  if (matched === false) return notApplicable(of)
  const tooDeep = refuseDepth(depth, scope.context)
  if (tooDeep !== undefined) return indeterminate(of, 'Indeterminate{DP}', tooDeep)

  const algorithm = combiningAlgorithms.get(of.combiningAlgorithm)
  if (algorithm === undefined) throw new Error(`the policy was not checked: \`${of.combiningAlgorithm}\` is not known`)
  const { outcome: combined, failure, evaluated } = combine(algorithm.logic, children)
  const outcome = algorithm.mergesKinds && isIndeterminate(combined) ? 'Indeterminate{DP}' : combined

  if (matched instanceof Failure) {
    const under = underIndeterminateTarget(outcome)
    if (!isIndeterminate(under)) return { ...notApplicable(of), children: evaluated }
    return indeterminate(of, under, matched, evaluated)
  }
  if (isIndeterminate(outcome)) {
    if (failure === undefined) throw new Error('an Indeterminate without a reason')
    return { ...indeterminate(of, outcome, failure, evaluated), targetMatched: true }
  }
  if (outcome === 'NotApplicable') return { ...notApplicable(of), targetMatched: true, children: evaluated }
  return withObligations(of, outcome, evaluated, scope)
}

/** Section 7.18: those of the children that said the same come first, in order of evaluation, then its own. */
function withObligations(
  of: Policy | PolicySet,
  outcome: 'Permit' | 'Deny',
  children: readonly Evaluation[],
  scope: Scope,
): Evaluation {
  const own = evaluateObligations(of, outcome, scope)
  if (own instanceof Failure) {
    return indeterminate(of, outcome === 'Permit' ? 'Indeterminate{P}' : 'Indeterminate{D}', own, children)
  }
  const agreeing = children.filter((child) => child.outcome === outcome)
  return {
    of,
    outcome,
    targetMatched: true,
    obligations: [...agreeing.flatMap((child) => child.obligations), ...own.obligations],
    advice: [...agreeing.flatMap((child) => child.advice), ...own.advice],
    children,
  }
}

function evaluateReference(reference: PolicyReference, context: DecisionContext, depth: number): Evaluation {
  const found = context.resolve(reference)
  if (found === undefined) return indeterminate(reference, 'Indeterminate{DP}', unresolved(reference))
  return evaluatePolicyElement(found, context, depth)
}

/** Asked by only-one-applicable: whether a child applies, by its target alone. */
function targetApplies(child: PolicySetChild, context: DecisionContext): boolean | Failure {
  if (child.kind === 'Policy' || child.kind === 'PolicySet') return matchTarget(child.target, context)
  const found = context.resolve(child)
  return found === undefined ? unresolved(child) : matchTarget(found.target, context)
}

function unresolved({ kind, id }: PolicyReference): Failure {
  return new Failure(
    'processing-error',
    `no ${kind === 'PolicyIdReference' ? 'policy' : 'policy set'} \`${id}\` is known`,
  )
}

/** A reference cycle ends here. As with the steps, no policy may make a Permit of it. */
function refuseDepth(depth: number, { limits, work }: DecisionContext): Failure | undefined {
  if (depth <= limits.policyDepth) return undefined
  return exhaust(work, 'policies are nested deeper than the limit `policyDepth` allows')
}
