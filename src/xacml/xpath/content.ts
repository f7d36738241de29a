/** Reads `<Content>` (section 5.45) into a document tree for XPath. The tree stays behind this folder. */
import { type Document, type Node, parseXmlDocument } from 'slimdom'
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Namespaces } from '../model/policy.ts'
import type { Content } from '../model/request.ts'

export type ContentNode = Node

/** A document whose root element is the single child of `<Content>` (section 7.3.7). */
export interface ContentDocument {
  readonly root: Document
  /** Elements, attributes, text and the rest: what a path may have to visit. */
  readonly nodes: number
}

const isElement = 1

/** Read once, however many decisions a request asks for: they share the content. */
const known = new WeakMap<Content, { readonly limits: Limits; readonly document: ContentDocument | Failure }>()

/** A failure when the content is not one well-formed element within the limits. Document types are refused: no entities. */
export function readContent(content: Content, limits: Limits): ContentDocument | Failure {
  const found = known.get(content)
  if (found?.limits === limits) return found.document
  const document = readAnew(content, limits)
  known.set(content, { limits, document })
  return document
}

function readAnew(content: Content, limits: Limits): ContentDocument | Failure {
  const xml = content.xml.replace(/^\s*<\?xml[^>]*\?>/, '')
  if (xml.length > limits.requestCharacters) return invalid('is longer than the limit `requestCharacters` allows')
  // Anywhere else it would stand inside the wrapper, where no document is well-formed with it.
  if (/^\s*<!DOCTYPE/.test(xml)) return invalid('has a document type, which is not allowed')
  const root = parse(xml, content.namespaces)
  if (root === undefined) return invalid('is not one well-formed XML element')
  const { nodes, depth } = measure(root)
  if (depth > limits.documentDepth) return invalid('is nested deeper than the limit `documentDepth` allows')
  return { root, nodes }
}

function invalid(what: string): Failure {
  return new Failure('syntax-error', `the content ${what}`)
}

/** The wrapper lends the element the namespaces that it inherits from the request. */
function parse(xml: string, inherited: Namespaces): Document | undefined {
  const declarations = Object.entries(inherited)
    .filter(([prefix]) => prefix !== 'xml' && prefix !== 'xmlns')
    .map(([prefix, name]) => ` xmlns${prefix && `:${prefix}`}="${escapeXml(name)}"`)
  let document: Document
  try {
    document = parseXmlDocument(`<content${declarations.join('')}>${xml}</content>`)
  } catch {
    return undefined
  }
  const wrapper = document.documentElement
  const [only, ...more] = wrapper?.children ?? []
  if (wrapper === null || only === undefined || more.length > 0) return undefined
  document.replaceChild(only, wrapper)
  return document
}

const escapeXml = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** By a loop: the depth is not known to be small yet. */
function measure(document: Document): { nodes: number; depth: number } {
  let nodes = 0
  let depth = 0
  let level = 0
  let node: Node | null = document
  while (node !== null) {
    if (node.nodeType === isElement) depth = Math.max(depth, level)
    nodes += node.nodeType === isElement ? 1 + (node as unknown as { attributes: unknown[] }).attributes.length : 1
    if (node.firstChild !== null) {
      node = node.firstChild
      level += 1
      continue
    }
    while (node !== null && node.nextSibling === null) {
      node = node.parentNode
      level -= 1
    }
    node = node?.nextSibling ?? null
  }
  return { nodes, depth }
}

/** The string value of XPath 1.0, section 5. */
export function stringValue(node: ContentNode): string {
  if (node.nodeType === 9) return (node as Document).documentElement?.textContent ?? ''
  return node.textContent ?? ''
}
