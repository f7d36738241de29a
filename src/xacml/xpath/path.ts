/**
 * Which XPath is accepted: XPath 1.0 and the side-effect free, bounded part of 2.0. What could run long or reach out of
 * the document (ranges, loops, function items, documents, the engine's extensions) is refused by name.
 */
import fontoxpath from 'fontoxpath'
import { Document, type Element } from 'slimdom'
import type { Limits } from '../limits.ts'
import type { Namespaces } from '../model/policy.ts'
import { degreeOf } from './degree.ts'

/** An accepted path. */
export interface Path {
  readonly text: string
  readonly namespaces: Namespaces
  /** The work is at most about the number of nodes of the document to this power. */
  readonly degree: number
  /** Its own, to be changed at will. */
  readonly tree: Element
}

export const functionNamespace = 'http://www.w3.org/2005/xpath-functions'
const schemaNamespace = 'http://www.w3.org/2001/XMLSchema'

const functionNames = new Set(
  `last position count id local-name namespace-uri name string concat starts-with contains substring-before
  substring-after substring string-length normalize-space translate boolean not true false lang number sum floor ceiling
  round ends-with string-join lower-case upper-case exists empty abs avg max min data compare
  codepoint-equal`.split(/\s+/),
)

const constructs = new Set(
  `module mainModule queryBody pathExpr rootExpr stepExpr xpathAxis nameTest Wildcard NCName star predicates
  filterExpr anyKindTest textTest commentTest piTest piTarget elementTest attributeTest elementName attributeName QName
  documentTest contextItemExpr parenthesizedExpr sequenceExpr firstOperand secondOperand operand argExpr orOp andOp
  equalOp notEqualOp lessThanOp lessThanOrEqualOp greaterThanOp greaterThanOrEqualOp eqOp neOp ltOp leOp gtOp geOp isOp
  nodeBeforeOp nodeAfterOp addOp subtractOp multiplyOp divOp idivOp modOp unaryMinusOp unaryPlusOp unionOp intersectOp
  exceptOp integerConstantExpr decimalConstantExpr doubleConstantExpr stringConstantExpr value functionCallExpr
  functionName arguments ifThenElseExpr ifClause thenClause elseClause castExpr castableExpr instanceOfExpr treatExpr
  singleType sequenceType atomicType optional occurrenceIndicator`.split(/\s+/),
)

/** What it costs to parse a path, in elementary steps: to be paid before. The library takes ten microseconds a character. */
export const stepsToParse = (text: string): number => 15 * text.length

/** The accepted path, or why it is not one: lower case, no full stop. */
export function parsePath(text: string, namespaces: Namespaces, limits: Limits): Path | string {
  if (text.length > limits.patternCharacters) return 'the path is longer than the limit `patternCharacters` allows'
  const tree = parse(text)
  if (tree === undefined) return `\`${text}\` is not an XPath`
  const refused = findRefused(tree, namespaces)
  return refused ?? { text, namespaces, degree: Math.max(1, degreeOf(tree)), tree }
}

function parse(text: string): Element | undefined {
  try {
    return fontoxpath.parseScript<Element>(text, { language: 'XPath3.1' as never, annotateAst: false }, new Document())
  } catch {
    return undefined
  }
}

function findRefused(element: Element, namespaces: Namespaces): string | undefined {
  if (!constructs.has(element.localName)) return refusalOf(element)
  const refused = findRefusedName(element, namespaces)
  if (refused !== undefined) return refused
  for (const child of element.children) {
    const inside = findRefused(child, namespaces)
    if (inside !== undefined) return inside
  }
  return undefined
}

function refusalOf(element: Element): string {
  if (element.localName === 'varRef') return 'variables are not known in a path; write the value out'
  return `\`${element.localName}\` is not allowed in a path; use location paths, predicates and the functions of XPath 1.0`
}

function findRefusedName(element: Element, namespaces: Namespaces): string | undefined {
  const prefix = prefixOf(element)
  const isType = element.localName === 'atomicType'
  const isFunction = element.localName === 'functionName'
  const known = prefix === '' || prefix === 'xml' || Object.hasOwn(namespaces, prefix)
  if (!known && !((isType || isFunction) && (prefix === 'xs' || prefix === 'fn'))) {
    return `prefix \`${prefix}\` is not declared where the path is written; declare it with \`xmlns:${prefix}\``
  }
  return isFunction ? findRefusedFunction(element, prefix, namespaces) : undefined
}

/** Absent on everything but names. `Q{uri}name` has none either; it is accepted for elements, not for functions. */
function prefixOf(element: Element): string {
  if (element.localName === 'Wildcard') {
    const [first] = element.children
    return first?.localName === 'NCName' ? (first.textContent ?? '') : ''
  }
  return [...element.attributes].find((attribute) => attribute.localName === 'prefix')?.value ?? ''
}

function findRefusedFunction(element: Element, prefix: string, namespaces: Namespaces): string | undefined {
  const name = element.textContent ?? ''
  const explicit = [...element.attributes].find((attribute) => attribute.localName === 'URI')?.value
  const bound = explicit ?? (prefix === '' ? functionNamespace : (namespaces[prefix] ?? builtIn(prefix)))
  if (bound === schemaNamespace) return undefined
  if (bound === functionNamespace && functionNames.has(name)) return undefined
  return `function \`${name}\` is not allowed in a path`
}

function builtIn(prefix: string): string | undefined {
  if (prefix === 'fn') return functionNamespace
  return prefix === 'xs' ? schemaNamespace : undefined
}
