/** The character classes of XML 1.0, sections 2.2 and 2.3. */

const nameStart =
  'A-Z_a-z\\u{C0}-\\u{D6}\\u{D8}-\\u{F6}\\u{F8}-\\u{2FF}\\u{370}-\\u{37D}\\u{37F}-\\u{1FFF}\\u{200C}-\\u{200D}' +
  '\\u{2070}-\\u{218F}\\u{2C00}-\\u{2FEF}\\u{3001}-\\u{D7FF}\\u{F900}-\\u{FDCF}\\u{FDF0}-\\u{FFFD}\\u{10000}-\\u{EFFFF}'
const nameRest = `${nameStart}\\-.0-9\\u{B7}\\u{300}-\\u{36F}\\u{203F}-\\u{2040}`
const ncName = `[${nameStart}][${nameRest}]*`

/** Names of elements and attributes under Namespaces in XML: at most one colon, with a name on each side. Sticky. */
export const qualifiedName = new RegExp(`${ncName}(?::${ncName})?`, 'uy')

/** A name without a colon, the whole text. */
export const unprefixedName = new RegExp(`^${ncName}$`, 'u')

/** The first character that XML does not allow anywhere, written or referred to; a lone surrogate is one. */
export const forbiddenCharacter = /[^\t\n\r\x20-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u

export function isXmlCharacter(code: number): boolean {
  if (code < 0x20) return code === 0x9 || code === 0xa || code === 0xd
  return code <= 0xd7ff || (code >= 0xe000 && code <= 0xfffd) || (code >= 0x10000 && code <= 0x10ffff)
}

/** XML white space by code unit. JavaScript's own idea of white space is wider and must not be used on XML. */
export function isSpace(code: number): boolean {
  return code === 0x20 || code === 0xa || code === 0x9 || code === 0xd
}

export function isBlank(text: string): boolean {
  for (let index = 0; index < text.length; index++) if (!isSpace(text.charCodeAt(index))) return false
  return true
}

/** The white space facet `collapse` of XML Schema part 2, section 4.3.6. */
export function collapse(text: string): string {
  if (!/[\t\n\r]|^ | {2}| $/.test(text)) return text
  return text.replace(/[\t\n\r ]+/g, ' ').replace(/^ | $/g, '')
}
