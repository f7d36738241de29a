/** The content of a category, read at first use. */
import { Failure } from '../model/failure.ts'
import { type ContentDocument, readContent } from '../xpath/content.ts'
import type { DecisionContext } from './context.ts'

/** Undefined when the category is absent or has no content. */
export function contentOf(category: string, context: DecisionContext): ContentDocument | Failure | undefined {
  const { documents } = context
  if (!documents.has(category)) {
    const content = context.categories.get(category)?.content
    documents.set(category, content && readContent(content, context.limits))
  }
  return documents.get(category)
}

export const isReadable = (document: ContentDocument | Failure | undefined): document is ContentDocument =>
  document !== undefined && !(document instanceof Failure)
