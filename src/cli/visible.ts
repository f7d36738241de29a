/**
 * What came from outside must not steer the terminal, nor turn its text around: characters that cannot be seen (Unicode category
 * C, the controls of bidirectional text among them) are shown by their number, as JSON writes them. JSON stays the same JSON.
 */
export const visible = (text: string): string => text.replace(/(?!\r?\n|\t)\p{C}/gu, numbered)

/** The same where the text is to stay on its line. */
export const visibleLine = (text: string): string => text.replace(/\p{C}/gu, numbered)

/** The same for XML, which has its own way to write a character by its number (XML 1.0, section 4.1). */
export const visibleXml = (text: string): string =>
  text.replace(/(?!\r?\n|\t)\p{C}/gu, (character) => `&#x${character.codePointAt(0)?.toString(16)};`)

function numbered(character: string): string {
  return Array.from(
    { length: character.length },
    (_, unit) => `\\u${character.charCodeAt(unit).toString(16).padStart(4, '0')}`,
  ).join('')
}
