/** Section A.3.15, optional in core, and the versions of 1.0 that took an XPath as a string. */
import { anyURI } from '../values/any-uri.ts'
import { boolean } from '../values/boolean.ts'
import { integer } from '../values/integer.ts'
import { string } from '../values/string.ts'
import { xpathExpression } from '../values/xpath-expression.ts'
import type { Shape, XPathFunction } from './row.ts'
import { functionId, one } from './signature.ts'

const xpath = (
  id: string,
  operation: XPathFunction['operation'],
  parameters: readonly Shape[],
  result: Shape,
): XPathFunction => ({ form: 'xpath', id, operation, parameters, result })

const nodeFunctions = (version: '1.0' | '3.0', expression: Shape): readonly XPathFunction[] => [
  xpath(functionId(version, 'xpath-node-count'), 'node-count', [expression], one(integer)),
  xpath(functionId(version, 'xpath-node-equal'), 'node-equal', [expression, expression], one(boolean)),
  xpath(functionId(version, 'xpath-node-match'), 'node-match', [expression, expression], one(boolean)),
]

export const xpathFunctions: readonly XPathFunction[] = [
  ...nodeFunctions('3.0', one(xpathExpression)),
  ...nodeFunctions('1.0', one(string)).map((row) => ({
    ...row,
    successor: functionId('3.0', `xpath-${row.operation}`),
  })),
  xpath(functionId('3.0', 'access-permitted'), 'access-permitted', [one(anyURI), one(string)], one(boolean)),
]
