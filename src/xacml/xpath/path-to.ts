/** The path that selects one node of a document and no other, with the namespaces it uses. */
import type { Attr, Element } from 'slimdom'
import type { Namespaces } from '../model/policy.ts'
import type { ContentNode } from './content.ts'

export function pathTo(node: ContentNode): { readonly path: string; readonly namespaces: Namespaces } {
  const prefixes = new Map<string, string>()
  const nameOf = ({ namespaceURI, localName }: Element | Attr): string => {
    if (namespaceURI === null) return localName
    const prefix = prefixes.get(namespaceURI) ?? `n${prefixes.size + 1}`
    prefixes.set(namespaceURI, prefix)
    return `${prefix}:${localName}`
  }
  const steps: string[] = []
  for (let at: ContentNode | null = node; at !== null; ) {
    if ('ownerElement' in at) {
      steps.unshift(`@${nameOf(at as Attr)}`)
      at = at.ownerElement as Element | null
    } else {
      if (at.parentNode !== null) steps.unshift(`${testOf(at, nameOf)}[${positionOf(at)}]`)
      at = at.parentNode
    }
  }
  const namespaces = Object.fromEntries([...prefixes].map(([name, prefix]) => [prefix, name]))
  return { path: `/${steps.join('/')}`, namespaces }
}

function testOf(node: ContentNode, nameOf: (element: Element) => string): string {
  switch (node.nodeType) {
    case 1:
      return nameOf(node as Element)
    case 3:
    case 4:
      return 'text()'
    case 7:
      return 'processing-instruction()'
    default:
      return 'comment()'
  }
}

/** Among the siblings that the same test selects, counted from 1. */
function positionOf(node: ContentNode): number {
  let position = 1
  for (let before = node.previousSibling; before !== null; before = before.previousSibling) {
    if (isAlike(before, node)) position += 1
  }
  return position
}

function isAlike(a: ContentNode, b: ContentNode): boolean {
  if (a.nodeType !== 1 || b.nodeType !== 1) return kindOf(a) === kindOf(b)
  const [one, other] = [a as Element, b as Element]
  return one.localName === other.localName && one.namespaceURI === other.namespaceURI
}

/** CDATA sections are text. */
const kindOf = ({ nodeType }: ContentNode): number => (nodeType === 4 ? 3 : nodeType)
