/** The compiled form of a policy: plain read-only nodes, without source positions, shared between decisions. */
import type { CallableFunction } from '../evaluating/call.ts'
import type {
  FunctionRow,
  HigherOrderFunction,
  LogicalFunction,
  StrictFunction,
  XPathFunction,
} from '../functions/row.ts'
import type { Failure } from '../model/failure.ts'
import type { Selector } from '../model/policy.ts'
import type { Advice, Obligation } from '../model/response.ts'
import type { Bag, Value } from '../model/value.ts'
import type { FoldTable, OutcomeCode } from './outcome-code.ts'
import type { Sieve } from './sieve.ts'
import type { TargetIndex } from './target-index.ts'
import type { Slot } from './vocabulary.ts'

export type Node = RuleNode | CombiningNode | OpenReference | FailingNode

/** Section 7.11. */
export interface RuleNode {
  readonly kind: 'Rule'
  readonly id: string
  readonly effect: OutcomeCode
  readonly target: Tests
  readonly condition: Expression | undefined
  readonly notices: Notices | undefined
}

/** A policy or a policy set: sections 7.12 and 7.13 differ in what they combine only. */
export interface CombiningNode {
  readonly kind: 'Policy' | 'PolicySet'
  readonly id: string
  readonly version: string
  readonly target: Tests
  readonly logic: FoldTable | 'only-one-applicable' | 'on-permit-apply-second'
  /** The algorithm knows one Indeterminate only, which counts as {DP} above it (section C.1). */
  readonly mergesKinds: boolean
  readonly children: readonly Node[]
  /** The one rule of a policy that says what its rule says: the frequent kind, evaluated without combining. */
  readonly only: RuleNode | undefined
  /** Finds the children that may apply; absent where looking at all of them is as good. */
  readonly index: TargetIndex | Sieve | undefined
  readonly notices: Notices | undefined
}

/** A reference that is bound when a decision is made. */
export interface OpenReference {
  readonly kind: 'OpenReference'
  readonly id: string
  /** Which kind of element it may be bound to (sections 5.10 and 5.11). */
  readonly to: 'Policy' | 'PolicySet'
  /** What it comes to while it is unbound. */
  readonly unbound: Failure
}

/** A reference to nothing, or in a circle: Indeterminate whenever it is reached. */
export interface FailingNode {
  readonly kind: 'Failing'
  readonly id: string
  readonly failure: Failure
  /** No policy may make a Permit of it: the decision as a whole is Indeterminate. */
  readonly exhausting: boolean
}

/** All must match; a test that does not match wins over one in error (section 7.7). */
export type Tests = readonly Test[]

export type Test = Member | OrderTest | MatchTest | Group

/** What the index and the test of equality hash by. Strings stand for themselves. */
export type Key = string | number | bigint | boolean

/** Equality with one of several literals, on one attribute: matches when any value of the bag is among the keys. */
export interface Member {
  readonly kind: 'Member'
  readonly slot: Slot
  /** Compare by case-folded key (string-equal-ignore-case). */
  readonly folded: boolean
  /** Values are compared themselves, not keys made of them. */
  readonly direct: boolean
  readonly keys: readonly Key[]
  /** The same keys, where there are many. */
  readonly keySet: ReadonlySet<Key> | undefined
  /** What an empty bag means: MustBePresent; undefined: no match. */
  readonly missing: Failure | undefined
}

/** An order relation on one attribute: matches when it holds of any value of the bag. Section A.3.6. */
export interface OrderTest {
  readonly kind: 'Order'
  readonly slot: Slot
  /** With a value of the bag to the left, and the bound to the right. */
  readonly operator: Exclude<Operator, '='>
  readonly bound: bigint | number
  /** What an empty bag means: MustBePresent; undefined: no match. */
  readonly missing: Failure | undefined
}

/** Any other match function, or an equality that hashing cannot decide (section 7.6). */
export interface MatchTest {
  readonly kind: 'Match'
  readonly row: Exclude<FunctionRow, HigherOrderFunction>
  readonly literal: Value | Failure
  readonly bag: DesignatorExpression | SelectorExpression
}

/** AllOf (every) or AnyOf (some), where one test does not say it. */
export interface Group {
  readonly kind: 'Every' | 'Some'
  readonly tests: Tests
}

export type Expression =
  | LiteralExpression
  | DesignatorExpression
  | SelectorExpression
  | CallExpression
  | ComparisonExpression
  | OnlyValueExpression
  | LogicalExpression
  | HigherOrderExpression
  | NamedExpression
  | VariableExpression

/** A constant, folded as far as possible; a Failure is a constant error. */
export interface LiteralExpression {
  readonly kind: 'Literal'
  readonly value: Value | Bag | Failure
}

export interface DesignatorExpression {
  readonly kind: 'Designator'
  readonly slot: Slot
  readonly missing: Failure | undefined
}

export interface SelectorExpression {
  readonly kind: 'Selector'
  readonly selector: Selector
}

export interface CallExpression {
  readonly kind: 'Call'
  readonly call: StrictFunction['call']
  readonly arguments: readonly Expression[]
}

export type Operator = '=' | '>' | '>=' | '<' | '<='

/** A comparison that JavaScript's own operators make: of numbers, and equality of primitive values. Done without a call. */
export interface ComparisonExpression {
  readonly kind: 'Comparison'
  readonly operator: Operator
  readonly left: Expression
  readonly right: Expression
}

/** type-one-and-only of a designator: by far the most frequent call, done without one. */
export interface OnlyValueExpression {
  readonly kind: 'OnlyValue'
  readonly slot: Slot
  readonly missing: Failure | undefined
  readonly call: StrictFunction['call']
}

export interface LogicalExpression {
  readonly kind: 'Logical'
  readonly logic: LogicalFunction['logic']
  readonly arguments: readonly Expression[]
}

export interface HigherOrderExpression {
  readonly kind: 'HigherOrder'
  readonly order: HigherOrderFunction['order']
  /** The function to apply; one with a constant first argument has looked at it already. */
  readonly function: CallableFunction
  readonly arguments: readonly Expression[]
}

/** A function that needs the request's content or a nested evaluation. */
export interface NamedExpression {
  readonly kind: 'Named'
  readonly row: XPathFunction
  readonly arguments: readonly Expression[]
}

/** One object per variable definition: its value is kept for the decision under this identity. */
export interface VariableExpression {
  readonly kind: 'Variable'
  /** Filled right after construction, because definitions may come after use; never changed later. */
  definition: Expression
}

/** Obligations and advice of one element, by the outcome that they belong to. */
export interface Notices {
  readonly onPermit: NoticesOf | undefined
  readonly onDeny: NoticesOf | undefined
}

export interface NoticesOf {
  readonly obligations: readonly NoticeTemplate[]
  readonly advice: readonly NoticeTemplate[]
  /** The finished thing when nothing in it depends on the request, and the steps that it costs to put into a result. */
  readonly constant: Issued | undefined
  readonly cost: number
}

export interface Issued {
  readonly obligations: readonly Obligation[]
  readonly advice: readonly Advice[]
}

export interface NoticeTemplate {
  readonly id: string
  readonly assignments: readonly AssignmentTemplate[]
}

export interface AssignmentTemplate {
  readonly attributeId: string
  readonly category: string | undefined
  readonly issuer: string | undefined
  readonly dataType: string
  readonly expression: Expression
}
