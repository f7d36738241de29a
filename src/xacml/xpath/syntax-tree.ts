/** Making and reading expressions in the form in which the XPath engine takes them: XQueryX, as a document tree. */
import type { Element } from 'slimdom'
import { conversionNamespace } from './conversions.ts'
import { functionNamespace } from './path.ts'

const syntaxNamespace = 'http://www.w3.org/2005/XQueryX'

/** The local name of the function that an expression calls; undefined for other expressions. */
export const nameOfCalled = ({ localName, firstElementChild: name }: Element): string | undefined =>
  localName === 'functionCallExpr' ? (name?.textContent ?? undefined) : undefined

/** The string values of nodes, other values as they are: nodes cannot be handed over. */
export const values = (expression: Element): Element => call(expression, 'data', [expression], functionNamespace)

export const first = (expression: Element): Element => call(expression, 'head', [expression], functionNamespace)

export function call(near: Element, name: string, args: readonly Element[], namespace = conversionNamespace): Element {
  const made = create(near, 'functionCallExpr')
  const called = create(near, 'functionName')
  called.setAttributeNS(syntaxNamespace, 'xqx:URI', namespace)
  called.append(name)
  const given = create(near, 'arguments')
  given.append(...args)
  made.append(called, given)
  return made
}

export function text(near: Element, value: string): Element {
  const made = create(near, 'stringConstantExpr')
  const inside = create(near, 'value')
  inside.append(value)
  made.append(inside)
  return made
}

export function create(near: Element, name: string): Element {
  const document = near.ownerDocument
  if (document === null) throw new Error('a syntax tree has a document')
  return document.createElementNS(syntaxNamespace, `xqx:${name}`)
}
