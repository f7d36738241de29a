/** The five entities and numeric character references of XML 1.0, section 4.1. There are no others without a DOCTYPE. */
import { isXmlCharacter } from './characters.ts'

const entities = new Map([
  ['lt', '<'],
  ['gt', '>'],
  ['amp', '&'],
  ['quot', '"'],
  ['apos', "'"],
])

const reference = /&(?:#x([0-9A-Fa-f]+);|#([0-9]+);|([^;&<\s]*);)?/g

/** Where in `text` the first bad reference stands, and what it reads; undefined when all are good. */
export function findBadReference(text: string): { readonly index: number; readonly found: string } | undefined {
  if (!text.includes('&')) return undefined
  for (const match of text.matchAll(reference)) {
    if (resolve(match[1], match[2], match[3]) === undefined) return { index: match.index, found: match[0].slice(0, 40) }
  }
  return undefined
}

/** Promise: `findBadReference` has found nothing in `text`. */
export function decodeReferences(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(
    reference,
    (whole: string, hexadecimal?: string, decimal?: string, name?: string) =>
      resolve(hexadecimal, decimal, name) ?? whole,
  )
}

function resolve(hexadecimal?: string, decimal?: string, name?: string): string | undefined {
  if (name !== undefined) return entities.get(name)
  const digits = hexadecimal ?? decimal
  if (digits === undefined) return undefined
  const code = Number.parseInt(digits, hexadecimal === undefined ? 10 : 16)
  return isXmlCharacter(code) ? String.fromCodePoint(code) : undefined
}
