/** Section 7.3.7: the bag of values that a path finds in the content of a category. */
import { Failure } from '../model/failure.ts'
import type { Selector } from '../model/policy.ts'
import type { Bag, Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import type { XPathExpression } from '../values/xpath-expression.ts'
import { xpathExpression } from '../values/xpath-expression.ts'
import { coverNode } from '../xpath/compare-nodes.ts'
import { type ContentDocument, type ContentNode, stringValue } from '../xpath/content.ts'
import { selectNodes } from '../xpath/select.ts'
import { contentOf, selecting } from './content.ts'
import type { DecisionContext } from './context.ts'

export function evaluateSelector(selector: Selector, context: DecisionContext): Bag | Failure {
  const nodes = findNodes(selector, context)
  if (nodes instanceof Failure) return nodes
  if (nodes.length === 0 && selector.mustBePresent) return missing(selector)
  const bag: Value[] = []
  for (const node of nodes) {
    const value = readNode(node, selector.dataType)
    if (value instanceof Failure) return value
    bag.push(value)
  }
  return bag
}

function findNodes(selector: Selector, context: DecisionContext): readonly ContentNode[] | Failure {
  const document = contentOf(selector.category, context)
  if (document === undefined) return []
  if (document instanceof Failure) return document
  const from = findContextNode(selector, document, context)
  if (from instanceof Failure) return from
  const nodes = selectNodes(
    document,
    selector.path,
    selector.namespaces,
    selecting(context, selector.xpathVersion, from),
  )
  if (nodes instanceof Failure || from === document.root || !selector.path.trimStart().startsWith('/')) return nodes
  return confine(nodes, from)
}

/**
 * A path that starts at the root would make the context node pointless; the engines at large search below that node
 * then, and the suite expects it. Relative paths go wherever they lead.
 */
const confine = (nodes: readonly ContentNode[], from: ContentNode): readonly ContentNode[] =>
  nodes.filter((node) => coverNode([from], [node]))

/** The one node picked by the xpathExpression attribute of the request that `ContextSelectorId` names. */
function findContextNode(
  { contextSelectorId, category }: Selector,
  document: ContentDocument,
  context: DecisionContext,
): ContentNode | Failure {
  if (contextSelectorId === undefined) return document.root
  const values = (context.categories.get(category)?.attributes ?? [])
    .filter((attribute) => attribute.id === contextSelectorId)
    .flatMap((attribute) => attribute.values)
    .filter((value) => value.dataType === xpathExpression.id)
    .map((value) => value.value as XPathExpression)
  const [only, ...more] = values
  if (only === undefined || more.length > 0) {
    return new Failure('syntax-error', `context selector \`${contextSelectorId}\` is not one xpathExpression`)
  }
  const nodes = selectNodes(document, only.path, only.namespaces, selecting(context, only.version))
  if (nodes instanceof Failure) return nodes
  const [node, ...others] = nodes
  if (node === undefined || others.length > 0) {
    return new Failure('syntax-error', `context selector \`${contextSelectorId}\` does not select one node`)
  }
  return node
}

function readNode(node: ContentNode, dataType: string): Value | Failure {
  const text = stringValue(node)
  const type = dataTypes.get(dataType)
  if (type === undefined) throw new Error(`the policy was not checked: data type \`${dataType}\` is not known`)
  return type.parse(text) ?? new Failure('processing-error', `\`${text}\` in the content is not a ${type.name}`)
}

function missing({ path }: Selector): Failure {
  return new Failure('missing-attribute', `the content has nothing at \`${path}\``)
}
