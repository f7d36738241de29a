/** Strings as sequences of Unicode code points, where JavaScript has UTF-16 code units. */

/** Moves surrogates above all other code units, so that units compare like the code points they stand for. */
const rank = (unit: number): number => (unit < 0xd800 ? unit : unit >= 0xe000 ? unit - 0x800 : unit + 0x2000)

/** Negative, zero or positive: code point order, the collation of A.3.8. `<` differs above U+FFFF. */
export const compareCodePoints = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    const left = a.charCodeAt(index)
    const right = b.charCodeAt(index)
    if (left !== right) return rank(left) - rank(right)
  }
  return a.length - b.length
}

/** Surrogates stand in pairs; a lone one, which XML cannot hold, counts as one. */
const pairAt = (text: string, index: number): boolean => (text.codePointAt(index) ?? 0) > 0xffff

export const countCodePoints = (text: string): number => {
  let count = 0
  for (let index = 0; index < text.length; index += pairAt(text, index) ? 2 : 1) count++
  return count
}

/** Positions count code points; the caller has checked 0 <= begin <= end <= length. */
export const sliceCodePoints = (text: string, begin: number, end: number): string => {
  let start = text.length
  let stop = text.length
  for (let index = 0, count = 0; index <= text.length; index += pairAt(text, index) ? 2 : 1, count++) {
    if (count === begin) start = index
    if (count === end) {
      stop = index
      break
    }
  }
  return text.slice(start, stop)
}
