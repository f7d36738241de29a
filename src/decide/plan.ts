/** What the policies look at: worked out once for each pair of root and resource policy. */
import type { Interest } from '../steps.ts'
import { type CompiledPolicy, neededAttributes } from '../xacml/index.ts'

export interface AttributeName {
  readonly category: string
  readonly id: string
}

/** What is wanted of a source is remembered for each list of what it gives. */
export interface Plan extends Interest {
  readonly names: readonly AttributeName[]
  /** The place of an attribute among the names. */
  readonly placeOf: (category: string, id: string) => number | undefined
  /** The clock or content is looked at: such a decision is never cached. */
  readonly cacheable: boolean
}

/** Shortens the categories that the gateway uses; others stay as they are. */
export type ShortCategory = (uri: string) => string

export function planOf(
  policies: readonly CompiledPolicy[],
  shortCategory: ShortCategory,
  uncacheable: ReadonlySet<string>,
): Plan {
  // by category, so that looking takes no joined string: this runs for every attribute of every request
  const wanted = new Map<string, Map<string, number>>()
  const names: AttributeName[] = []
  let cacheable = true
  for (const policy of policies) {
    const needed = neededAttributes(policy)
    if (needed.content) cacheable = false
    for (const { category, attributeId } of needed.attributes) {
      const name = shortCategory(category)
      const ofCategory = wanted.get(name) ?? new Map<string, number>()
      wanted.set(name, ofCategory)
      if (!ofCategory.has(attributeId)) ofCategory.set(attributeId, names.push({ category: name, id: attributeId }) - 1)
      if (uncacheable.has(attributeId)) cacheable = false
    }
  }
  const placeOf = (category: string, id: string): number | undefined => wanted.get(category)?.get(id)
  const looksAt = (category: string, id: string): boolean => wanted.get(category)?.has(id) === true
  const known = new WeakMap<readonly string[], readonly AttributeName[]>()
  const wantedOf = (gives: readonly string[]): readonly AttributeName[] => {
    let names = known.get(gives)
    if (names === undefined) {
      names = gives.map(splitName).filter(({ category, id }) => looksAt(category, id))
      known.set(gives, names)
    }
    return names
  }
  return { names, placeOf, looksAt, wantedOf, cacheable }
}

/** A category holds no space: it is a short name or a URI. */
function splitName(name: string): AttributeName {
  const space = name.indexOf(' ')
  return { category: name.slice(0, space), id: name.slice(space + 1) }
}
