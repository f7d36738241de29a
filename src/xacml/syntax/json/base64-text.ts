/** Base64 (RFC 4648, section 4) of UTF-8 (RFC 3629), with code of our own: the engine may use neither Buffer nor TextDecoder. */

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const values = new Map([...alphabet].map((letter, index) => [letter.charCodeAt(0), index]))

/** Undefined when the text is not Base64, or what it stands for is not UTF-8. White space is ignored. */
export function decodeBase64Text(text: string): string | undefined {
  const octets = decodeBase64(text.replace(/[\t\n\r ]+/g, ''))
  return octets && decodeUtf8(octets)
}

function decodeBase64(dense: string): Uint8Array | undefined {
  const padding = dense.endsWith('==') ? 2 : dense.endsWith('=') ? 1 : 0
  if (dense.length % 4 !== 0) return undefined
  const octets = new Uint8Array((dense.length / 4) * 3 - padding)
  let bits = 0
  let count = 0
  let next = 0
  for (let index = 0; index < dense.length - padding; index++) {
    const value = values.get(dense.charCodeAt(index))
    if (value === undefined) return undefined
    bits = ((bits << 6) | value) & 0xffff
    count += 6
    if (count < 8) continue
    count -= 8
    octets[next++] = (bits >> count) & 0xff
  }
  return octets
}

/** Smallest code point that needs the given number of continuation octets: anything below is an overlong form. */
const smallest = [0, 0x80, 0x800, 0x10000]

function decodeUtf8(octets: Uint8Array): string | undefined {
  const pieces: string[] = []
  let piece = ''
  for (let index = 0; index < octets.length; ) {
    const lead = octets[index++] ?? 0
    const more = lead < 0x80 ? 0 : lead >> 5 === 0b110 ? 1 : lead >> 4 === 0b1110 ? 2 : lead >> 3 === 0b11110 ? 3 : -1
    if (more < 0) return undefined
    let code = more === 0 ? lead : lead & (0x3f >> more)
    for (let left = more; left > 0; left--) {
      const octet = octets[index++]
      if (octet === undefined || octet >> 6 !== 0b10) return undefined
      code = (code << 6) | (octet & 0x3f)
    }
    if (code < (smallest[more] ?? 0) || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return undefined
    piece += String.fromCodePoint(code)
    if (piece.length > 4_096) {
      pieces.push(piece)
      piece = ''
    }
  }
  return pieces.join('') + piece
}
