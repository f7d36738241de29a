/** From elements back to text. */
import type { Namespaces } from '../../model/policy.ts'
import { type XmlElement, xmlNamespace } from './element.ts'

/** Text between tags. CR is written as a reference, or reading would turn it into LF. */
export function escapeText(text: string): string {
  return /[&<>\r]/.test(text) ? text.replace(/[&<>\r]/g, escapeOf) : text
}

/** An attribute value to stand between double quotes. White space other than the space survives only as a reference. */
export function escapeAttribute(value: string): string {
  return /[&<>"\t\n\r]/.test(value) ? value.replace(/[&<>"\t\n\r]/g, escapeOf) : value
}

function escapeOf(character: string): string {
  if (character === '&') return '&amp;'
  if (character === '<') return '&lt;'
  if (character === '>') return '&gt;'
  if (character === '"') return '&quot;'
  return `&#${character.charCodeAt(0)};`
}

/**
 * The element as a document of its own: every namespace in scope is declared on it, so that whatever its values refer to
 * by prefix keeps its meaning. `outer` is what the surroundings declare already.
 */
export function printElement(element: XmlElement, outer: Namespaces = {}): string {
  const name = qualified(element.prefix, element.name)
  let tag = name + printDeclarations(outer, element.scope)
  for (const attribute of element.attributes) {
    const prefix = attribute.namespace === xmlNamespace ? 'xml' : attribute.prefix
    tag += ` ${qualified(prefix, attribute.name)}="${escapeAttribute(attribute.value)}"`
  }
  const pieces = element.mixed ?? element.content
  if (pieces.length === 0) return `<${tag}/>`
  let inner = ''
  for (const piece of pieces) {
    if (typeof piece === 'string') inner += escapeText(piece)
    else inner += 'markup' in piece ? piece.markup : printElement(piece, element.scope)
  }
  return `<${tag}>${inner}</${name}>`
}

/** What has to be declared to get from one scope to another. Only the default namespace can be taken back. */
export function printDeclarations(outer: Namespaces, inner: Namespaces): string {
  if (outer === inner) return ''
  let text = ''
  for (const prefix of Object.keys(inner)) {
    const namespace = inner[prefix] ?? ''
    if (outer[prefix] !== namespace) text += ` ${qualified('xmlns', prefix)}="${escapeAttribute(namespace)}"`
  }
  return outer[''] !== undefined && inner[''] === undefined ? `${text} xmlns=""` : text
}

function qualified(prefix: string, name: string): string {
  if (prefix === '') return name
  return name === '' ? prefix : `${prefix}:${name}`
}
