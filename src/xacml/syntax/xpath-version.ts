/** The identifiers of XPath versions (section 5.4), in whatever case they are written. */
import type { XPathVersion } from '../model/policy.ts'

const first = 'http://www.w3.org/tr/1999/rec-xpath-19991116'

const second: ReadonlySet<string> = new Set([
  'http://www.w3.org/tr/2007/rec-xpath20-20070123',
  'http://www.w3.org/tr/2010/rec-xpath20-20101214',
  'http://www.w3.org/tr/xpath20',
])

const normalise = (uri: string): string => uri.trim().toLowerCase()

export const isXPathVersion = (uri: string): boolean => normalise(uri) === first || second.has(normalise(uri))

/** Undefined for 1.0, which is also what is taken where no version is given, or one that nobody knows. */
export const versionOf = (uri: string | undefined): XPathVersion | undefined =>
  uri !== undefined && second.has(normalise(uri)) ? '2.0' : undefined
