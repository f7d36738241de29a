/**
 * XPath 1.0 on an engine for XPath 3.1: the one compares and converts whatever it is given, the other asks for the right
 * types. A path is rewritten so that comparisons, arithmetic and arguments go through the conversions of 1.0.
 */
import type { Element } from 'slimdom'
import { conversionNamespace } from './conversions.ts'
import { functionNamespace } from './path.ts'

const syntaxNamespace = 'http://www.w3.org/2005/XQueryX'

const comparisons: ReadonlyMap<string, string> = new Map([
  ['equalOp', '='],
  ['notEqualOp', '!='],
  ['lessThanOp', '<'],
  ['lessThanOrEqualOp', '<='],
  ['greaterThanOp', '>'],
  ['greaterThanOrEqualOp', '>='],
])

const arithmetic = new Set(['addOp', 'subtractOp', 'multiplyOp', 'divOp', 'modOp', 'unaryMinusOp'])

type Conversion = 'string' | 'number' | 'first'

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
])

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
  return selections.has(expression.localName) || expression.firstElementChild?.textContent === 'id'
}

function convertArguments(functionCall: Element): void {
  const [name, args] = functionCall.children
  if (name === undefined || args === undefined) return
  const given = [...args.children]
  if (name.textContent === 'sum') functionCall.replaceWith(call(functionCall, 'sum', given.map(values)))
  const wanted = parameters.get(name.textContent ?? '') ?? []
  for (const [place, argument] of given.entries()) {
    const conversion = wanted[Math.min(place, wanted.length - 1)]
    if (conversion !== undefined) convert(argument, conversion)
  }
}

function convertOnly({ firstElementChild: expression }: Element): void {
  if (expression !== null) convert(expression, 'number')
}

function convert(expression: Element, to: Conversion): void {
  const place = create(expression, 'place')
  expression.replaceWith(place)
  place.replaceWith(to === 'first' ? first(expression) : call(expression, to, [values(expression)]))
}

/** The string values of nodes, other values as they are: nodes cannot be handed over. */
const values = (expression: Element): Element => call(expression, 'data', [expression], functionNamespace)

const first = (expression: Element): Element => call(expression, 'head', [expression], functionNamespace)

/* ── making expressions ──────────────────────────────────────────────────────────────────────────────────────── */

function call(near: Element, name: string, args: readonly Element[], namespace = conversionNamespace): Element {
  const made = create(near, 'functionCallExpr')
  const called = create(near, 'functionName')
  called.setAttributeNS(syntaxNamespace, 'xqx:URI', namespace)
  called.append(name)
  const given = create(near, 'arguments')
  given.append(...args)
  made.append(called, given)
  return made
}

function text(near: Element, value: string): Element {
  const made = create(near, 'stringConstantExpr')
  const inside = create(near, 'value')
  inside.append(value)
  made.append(inside)
  return made
}

function create(near: Element, name: string): Element {
  const document = near.ownerDocument
  if (document === null) throw new Error('a syntax tree has a document')
  return document.createElementNS(syntaxNamespace, `xqx:${name}`)
}
