/**
 * fn:lower-case: the full lower-case mapping of Unicode, code point by code point, in no locale. JavaScript looks at
 * the neighbours of a single letter, the capital sigma; mapping that one first makes it context-free.
 */
export const lowerCase = (text: string): string => text.replaceAll('\u03a3', '\u03c3').toLowerCase()
