/** XML Schema part 2, section 4.3.6: white space is tab, line feed, carriage return and space, and nothing else. */

const isWhiteSpace = (code: number): boolean => code === 0x20 || code === 0x0a || code === 0x0d || code === 0x09

/** Without leading and trailing XML white space. `String.trim` would take other spaces too. */
export const trimWhiteSpace = (text: string): string => {
  let start = 0
  let end = text.length
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--
  return end - start === text.length ? text : text.slice(start, end)
}

/** whiteSpace=collapse: trimmed, and every inner run is one space. */
export const collapseWhiteSpace = (text: string): string => trimWhiteSpace(text).replace(/[\t\n\r ]+/g, ' ')
