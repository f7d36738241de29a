/** The content of a category, read at first use. */

import type { Failure } from '../model/failure.ts'
import type { XPathVersion } from '../model/policy.ts'
import { type ContentDocument, type ContentNode, readContent } from '../xpath/content.ts'
import type { Selecting } from '../xpath/select.ts'
import type { DecisionContext } from './context.ts'

/** Undefined when the category is absent or has no content. */
export function contentOf(
  category: string,
  { categories, limits }: DecisionContext,
): ContentDocument | Failure | undefined {
  const content = categories.get(category)?.content
  return content && readContent(content, limits)
}

/** How a decision selects nodes: within its limits, out of its steps. */
export const selecting = (
  { limits, work }: DecisionContext,
  version: XPathVersion | undefined,
  from?: ContentNode,
): Selecting => ({
  limits,
  work,
  version,
  ...(from !== undefined && { from }),
})
