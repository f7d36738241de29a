/** Namespaces in XML 1.0: from prefixes to names. */
import type { Namespaces } from '../../model/policy.ts'
import { xmlNamespace, xmlnsNamespace } from './element.ts'

/** An attribute as it is written, or with its value resolved. */
export interface RawAttribute {
  readonly qualifiedName: string
  readonly value: string
}

/** No prototype: a prefix may be called `__proto__`. */
export const noNamespaces: Namespaces = Object.freeze(Object.create(null) as Record<string, string>)

export interface ExpandedName {
  readonly namespace: string
  readonly prefix: string
  readonly name: string
}

export const isDeclaration = (name: string): boolean => name === 'xmlns' || name.startsWith('xmlns:')

/** The scope inside an element: the outer object itself when nothing is declared. A string says what is wrong. */
export function declare(outer: Namespaces, attributes: readonly RawAttribute[]): Namespaces | string {
  let inner: Record<string, string> | undefined
  for (const { qualifiedName, value } of attributes) {
    if (!isDeclaration(qualifiedName)) continue
    const prefix = qualifiedName.slice(6)
    const wrong = checkDeclaration(prefix, value)
    if (wrong !== undefined) return wrong
    if (prefix === 'xml') continue
    inner ??= Object.assign(Object.create(null) as Record<string, string>, outer)
    if (value === '') delete inner[prefix]
    else inner[prefix] = value
  }
  return inner === undefined ? outer : Object.freeze(inner)
}

function checkDeclaration(prefix: string, value: string): string | undefined {
  if (prefix === 'xmlns' || value === xmlnsNamespace) return 'the namespace of `xmlns` must not be declared'
  if ((prefix === 'xml') !== (value === xmlNamespace)) {
    return 'the prefix `xml` and its namespace belong together and to nothing else'
  }
  if (prefix !== '' && value === '') return `prefix \`${prefix}\` is declared as nothing`
  return undefined
}

/** The expanded name, or the prefix that is not declared. The default namespace does not apply to attributes. */
export function expand(scope: Namespaces, qualifiedName: string, isAttribute: boolean): ExpandedName | string {
  const colon = qualifiedName.indexOf(':')
  if (colon < 0) return { namespace: isAttribute ? '' : (scope[''] ?? ''), prefix: '', name: qualifiedName }
  const prefix = qualifiedName.slice(0, colon)
  const namespace = prefix === 'xml' ? xmlNamespace : scope[prefix]
  if (namespace === undefined) return prefix
  return { namespace, prefix, name: qualifiedName.slice(colon + 1) }
}
