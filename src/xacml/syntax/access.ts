/** How builders take a checked tree apart. Promise of all of these: `checkShape` has found nothing wrong. */

import { xacmlNamespace } from './schema.ts'
import { collapse } from './xml/characters.ts'
import type { XmlElement } from './xml/element.ts'
import { attributeOf } from './xml/element.ts'

export function childOf(element: XmlElement, name: string): XmlElement | undefined {
  return element.children.find((child) => child.name === name && child.namespace === xacmlNamespace)
}

export function childrenOf(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.filter((child) => child.name === name && child.namespace === xacmlNamespace)
}

/** A required attribute of type string. */
export function stringOf(element: XmlElement, name: string): string {
  const value = attributeOf(element, name)
  if (value === undefined) throw new Error(`unchecked tree: ${element.name} without ${name}`)
  return value
}

/** A required attribute of type anyURI: white space around it does not count (XML Schema part 2, section 3.2.17). */
export function uriOf(element: XmlElement, name: string): string {
  return collapse(stringOf(element, name))
}

export function booleanOf(element: XmlElement, name: string): boolean {
  const value = uriOf(element, name)
  return value === 'true' || value === '1'
}

/** For a property that is absent when the attribute is: spread the result. */
export function optionalUri<K extends string>(
  element: XmlElement,
  name: string,
  key: K,
): { readonly [P in K]?: string } {
  const value = attributeOf(element, name)
  return value === undefined ? {} : ({ [key]: collapse(value) } as { readonly [P in K]?: string })
}

export function optionalString<K extends string>(
  element: XmlElement,
  name: string,
  key: K,
): { readonly [P in K]?: string } {
  const value = attributeOf(element, name)
  return value === undefined ? {} : ({ [key]: value } as { readonly [P in K]?: string })
}
