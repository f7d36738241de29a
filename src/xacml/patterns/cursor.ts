/** Where a parser of patterns stands, in code points, and the first thing it found wrong. */
export interface Cursor {
  readonly characters: readonly string[]
  at: number
  /** Groups opened so far, and those closed, which references may name. */
  groups: number
  readonly closed: Set<number>
  problem: string | undefined
}

export const cursorOver = (text: string): Cursor => ({
  characters: [...text],
  at: 0,
  groups: 0,
  closed: new Set(),
  problem: undefined,
})

export const peek = (cursor: Cursor, ahead = 0): string | undefined => cursor.characters[cursor.at + ahead]

/** Moves over `text` if it stands here. */
export const accept = (cursor: Cursor, text: string): boolean => {
  const found = [...text].every((character, index) => peek(cursor, index) === character)
  if (found) cursor.at += [...text].length
  return found
}

/** Records the first problem, with its place counted from 1, and returns undefined for the parser to return. */
export const refuse = (cursor: Cursor, problem: string, at = cursor.at): undefined => {
  cursor.problem ??= `${problem} at character ${at + 1}`
  return undefined
}
