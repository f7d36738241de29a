/** Section 7.3.7: paths can be read, with the prefixes declared where they are written. */
import type { Expression } from '../model/policy.ts'
import { xpathExpression } from '../values/xpath-expression.ts'
import { parsePath } from '../xpath/path.ts'
import { type Check, error } from './check.ts'

export const paths: Check = function* ({ expressions }, { limits }) {
  for (const { expression } of expressions) {
    const written = pathIn(expression)
    if (written === undefined) continue
    const path = parsePath(written.path, written.namespaces, limits)
    if (typeof path === 'string') yield error('XACML-BAD-PATH', expression.at, path)
  }
}

function pathIn(expression: Expression) {
  if (expression.kind === 'AttributeSelector') return expression
  if (expression.kind !== 'AttributeValue' || expression.dataType !== xpathExpression.id) return undefined
  return { path: expression.text.trim(), namespaces: expression.namespaces ?? {} }
}
