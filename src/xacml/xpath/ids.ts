/**
 * The function `id` (XPath 1.0, section 4.1). Without a document type nothing but `xml:id` makes an attribute an ID (xml:id
 * 1.0, section 4), where the engine would take any attribute that is called `id`.
 */
import fontoxpath from 'fontoxpath'
import type { Document, Element } from 'slimdom'
import { collapseWhiteSpace } from '../values/white-space.ts'
import { conversionNamespace } from './conversions.ts'
import { call, create, nameOfCalled, values } from './syntax-tree.ts'

const xmlNamespace = 'http://www.w3.org/XML/1998/namespace'

/** What a call asks for beside its argument. */
export interface Searched {
  readonly document: Document
}

/** In place. The tree is that of an accepted path of any version. */
export function followIds(element: Element): void {
  for (const child of [...element.children]) followIds(child)
  const wanted = element.children[1]?.children[0]
  if (nameOfCalled(element) !== 'id' || wanted === undefined) return
  const place = create(element, 'place')
  element.replaceWith(place)
  place.replaceWith(call(place, 'id', [values(wanted)]))
}

/** In document order; of elements with the same ID, the first. */
function elementsById(texts: readonly string[], { document }: Searched): readonly Element[] {
  const wanted = new Set(texts.flatMap((text) => collapseWhiteSpace(text).split(' ')))
  wanted.delete('')
  const found: Element[] = []
  const root = document.documentElement
  for (let at: Element | null = root; at !== null && wanted.size > 0; at = nextOf(at)) {
    const id = at.getAttributeNS(xmlNamespace, 'id')
    if (id !== null && wanted.delete(collapseWhiteSpace(id))) found.push(at)
  }
  return found
}

/** The next element in document order. */
function nextOf(element: Element): Element | null {
  if (element.firstElementChild !== null) return element.firstElementChild
  let at: Element | null = element
  while (at !== null && at.nextElementSibling === null) at = at.parentElement
  return at?.nextElementSibling ?? null
}

fontoxpath.registerCustomXPathFunction(
  { namespaceURI: conversionNamespace, localName: 'id' },
  ['item()*'],
  'element()*',
  ({ currentContext }, values: readonly unknown[]) => elementsById(values.map(String), currentContext as Searched),
)
