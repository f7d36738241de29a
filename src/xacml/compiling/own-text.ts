/**
 * A string cut out of a document may keep the whole document in memory. What a compiled policy keeps is its own copy,
 * one for all that are equal: a name used as a property is both.
 */
export function ownText(text: string): string {
  const holder: Record<string, true> = Object.create(null)
  holder[text] = true
  for (const own in holder) return own
  return text
}

/** The same, where there may be none. */
export const ownOptional = (text: string | undefined): string | undefined =>
  text === undefined ? undefined : ownText(text)
