/** What a compiled policy may look at, so that a caller fetches that and nothing else. */
import type { Designator } from '../model/policy.ts'
import type { CompiledPolicy } from './compile.ts'
import type { Expression, Node, NoticesOf, Test, VariableExpression } from './node.ts'
import type { Slot } from './vocabulary.ts'

export interface NeededAttributes {
  /** Each once; mustBePresent when any of its designators says so. Without what open references will be bound to. */
  readonly attributes: readonly NeededAttribute[]
  /** Whether anything looks into `<Content>`. */
  readonly content: boolean
}

export type NeededAttribute = Pick<Designator, 'category' | 'attributeId' | 'dataType' | 'issuer' | 'mustBePresent'>

export function neededAttributes({ node }: CompiledPolicy): NeededAttributes {
  const needs: Needs = { slots: new Map(), seen: new Set(), content: false }
  visitNode(node, needs)
  const attributes = [...needs.slots].map(([{ category, attributeId, dataType, issuer }, mustBePresent]) => ({
    category,
    attributeId,
    dataType,
    ...(issuer !== undefined && { issuer }),
    mustBePresent,
  }))
  return { attributes, content: needs.content }
}

interface Needs {
  /** Whether MustBePresent is set anywhere, by slot. */
  readonly slots: Map<Slot, boolean>
  /** What may be reached in more than one way: policies by reference, variables. */
  readonly seen: Set<object>
  content: boolean
}

function visitNode(node: Node, needs: Needs): void {
  if (node.kind === 'OpenReference' || node.kind === 'Failing' || needs.seen.has(node)) return
  needs.seen.add(node)
  for (const test of node.target) visitTest(test, needs)
  if (node.kind === 'Rule') {
    if (node.condition !== undefined) visitExpression(node.condition, needs)
  } else for (const child of node.children) visitNode(child, needs)
  for (const notices of [node.notices?.onPermit, node.notices?.onDeny]) visitNotices(notices, needs)
}

function visitNotices(notices: NoticesOf | undefined, needs: Needs): void {
  if (notices === undefined) return
  for (const { assignments } of [...notices.obligations, ...notices.advice]) {
    for (const { expression } of assignments) visitExpression(expression, needs)
  }
}

function visitTest(test: Test, needs: Needs): void {
  switch (test.kind) {
    case 'Member':
    case 'Order':
      need(test.slot, test.missing !== undefined, needs)
      break
    case 'Match':
      if (test.row.form === 'xpath') needs.content = true
      visitExpression(test.bag, needs)
      break
    case 'Every':
    case 'Some':
      for (const part of test.tests) visitTest(part, needs)
  }
}

function visitExpression(expression: Expression, needs: Needs): void {
  switch (expression.kind) {
    case 'Literal':
      break
    case 'Designator':
    case 'OnlyValue':
      need(expression.slot, expression.missing !== undefined, needs)
      break
    case 'Comparison':
      visitExpression(expression.left, needs)
      visitExpression(expression.right, needs)
      break
    case 'Selector':
      needs.content = true
      break
    case 'Variable':
      visitVariable(expression, needs)
      break
    case 'Named':
      needs.content = true
      for (const argument of expression.arguments) visitExpression(argument, needs)
      break
    case 'HigherOrder':
      if (expression.function.form === 'xpath') needs.content = true
      for (const argument of expression.arguments) visitExpression(argument, needs)
      break
    default:
      for (const argument of expression.arguments) visitExpression(argument, needs)
  }
}

function visitVariable(variable: VariableExpression, needs: Needs): void {
  if (needs.seen.has(variable)) return
  needs.seen.add(variable)
  visitExpression(variable.definition, needs)
}

function need(slot: Slot, mustBePresent: boolean, { slots }: Needs): void {
  slots.set(slot, mustBePresent || (slots.get(slot) ?? false))
}
