import type { Namespaces, XPathVersion } from '../model/policy.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

/** Section A.2: an XPath with the category whose content it selects from and the namespaces in scope where it was written. */
export interface XPathExpression {
  readonly path: string
  readonly category: string
  readonly namespaces: Namespaces
  /** Absent for 1.0. */
  readonly version?: XPathVersion
}

/** The path is not checked here: that needs an XPath engine. Undefined for an empty path. */
export const xpathExpressionOf = (
  path: string,
  category: string,
  namespaces: Namespaces,
  version?: XPathVersion,
): XPathExpression | undefined => {
  const trimmed = trimWhiteSpace(path)
  if (trimmed === '') return undefined
  return Object.freeze({ path: trimmed, category, namespaces, ...(version !== undefined && { version }) })
}

const key = ({ path, category, namespaces }: XPathExpression): string => {
  const sorted = Object.entries(namespaces).sort(([a], [b]) => (a < b ? -1 : 1))
  return JSON.stringify([path, category, sorted])
}

/** Text alone is never such a value, so `parse` refuses everything: use `xpathExpressionOf`. */
export const xpathExpression: DataType = {
  id: 'urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression',
  name: 'xpathExpression',
  parse: () => undefined,
  print: (value) => (value as XPathExpression).path,
  equal: (a, b) => key(a as XPathExpression) === key(b as XPathExpression),
  key: (value) => key(value as XPathExpression),
}
