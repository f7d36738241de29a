import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

/** Section A.2: the local part is case-sensitive, the domain is not. */
export interface RFC822Name {
  readonly local: string
  /** In lower case. */
  readonly domain: string
  /** As written, which is how string-from-rfc822Name gives it back (A.3.9). */
  readonly text: string
}

/** RFC 5321 section 4.1.2 with the characters of RFC 6531: dot-string or quoted string. */
const local = '(?:[^\\s()<>\\[\\]:;@\\\\,."]+(?:\\.[^\\s()<>\\[\\]:;@\\\\,."]+)*|"(?:[^"\\\\\\r\\n]|\\\\[^\\r\\n])*")'
/** Labels between dots, or an address literal. */
const domain = '(?:[^\\s()<>\\[\\]:;@\\\\,."]+(?:\\.[^\\s()<>\\[\\]:;@\\\\,."]+)*|\\[[0-9A-Za-z:.-]+\\])'
const lexical = new RegExp(`^(${local})@(${domain})$`)

const parse = (text: string): RFC822Name | undefined => {
  const [written, localPart = '', domainPart = ''] = lexical.exec(trimWhiteSpace(text)) ?? []
  if (written === undefined) return undefined
  return Object.freeze({ local: localPart, domain: domainPart.toLowerCase(), text: written })
}

const key = (name: RFC822Name): string => `${name.local}@${name.domain}`

export const rfc822Name: DataType = {
  id: 'urn:oasis:names:tc:xacml:1.0:data-type:rfc822Name',
  name: 'rfc822Name',
  parse,
  print: (value) => (value as RFC822Name).text,
  equal: (a, b) =>
    (a as RFC822Name).local === (b as RFC822Name).local && (a as RFC822Name).domain === (b as RFC822Name).domain,
  key: (value) => key(value as RFC822Name),
}
