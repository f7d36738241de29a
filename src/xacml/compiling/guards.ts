/**
 * What is asked of a child at its leaf before it becomes a candidate: its requirements that the way to the leaf has not
 * asked for, and the comparison of numbers that its condition begins with. All of it reads a prepared request by number
 * only. Most children that get as far as a leaf end here, without being fetched from memory.
 */
import type { CombiningNode, Expression, Node, Operator, RuleNode } from './node.ts'
import { columnOf } from './prepare.ts'
import type { Coded } from './target-index.ts'
import type { Slot } from './vocabulary.ts'

export interface Guards {
  readonly requirements: readonly GuardedRequirement[]
  readonly comparison: NumberComparison | undefined
}

export interface GuardedRequirement {
  readonly slot: Slot
  readonly column: number
  readonly windows: readonly Window[]
}

/** Codes from `from` on, the nth of them meant where bit n is set. Most requirements are one: met or not without a loop. */
export interface Window {
  readonly from: number
  readonly bits: number
}

/** Codes that one window reaches: as many bits as a small integer has. */
export const windowSize = 31

/** What takes more windows than this is left to the child's own test. */
const maximumWindows = 8

/** A comparison without which the child is NotApplicable. A side is the index of a slot, or a constant. */
export interface NumberComparison {
  readonly operator: Operator
  readonly left: Side
  readonly right: Side
  /** The child when the comparison holds: without its condition where that is all there is to it. */
  readonly proven: Node
}

export type Side = { readonly slot: number } | { readonly constant: number }

/** A requirement of a slot without a number could not be asked by number. */
export function guardOf({ slot, folded, codes }: Coded): GuardedRequirement | undefined {
  if (slot.index < 0) return undefined
  const windows = windowsOf(codes)
  return windows.length > maximumWindows ? undefined : { slot, column: columnOf(slot, folded), windows }
}

function windowsOf(codes: readonly number[]): readonly Window[] {
  const windows: Window[] = []
  for (const code of [...codes].sort((a, b) => a - b)) {
    const last = windows[windows.length - 1]
    if (last === undefined || code - last.from >= windowSize) windows.push({ from: code, bits: 1 })
    else windows[windows.length - 1] = { from: last.from, bits: last.bits | (1 << (code - last.from)) }
  }
  return windows
}

/** Of a rule, or of a policy that says what its one rule says: one that has no target of its own. */
export function comparisonOf(child: Node): NumberComparison | undefined {
  if (child.kind === 'Rule') return ofCondition(child, child)
  if (child.kind !== 'Policy' || child.only === undefined || child.only.target.length > 0) return undefined
  return ofCondition(child.only, child)
}

/** `and` evaluates nothing after a first argument that is false (section A.3.5). */
function ofCondition(rule: RuleNode, child: RuleNode | CombiningNode): NumberComparison | undefined {
  let first = rule.condition
  while (first?.kind === 'Logical' && first.logic === 'and') first = first.arguments[0]
  if (first?.kind !== 'Comparison') return undefined
  const left = sideOf(first.left)
  const right = sideOf(first.right)
  if (left === undefined || right === undefined) return undefined
  const proven = first === rule.condition ? withoutCondition(rule, child) : child
  return { operator: first.operator, left, right, proven }
}

function withoutCondition(rule: RuleNode, child: RuleNode | CombiningNode): Node {
  const unconditional = { ...rule, condition: undefined }
  return child.kind === 'Rule' ? unconditional : { ...child, children: [unconditional], only: unconditional }
}

/** Undefined for what is no number, or one that a double does not hold exactly. */
function sideOf(side: Expression): Side | undefined {
  if (side.kind === 'OnlyValue') return side.slot.index < 0 ? undefined : { slot: side.slot.index }
  if (side.kind !== 'Literal') return undefined
  const { value } = side
  if (typeof value === 'number') return { constant: value }
  if (typeof value !== 'bigint') return undefined
  return Number.isSafeInteger(Number(value)) ? { constant: Number(value) } : undefined
}
