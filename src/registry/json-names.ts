/**
 * Gives the members of a JSON value the spelling of `names` where they differ from it in case only, at every depth:
 * clients of the registries write `Identifier` as well as `identifier`. Of two spellings of one name the last holds.
 */
export function spellNames(value: unknown, names: ReadonlyMap<string, string>, depth = 0): unknown {
  if (depth > 20) return value
  if (Array.isArray(value)) return value.map((item) => spellNames(item, names, depth + 1))
  if (typeof value !== 'object' || value === null) return value
  const members = Object.entries(value).map(
    ([name, member]) => [names.get(name.toLowerCase()) ?? name, spellNames(member, names, depth + 1)] as const,
  )
  return Object.fromEntries(members)
}

/** The table that `spellNames` needs. */
export function spellings(names: readonly string[]): ReadonlyMap<string, string> {
  return new Map(names.map((name) => [name.toLowerCase(), name]))
}
