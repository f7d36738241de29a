/** An XML document as data: what is left of it once prefixes, references and white space rules have been dealt with. */
import type { Namespaces, Position } from '../../model/policy.ts'

export interface XmlElement {
  /** The namespace name, empty when the element is in none. */
  readonly namespace: string
  readonly prefix: string
  /** The local name. */
  readonly name: string
  /** In document order, namespace declarations left out. */
  readonly attributes: readonly XmlAttribute[]
  /** Elements and text in document order; neighbouring text is one string, whatever comments stood between. */
  readonly content: readonly (XmlElement | string)[]
  /** Where there are comments or processing instructions inside: `content` with them in their places, where they split text. */
  readonly mixed?: readonly (XmlElement | XmlAside | string)[]
  /** The elements of `content`. */
  readonly children: readonly XmlElement[]
  /** All text directly inside, joined: a comment or CDATA section never splits a value. */
  readonly text: string
  readonly at: Position
  /** Namespaces in scope, the default one under the empty prefix, `xml` left out. */
  readonly scope: Namespaces
}

/** A comment or processing instruction. */
export interface XmlAside {
  /** As it is written, with LF for line ends. */
  readonly markup: string
}

export interface XmlAttribute {
  readonly namespace: string
  readonly prefix: string
  readonly name: string
  readonly value: string
}

export const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'
export const xmlnsNamespace = 'http://www.w3.org/2000/xmlns/'

/** The value of the attribute that is in no namespace, which is where all attributes of XACML are. */
export function attributeOf(element: XmlElement, name: string): string | undefined {
  for (const attribute of element.attributes) {
    if (attribute.name === name && attribute.namespace === '') return attribute.value
  }
  return undefined
}
