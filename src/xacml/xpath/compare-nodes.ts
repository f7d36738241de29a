/** Section A.3.15: how two sets of nodes of the same document relate. */
import type { ContentNode } from './content.ts'

/** Some node is in both. */
export function shareNode(a: readonly ContentNode[], b: readonly ContentNode[]): boolean {
  const all = new Set(a)
  return b.some((node) => all.has(node))
}

/** Some node of `b` is a node of `a`, or lies below one: as child, attribute or deeper. */
export function coverNode(a: readonly ContentNode[], b: readonly ContentNode[]): boolean {
  const all = new Set(a)
  return b.some((node) => {
    for (let at: ContentNode | null = node; at !== null; at = parentOf(at)) if (all.has(at)) return true
    return false
  })
}

/** An attribute has no parent node in the DOM, but an owner. */
function parentOf(node: ContentNode): ContentNode | null {
  return 'ownerElement' in node ? (node.ownerElement as ContentNode | null) : node.parentNode
}
