/** Policies to nodes: everything that does not depend on the request is done here, once. */
import { combiningAlgorithms } from '../combining/index.ts'
import type { Resolve } from '../evaluating/context.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type * as model from '../model/policy.ts'
import type { Outcome, Problem } from '../problems.ts'
import { newWork } from '../work.ts'
import { type Compilation, compileExpression, compileVariables, type Variables } from './compile-expression.ts'
import { compileNotices } from './compile-notices.ts'
import { compileTarget } from './compile-target.ts'
import type { CombiningNode, Node, RuleNode } from './node.ts'
import { DENY, handsOn, PERMIT, tabulate } from './outcome-code.ts'
import { ownText } from './own-text.ts'
import { buildSieve, type Sieve } from './sieve.ts'
import { buildIndex, type TargetIndex } from './target-index.ts'
import { sharedVocabulary, type Vocabulary } from './vocabulary.ts'

/** A checked policy, ready for decisions. Immutable, and shareable between any number of them. */
export interface CompiledPolicy {
  readonly node: CombiningNode
  /** Requests have to be prepared with the same one. */
  readonly vocabulary: Vocabulary
}

export interface CompileOptions {
  /** Finds the policies that are referred to: checked ones, like the policy itself. */
  readonly resolve?: Resolve
  /** Ids of references that are bound when a decision is made, and looked up nowhere now. */
  readonly open?: ReadonlySet<string>
  readonly limits?: Limits
  readonly vocabulary?: Vocabulary
  /**
   * False: look at every child of every policy set, as a measure for what the index is worth. Which of the two kinds of
   * index serves is found out for each policy; `tree` is only that kind, `sieve` is that kind wherever it can be.
   */
  readonly index?: boolean | 'tree' | 'sieve'
}

/**
 * Of a policy that `checkPolicy` finds no error in; anything else throws. A reference that nothing is known for is a
 * warning here, and Indeterminate where a decision reaches it.
 */
export function compile(policy: model.Policy | model.PolicySet, options: CompileOptions = {}): Outcome<CompiledPolicy> {
  const vocabulary = options.vocabulary ?? sharedVocabulary
  const limits = options.limits ?? defaultLimits
  const compiler: Compiler = {
    vocabulary,
    limits,
    work: newWork(limits.steps),
    missing: new Map(),
    onlyValues: new Map(),
    members: new Map(),
    resolve: options.resolve ?? (() => undefined),
    open: options.open ?? new Set(),
    indexed: options.index ?? true,
    known: new Map(),
    underWay: new Set(),
    depth: 0,
    isCut: false,
    warnings: [],
  }
  const node = compilePolicy(policy, compiler)
  return { ok: true, value: { node, vocabulary }, warnings: compiler.warnings }
}

interface Compiler extends Compilation {
  readonly resolve: Resolve
  readonly open: ReadonlySet<string>
  readonly indexed: boolean | 'tree' | 'sieve'
  /** Policies found by reference: compiled once, whoever refers to them. */
  readonly known: Map<model.Policy | model.PolicySet, Found>
  readonly underWay: Set<model.Policy | model.PolicySet>
  /** Levels of policies and policy sets that are under way. */
  depth: number
  /** Whether something was left out for being too deep: a shorter way there may not be. */
  isCut: boolean
  readonly warnings: Problem[]
}

interface Found {
  readonly node: CombiningNode
  readonly depth: number
  readonly isCut: boolean
}

function compilePolicy(policy: model.Policy | model.PolicySet, compiler: Compiler): CombiningNode {
  compiler.underWay.add(policy)
  compiler.depth += 1
  const variables = policy.kind === 'Policy' ? compileVariables(policy.variables, compiler) : noVariables
  const children =
    policy.kind === 'Policy'
      ? policy.rules.map((rule) => compileRule(rule, policy, variables, compiler))
      : policy.children.map((child) => compileChild(child, compiler))
  compiler.underWay.delete(policy)
  compiler.depth -= 1
  const logic = logicOf(policy.combiningAlgorithm)
  return {
    kind: policy.kind,
    id: ownText(policy.id),
    version: ownText(policy.version),
    target: compileTarget(policy.target, compiler),
    logic,
    mergesKinds: combiningAlgorithms.get(policy.combiningAlgorithm)?.mergesKinds === true,
    children,
    only: onlyRule(children, logic),
    index: indexOf(children, logic, compiler),
    notices: compileNotices(policy, policy.kind === 'Policy' ? policy : undefined, variables, compiler),
  }
}

const noVariables: Variables = new Map()

/** With one child, most algorithms give what it gives. */
function onlyRule([first, ...others]: readonly Node[], logic: CombiningNode['logic']): RuleNode | undefined {
  if (first?.kind !== 'Rule' || others.length > 0 || typeof logic === 'string') return undefined
  return handsOn(logic) ? first : undefined
}

function logicOf(algorithm: string): CombiningNode['logic'] {
  const row = combiningAlgorithms.get(algorithm)
  if (row === undefined) throw new Error(`the policy was not checked: \`${algorithm}\` is not known`)
  return row.logic.form === 'fold' ? tabulate(row.logic) : row.logic.form
}

/** Below this many children, testing each is as fast as looking them up. */
const few = 4

function indexOf(
  children: readonly Node[],
  logic: CombiningNode['logic'],
  { indexed, vocabulary }: Compiler,
): TargetIndex | Sieve | undefined {
  if (indexed === false || children.length <= few || logic === 'on-permit-apply-second') return undefined
  if (indexed !== 'tree' && typeof logic !== 'string') {
    const sieve = buildSieve(children, vocabulary, indexed === 'sieve')
    if (sieve !== undefined) return sieve
  }
  const index = buildIndex(children, logic === 'only-one-applicable', vocabulary)
  return index.root.kind === 'Leaf' ? undefined : index
}

function compileRule(rule: model.Rule, policy: model.Policy, variables: Variables, compiler: Compiler): RuleNode {
  const condition = rule.condition && compileExpression(rule.condition.expression, variables, compiler)
  return {
    kind: 'Rule',
    id: ownText(rule.id),
    effect: rule.effect === 'Permit' ? PERMIT : DENY,
    target: compileTarget(rule.target, compiler),
    condition: condition?.kind === 'Literal' && condition.value === true ? undefined : condition,
    notices: compileNotices(rule, policy, variables, compiler),
  }
}

/* ── references ──────────────────────────────────────────────────────────────────────────────────────────────── */

function compileChild(child: model.PolicySetChild, compiler: Compiler): Node {
  if (child.kind === 'Policy' || child.kind === 'PolicySet') return compilePolicy(child, compiler)
  const to = child.kind === 'PolicyIdReference' ? 'Policy' : 'PolicySet'
  const failure = unresolved(child)
  if (compiler.open.has(child.id)) return { kind: 'OpenReference', id: ownText(child.id), to, unbound: failure }
  const found = compiler.resolve(child)
  if (found === undefined) {
    compiler.warnings.push(unknownReference(child, failure))
    return { kind: 'Failing', id: child.id, failure, exhausting: false }
  }
  if (compiler.underWay.has(found)) return { kind: 'Failing', id: child.id, failure: circular(child), exhausting: true }
  if (compiler.depth >= compiler.limits.policyDepth) {
    compiler.isCut = true
    return { kind: 'Failing', id: ownText(child.id), failure: tooDeep, exhausting: true }
  }
  return compileFound(found, compiler)
}

function compileFound(found: model.Policy | model.PolicySet, compiler: Compiler): CombiningNode {
  const { known, depth, isCut } = compiler
  const before = known.get(found)
  const isComplete = before !== undefined && (!before.isCut || before.depth <= depth)
  compiler.isCut = isComplete && before.isCut
  const node = isComplete ? before.node : compilePolicy(found, compiler)
  if (!isComplete) known.set(found, { node, depth, isCut: compiler.isCut })
  compiler.isCut ||= isCut
  return node
}

function unresolved({ kind, id }: model.PolicyReference): Failure {
  const what = kind === 'PolicyIdReference' ? 'policy' : 'policy set'
  return new Failure('processing-error', ownText(`no ${what} \`${id}\` is known`))
}

const tooDeep = new Failure('processing-error', 'policies are nested deeper than the limit `policyDepth` allows')

const circular = ({ id }: model.PolicyReference): Failure =>
  new Failure('processing-error', `policy set \`${id}\` refers to itself, directly or by way of others`)

const unknownReference = ({ at }: model.PolicyReference, { message }: Failure): Problem => ({
  code: 'XACML-UNKNOWN-REFERENCE',
  severity: 'warning',
  message: `${message}; a decision that gets there is Indeterminate`,
  at,
})
