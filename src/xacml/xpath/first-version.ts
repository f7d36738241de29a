/**
 * XPath 1.0 on an engine for XPath 3.1: the one compares and converts whatever it is given, the other asks for the right
 * types. A path is rewritten so that comparisons, arithmetic and arguments go through the conversions of 1.0.
 */
import type { Element } from 'slimdom'
import { call, create, first, nameOfCalled, text, values } from './syntax-tree.ts'

const comparisons: ReadonlyMap<string, string> = new Map([
  ['equalOp', '='],
  ['notEqualOp', '!='],
  ['lessThanOp', '<'],
  ['lessThanOrEqualOp', '<='],
  ['greaterThanOp', '>'],
  ['greaterThanOrEqualOp', '>='],
])

const arithmetic = new Set(['addOp', 'subtractOp', 'multiplyOp', 'divOp', 'modOp', 'unaryMinusOp'])

type Conversion = 'string' | 'number' | 'first' | 'values'

/** XPath 1.0, section 4: what the arguments are converted to; the last one stands for any further ones. */
const parameters: ReadonlyMap<string, readonly Conversion[]> = new Map<string, readonly Conversion[]>([
  ['local-name', ['first']],
  ['namespace-uri', ['first']],
  ['name', ['first']],
  ['string', ['string']],
  ['concat', ['string']],
  ['starts-with', ['string']],
  ['contains', ['string']],
  ['substring-before', ['string']],
  ['substring-after', ['string']],
  ['substring', ['string', 'number']],
  ['string-length', ['string']],
  ['normalize-space', ['string']],
  ['translate', ['string']],
  ['lang', ['string']],
  ['number', ['number']],
  ['floor', ['number']],
  ['ceiling', ['number']],
  ['round', ['number']],
  ['sum', ['values']],
])

/** Section 4: without an argument, these look at the context node. */
const ofContextNode = new Set(['string', 'number', 'string-length', 'normalize-space'])

/** Where the engine comes to other answers once the arguments are converted: without a length, with white space beyond XML's. */
const replaced = new Set(['sum', 'substring', 'normalize-space'])

/** In place. The tree is that of an accepted path. */
export function followFirstVersion(element: Element): void {
  for (const child of [...element.children]) followFirstVersion(child)
  const operator = comparisons.get(element.localName)
  if (operator !== undefined) replaceComparison(element, operator)
  else if (arithmetic.has(element.localName)) for (const operand of element.children) convertOnly(operand)
  else if (element.localName === 'functionCallExpr') convertArguments(element)
}

function replaceComparison(comparison: Element, operator: string): void {
  const [left, right] = comparison.children.map((operand) => operand.firstElementChild)
  if (!left || !right) throw new Error('a comparison has two operands')
  const kinds = [left, right].map((side) => text(comparison, selectsNodes(side) ? 'nodes' : 'value'))
  const args = [text(comparison, operator), ...kinds, values(left), values(right)]
  comparison.replaceWith(call(comparison, 'compare', args))
}

/** What selects nodes; everything else makes a value. In 1.0 that can be told from the expression. */
const selections = new Set(['pathExpr', 'rootExpr', 'contextItemExpr', 'unionOp', 'intersectOp', 'exceptOp'])

function selectsNodes(expression: Element): boolean {
  if (expression.localName === 'sequenceExpr') return expression.children.every(selectsNodes)
  return selections.has(expression.localName) || nameOfCalled(expression) === 'id'
}

function convertArguments(functionCall: Element): void {
  const args = functionCall.children[1]
  const name = nameOfCalled(functionCall)
  if (name === undefined || args === undefined) return
  if (args.children.length === 0 && ofContextNode.has(name)) args.append(create(args, 'contextItemExpr'))
  const wanted = parameters.get(name) ?? []
  for (const [place, argument] of [...args.children].entries()) {
    const conversion = wanted[Math.min(place, wanted.length - 1)]
    if (conversion !== undefined) convert(argument, conversion)
  }
  if (replaced.has(name)) functionCall.replaceWith(call(functionCall, name, [...args.children]))
}

function convertOnly({ firstElementChild: expression }: Element): void {
  if (expression !== null) convert(expression, 'number')
}

function convert(expression: Element, to: Conversion): void {
  const place = create(expression, 'place')
  expression.replaceWith(place)
  place.replaceWith(converted(expression, to))
}

function converted(expression: Element, to: Conversion): Element {
  if (to === 'first') return first(expression)
  return to === 'values' ? values(expression) : call(expression, to, [values(expression)])
}
