/** The one printer of XACML elements as XML: indented, except where white space would become part of a value. */
import type { Namespaces } from '../model/policy.ts'
import { xacmlNamespace } from './schema.ts'
import { escapeAttribute, escapeText, printDeclarations } from './xml/print-xml.ts'

export interface PrintNode {
  readonly name: string
  /** Undefined values are left out. */
  readonly attributes: readonly (readonly [name: string, value: string | undefined])[]
  readonly children?: readonly PrintNode[]
  readonly text?: string
  /** Well-formed XML that stands inside as it is. */
  readonly raw?: string
  /** The namespaces that must be in scope, where paths inside refer to prefixes: exactly these, as far as XML can say so. */
  readonly namespaces?: Namespaces
}

/** `common` are the namespaces declared on the root beside XACML's own, which is the default one. */
export function printDocument(root: PrintNode, common: Namespaces = {}): string {
  const scope = { ...common, '': xacmlNamespace }
  return `${printNode(root, scope, '', printDeclarations({}, scope))}\n`
}

/** The scope that everything in a document inherits unless it says otherwise. */
export const defaultScope: Namespaces = { '': xacmlNamespace }

function printNode(node: PrintNode, scope: Namespaces, indent: string, declarations = ''): string {
  const own = node.namespaces === undefined ? { prefix: '', declarations } : reach(scope, node.namespaces)
  const name = own.prefix === '' ? node.name : `${own.prefix}:${node.name}`
  let tag = name + own.declarations
  for (const [key, value] of node.attributes) if (value !== undefined) tag += ` ${key}="${escapeAttribute(value)}"`
  if (node.raw !== undefined) return `${indent}<${tag}>${node.raw}</${name}>`
  if (node.text !== undefined) return `${indent}<${tag}>${escapeText(node.text)}</${name}>`
  if (node.children === undefined || node.children.length === 0) return `${indent}<${tag}/>`
  const inner = node.children.map((child) => printNode(child, scope, `${indent}  `)).join('\n')
  return `${indent}<${tag}>\n${inner}\n${indent}</${name}>`
}

/** How to get from the scope outside to the one wanted, and the prefix that then means XACML. */
function reach(scope: Namespaces, wanted: Namespaces): { readonly prefix: string; readonly declarations: string } {
  const prefixes = Object.keys(wanted).filter((prefix) => wanted[prefix] === xacmlNamespace)
  const prefix = prefixes.includes('') ? '' : (prefixes[0] ?? unused(wanted))
  const inner = prefixes.length > 0 ? wanted : Object.assign(Object.create(null), wanted, { [prefix]: xacmlNamespace })
  return { prefix, declarations: printDeclarations(scope, inner) }
}

function unused(namespaces: Namespaces): string {
  let prefix = 'xacml'
  while (prefix in namespaces) prefix += '_'
  return prefix
}
