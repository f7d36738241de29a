/** The content of a category, read at first use. */
import type { Failure } from '../model/failure.ts'
import { type ContentDocument, type ContentNode, readContent } from '../xpath/content.ts'
import type { Selecting } from '../xpath/select.ts'
import { type DecisionContext, takeStep } from './context.ts'

/** Undefined when the category is absent or has no content. */
export function contentOf(category: string, context: DecisionContext): ContentDocument | Failure | undefined {
  const { documents } = context
  if (!documents.has(category)) {
    const content = context.categories.get(category)?.content
    documents.set(category, content && readContent(content, context.limits))
  }
  return documents.get(category)
}

/** How a decision selects nodes: within its limits, out of its steps. */
export const selecting = ({ limits, work }: DecisionContext, from?: ContentNode): Selecting => ({
  limits,
  pay: (steps) => takeStep(work, steps),
  ...(from !== undefined && { from }),
})
