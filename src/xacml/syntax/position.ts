/** From offsets to lines and columns, both counted from 1; a column counts UTF-16 units. LF, CR and CR LF end a line. */
import type { Position } from '../model/policy.ts'

/** For one offset, when something is wrong: walks the text from its beginning. */
export function positionOf(text: string, offset: number): Position {
  return positions(text)(offset)
}

/** For many offsets. They must be asked in rising order, which keeps the whole linear in the text. */
export function positions(text: string): (offset: number) => Position {
  const lineEnd = /\r\n?|\n/g
  let line = 1
  let lineStart = 0
  let nextLine = endOfLine(text, lineEnd)
  return (offset) => {
    while (nextLine <= offset) {
      line += 1
      lineStart = nextLine
      nextLine = endOfLine(text, lineEnd)
    }
    return { line, column: offset - lineStart + 1 }
  }
}

function endOfLine(text: string, lineEnd: RegExp): number {
  return lineEnd.test(text) ? lineEnd.lastIndex : Number.POSITIVE_INFINITY
}
