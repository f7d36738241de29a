/** Sections A.3.15 and A.3.16: the functions that look into the request's content or ask the policy again. */
import type { XPathFunction } from '../functions/row.ts'
import { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import type { XPathExpression } from '../values/xpath-expression.ts'
import { coverNode, shareNode } from '../xpath/compare-nodes.ts'
import type { ContentNode } from '../xpath/content.ts'
import { selectNodes } from '../xpath/select.ts'
import { accessPermitted } from './access-permitted.ts'
import { contentOf, selecting } from './content.ts'
import type { DecisionContext } from './context.ts'

type Result = Value | Failure

export function callXPathFunction(
  operation: XPathFunction['operation'],
  args: readonly (Value | Bag)[],
  context: DecisionContext,
): Result {
  switch (operation) {
    case 'node-count':
      return ofNodes(args, context, (nodes) => BigInt(nodes.length))
    case 'node-equal':
      return ofNodes(args, context, shareNode)
    case 'node-match':
      return ofNodes(args, context, coverNode)
    case 'access-permitted':
      return accessPermitted(args[0] as string, args[1] as string, context)
  }
}

function ofNodes(
  args: readonly (Value | Bag)[],
  context: DecisionContext,
  relate: (a: readonly ContentNode[], b: readonly ContentNode[]) => Value,
): Result {
  const sets: (readonly ContentNode[])[] = []
  for (const arg of args) {
    const nodes = nodesOf(arg, context)
    if (nodes instanceof Failure) return nodes
    sets.push(nodes)
  }
  return relate(sets[0] ?? [], sets[1] ?? [])
}

/** The string arguments of XACML 2.0 name no category to look in: those functions are accepted, and always fail. */
function nodesOf(arg: Value | Bag, context: DecisionContext): readonly ContentNode[] | Failure {
  if (typeof arg === 'string') {
    return new Failure('processing-error', 'a path given as a string names no content; use an xpathExpression')
  }
  const { path, category, namespaces, version } = arg as XPathExpression
  const document = contentOf(category, context)
  if (document instanceof Failure) return document
  return document === undefined ? [] : selectNodes(document, path, namespaces, selecting(context, version))
}
