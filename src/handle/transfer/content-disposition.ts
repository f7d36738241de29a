/** RFC 6266: a plain name that every client reads, and the exact one after RFC 8187. */

const plainCharacters = /[^A-Za-z0-9 !#$&+\-.^_`{}~()@,;=[\]]/gu
const exactBytes = /[A-Za-z0-9!#$&+\-.^_`|~]/

/** For a download; nothing in a file name can end the header or name a folder. */
export function contentDisposition(fileName: string): string {
  const plain = fileName.replace(plainCharacters, '_')
  return `attachment; filename="${plain}"; filename*=UTF-8''${percentEncode(fileName)}`
}

function percentEncode(text: string): string {
  let encoded = ''
  for (const byte of Buffer.from(text, 'utf8')) {
    const character = String.fromCharCode(byte)
    encoded += exactBytes.test(character) ? character : `%${byte.toString(16).toUpperCase().padStart(2, '0')}`
  }
  return encoded
}
