/** The content of a category, read at first use. */
import type { Limits } from '../limits.ts'
import type { Failure } from '../model/failure.ts'
import type { Content } from '../model/request.ts'
import { type ContentDocument, type ContentNode, readContent } from '../xpath/content.ts'
import type { Selecting } from '../xpath/select.ts'
import { type DecisionContext, takeStep } from './context.ts'

/** Read once, however many decisions a request asks for: they share the content. */
const known = new WeakMap<Content, { readonly limits: Limits; readonly document: ContentDocument | Failure }>()

/** Undefined when the category is absent or has no content. */
export function contentOf(
  category: string,
  { categories, limits }: DecisionContext,
): ContentDocument | Failure | undefined {
  const content = categories.get(category)?.content
  if (content === undefined) return undefined
  const found = known.get(content)
  if (found?.limits === limits) return found.document
  const document = readContent(content, limits)
  known.set(content, { limits, document })
  return document
}

/** How a decision selects nodes: within its limits, out of its steps. */
export const selecting = ({ limits, work }: DecisionContext, from?: ContentNode): Selecting => ({
  limits,
  pay: (steps) => takeStep(work, steps),
  ...(from !== undefined && { from }),
})
