/**
 * What a path may cost: the exponent of a bound that is polynomial in the size of the document. Measured on the library
 * in use, which orders nodes by walking over siblings, so that steps along siblings are the dearest.
 */
import type { Element } from 'slimdom'

const axisDegrees: Readonly<Record<string, number>> = {
  parent: 1,
  ancestor: 1,
  'ancestor-or-self': 1,
  descendant: 1,
  'descendant-or-self': 1,
  'preceding-sibling': 2,
  'following-sibling': 2,
  preceding: 3,
  following: 3,
}

/** Further steps to everything below do not multiply, but their results have to be put in order. */
const furtherStep = 0.5

const comparisons = new Set(
  `equalOp notEqualOp lessThanOp lessThanOrEqualOp greaterThanOp greaterThanOrEqualOp`.split(' '),
)

export function degreeOf(element: Element): number {
  if (element.localName === 'pathExpr') return degreeOfPath(element)
  if (comparisons.has(element.localName)) return degreeOfComparison(element)
  const inside = Math.max(0, ...element.children.map(degreeOf))
  if (element.localName === 'unionOp') return Math.max(1, inside) + furtherStep
  return element.localName === 'functionName' && element.textContent === 'id' ? 1 : inside
}

/** A predicate runs once per node that its step comes to; one that stays below its node costs what there is below. */
function degreeOfPath(path: Element): number {
  const steps = path.children.filter(({ localName }) => localName === 'stepExpr')
  let soFar = steps.length < path.children.length ? 1 : 0
  let highest = soFar
  let isSingle = true
  for (const step of steps) {
    soFar = afterStep(soFar, step, isSingle)
    isSingle &&= isContextItem(step)
    const inside = Math.max(0, ...step.children.filter(isPredicates).map(degreeOf))
    highest = Math.max(highest, soFar, inside === 0 ? 0 : Math.max(1, soFar) + inside)
  }
  return highest
}

/** The first step starts at one node, the others at any number. */
function afterStep(soFar: number, step: Element, isSingle: boolean): number {
  const axis = step.children.find(({ localName }) => localName === 'xpathAxis')?.textContent ?? ''
  const own = Math.max(axisDegrees[axis] ?? 0, ...step.children.filter(isFilter).map(degreeOf))
  if (isSingle || own === 0 || axis === 'parent') return Math.max(soFar, own)
  return soFar + (own === 1 ? furtherStep : own)
}

const isContextItem = ({ firstElementChild: first }: Element) =>
  first?.firstElementChild?.localName === 'contextItemExpr'
const isFilter = ({ localName }: Element) => localName === 'filterExpr'
const isPredicates = ({ localName }: Element) => localName === 'predicates'

/** Each value of one side with each of the other, unless a side is one value. */
function degreeOfComparison(comparison: Element): number {
  const [left, right] = comparison.children.map((operand) => ({ degree: degreeOf(operand), many: isMany(operand) }))
  if (left === undefined || right === undefined) return 0
  if (!left.many || !right.many) return Math.max(left.degree, right.degree)
  return Math.max(1, left.degree) + Math.max(1, right.degree)
}

/** Whether an operand may select several nodes: anything but values, functions, the context node and attributes by name. */
function isMany(operand: Element): boolean {
  const [only] = operand.children
  if (only?.localName !== 'pathExpr') return only?.localName === 'sequenceExpr' || only?.localName === 'unionOp'
  const [step, ...more] = only.children
  const isName = step?.children.some(({ localName }) => localName === 'nameTest') ?? false
  const isAttribute = step?.children[0]?.textContent === 'attribute'
  return more.length > 0 || !isName || !isAttribute
}
