/** What the policies look at: worked out once for each pair of root and resource policy. */
import { type CompiledPolicy, neededAttributes } from '../xacml/index.ts'

export interface Plan {
  /** `{category} {id}`, sorted: the order in which given attributes enter the key of a cached decision. */
  readonly wanted: readonly string[]
  readonly wants: ReadonlySet<string>
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
  const wants = new Set<string>()
  let cacheable = true
  for (const policy of policies) {
    const needed = neededAttributes(policy)
    if (needed.content) cacheable = false
    for (const { category, attributeId } of needed.attributes) {
      wants.add(`${shortCategory(category)} ${attributeId}`)
      if (uncacheable.has(attributeId)) cacheable = false
    }
  }
  return { wanted: [...wants].sort(), wants, cacheable }
}
