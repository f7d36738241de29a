/**
 * Mutants of a policy: each differs in one small thing that an author could have got wrong. Cases that pass on a mutant
 * as well do not say that thing. Made in document order, the same ones every time.
 */
import { combiningAlgorithms } from '../combining/index.ts'
import type {
  AdviceExpression,
  ObligationExpression,
  Policy,
  PolicySet,
  PolicySetChild,
  Position,
  Rule,
} from '../model/policy.ts'
import { mutateExpression } from './mutate-expression.ts'
import { mutateTarget } from './mutate-target.ts'

export interface Mutant {
  /** What was changed, for people. */
  readonly change: string
  readonly at: Position
  readonly document: Policy | PolicySet
}

/** A changed part of a document; its holder makes a changed holder of it, up to the root. */
export interface Mutation<T> {
  readonly change: string
  readonly at: Position
  readonly to: T
}

export function* mutatePolicy(document: Policy | PolicySet): Iterable<Mutant> {
  for (const { change, at, to } of mutateHolder(document)) yield { change, at, document: to as Policy | PolicySet }
}

function* mutateHolder(holder: Policy | PolicySet): Iterable<Mutation<Policy | PolicySet>> {
  yield* mutateAlgorithm(holder)
  if (holder.target.anyOf.length > 0) {
    const target = { ...holder.target, anyOf: [] }
    yield { change: `\`${holder.id}\` has no target`, at: holder.target.at, to: { ...holder, target } }
  }
  for (const mutation of mutateTarget(holder.target)) yield put(mutation, { ...holder, target: mutation.to })
  yield* mutateNotices(holder)
  if (holder.kind === 'Policy') yield* mutatePolicyBody(holder)
  else yield* mutateChildren(holder)
}

function* mutatePolicyBody(policy: Policy): Iterable<Mutation<Policy>> {
  for (const [index, variable] of policy.variables.entries()) {
    for (const mutation of mutateExpression(variable.expression)) {
      const to = { ...variable, expression: mutation.to }
      yield put(mutation, { ...policy, variables: policy.variables.with(index, to) })
    }
  }
  for (const [index, rule] of policy.rules.entries()) {
    if (policy.rules.length > 1) {
      yield {
        change: `drop rule \`${rule.id}\``,
        at: rule.at,
        to: { ...policy, rules: policy.rules.toSpliced(index, 1) },
      }
    }
    for (const mutation of mutateRule(rule)) {
      yield put(mutation, { ...policy, rules: policy.rules.with(index, mutation.to) })
    }
  }
}

function* mutateChildren(policySet: PolicySet): Iterable<Mutation<PolicySet>> {
  const { children } = policySet
  for (const [index, child] of children.entries()) {
    if (children.length > 1) {
      const to = { ...policySet, children: children.toSpliced(index, 1) }
      yield { change: `drop ${nameOf(child)} \`${child.id}\``, at: child.at, to }
    }
    if (child.kind !== 'Policy' && child.kind !== 'PolicySet') continue
    for (const mutation of mutateHolder(child)) {
      yield put(mutation, { ...policySet, children: children.with(index, mutation.to) })
    }
  }
}

const nameOf = ({ kind }: PolicySetChild): string =>
  ({ Policy: 'policy', PolicySet: 'policy set', PolicyIdReference: 'reference', PolicySetIdReference: 'reference' })[
    kind
  ]

function* mutateRule(rule: Rule): Iterable<Mutation<Rule>> {
  const { id, at, effect, target, condition, ...rest } = rule
  const opposite = effect === 'Permit' ? 'Deny' : 'Permit'
  yield { change: `rule \`${id}\` has effect ${opposite}`, at, to: { ...rule, effect: opposite } }
  if (target !== undefined) {
    const conditioned = condition === undefined ? {} : { condition }
    if (target.anyOf.length > 0) {
      yield { change: `rule \`${id}\` has no target`, at: target.at, to: { ...rest, id, at, effect, ...conditioned } }
    }
    for (const mutation of mutateTarget(target)) yield put(mutation, { ...rule, target: mutation.to })
  }
  if (condition !== undefined) {
    const targeted = target === undefined ? {} : { target }
    yield { change: `rule \`${id}\` has no condition`, at: condition.at, to: { ...rest, id, at, effect, ...targeted } }
    const { expression } = condition
    const negated = { kind: 'Apply', at: expression.at, function: not, arguments: [expression] } as const
    const change = `the condition of rule \`${id}\` is negated`
    yield { change, at: condition.at, to: { ...rule, condition: { ...condition, expression: negated } } }
    for (const mutation of mutateExpression(expression)) {
      yield put(mutation, { ...rule, condition: { ...condition, expression: mutation.to } })
    }
  }
  yield* mutateNotices(rule)
}

const not = 'urn:oasis:names:tc:xacml:1.0:function:not'

interface Noticing {
  readonly obligations: readonly ObligationExpression[]
  readonly advice: readonly AdviceExpression[]
}

function* mutateNotices<T extends Noticing>(holder: T): Iterable<Mutation<T>> {
  for (const [index, one] of holder.obligations.entries()) {
    const dropped = { ...holder, obligations: holder.obligations.toSpliced(index, 1) }
    yield { change: `drop obligation \`${one.id}\``, at: one.at, to: dropped }
    for (const mutation of mutateAssignments(one)) {
      yield put(mutation, { ...holder, obligations: holder.obligations.with(index, mutation.to) })
    }
  }
  for (const [index, one] of holder.advice.entries()) {
    yield {
      change: `drop advice \`${one.id}\``,
      at: one.at,
      to: { ...holder, advice: holder.advice.toSpliced(index, 1) },
    }
    for (const mutation of mutateAssignments(one)) {
      yield put(mutation, { ...holder, advice: holder.advice.with(index, mutation.to) })
    }
  }
}

function* mutateAssignments<T extends ObligationExpression | AdviceExpression>(notice: T): Iterable<Mutation<T>> {
  for (const [index, assignment] of notice.assignments.entries()) {
    for (const mutation of mutateExpression(assignment.expression)) {
      const to = { ...assignment, expression: mutation.to }
      yield put(mutation, { ...notice, assignments: notice.assignments.with(index, to) })
    }
  }
}

/**
 * Deny first instead of permit first, and the reverse. Where all rules have one effect and ask for nothing, the two
 * cannot be told apart by any decision, and there is no mutant.
 */
function* mutateAlgorithm<T extends Policy | PolicySet>(holder: T): Iterable<Mutation<T>> {
  const other = otherAlgorithm(holder)
  if (other === undefined || !combiningAlgorithms.has(other)) return
  if (holder.kind === 'Policy' && new Set(holder.rules.map(({ effect }) => effect)).size < 2) return
  if (holder.kind === 'PolicySet' && holder.children.length < 2) return
  const change = `\`${holder.id}\` combines by ${other.slice(other.lastIndexOf(':') + 1)}`
  yield { change, at: holder.at, to: { ...holder, combiningAlgorithm: other } }
}

function otherAlgorithm({ kind, combiningAlgorithm }: Policy | PolicySet): string | undefined {
  const name = combiningAlgorithm.slice(combiningAlgorithm.lastIndexOf(':') + 1)
  const other = others.get(name)
  const of = kind === 'Policy' ? 'rule' : 'policy'
  return other && `urn:oasis:names:tc:xacml:3.0:${of}-combining-algorithm:${other}`
}

const others: ReadonlyMap<string, string> = new Map([
  ['deny-overrides', 'permit-overrides'],
  ['ordered-deny-overrides', 'ordered-permit-overrides'],
  ['permit-overrides', 'deny-overrides'],
  ['ordered-permit-overrides', 'ordered-deny-overrides'],
  ['first-applicable', 'deny-overrides'],
  ['only-one-applicable', 'permit-overrides'],
  ['deny-unless-permit', 'permit-unless-deny'],
  ['permit-unless-deny', 'deny-unless-permit'],
])

const put = <T>({ change, at }: Mutation<unknown>, to: T): Mutation<T> => ({ change, at, to })
