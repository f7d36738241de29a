/**
 * Judges whether a text is a well-formed XML 1.0 document, and finds where its elements start and what attributes they
 * have. fast-xml-parser builds the tree afterwards but accepts far more than XML (two roots, stray text, control characters,
 * quotes in processing instructions that swallow elements), so nothing reaches it that has not passed here. One pass,
 * linear, no recursion.
 */
import { forbiddenCharacter, isSpace, qualifiedName } from './characters.ts'
import type { RawAttribute } from './namespaces.ts'
import { findBadReference } from './references.ts'

export interface Fault {
  readonly code: string
  readonly message: string
  readonly offset: number
}

/** What was seen, in document order: the tree built from the text must agree with it. */
export interface Scan {
  readonly text: string
  readonly maxDepth: number
  readonly names: string[]
  readonly offsets: number[]
  /** Of each element, as they are written: references and white space are for `readXml` to resolve. */
  readonly attributes: (readonly RawAttribute[])[]
  /** Start and end offsets of comments and processing instructions. */
  readonly asides: (readonly [number, number])[]
  /** Where the document starts, behind a byte order mark and the XML declaration. */
  start: number
  fault: Fault | undefined
}

export function scanXml(text: string, maxDepth: number): Scan {
  const scan: Scan = {
    text,
    maxDepth,
    names: [],
    offsets: [],
    attributes: [],
    asides: [],
    start: 0,
    fault: undefined,
  }
  const forbidden = text.search(forbiddenCharacter)
  if (forbidden >= 0) fail(scan, forbidden, `character ${codePointName(text, forbidden)} is not allowed in XML`)
  else scanDocument(scan)
  return scan
}

const failed = -1

function fail(scan: Scan, offset: number, message: string, code = 'XML-NOT-WELL-FORMED'): typeof failed {
  scan.fault = { code, message, offset }
  return failed
}

function codePointName(text: string, index: number): string {
  return `U+${(text.codePointAt(index) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`
}

function scanDocument(scan: Scan): void {
  const { text } = scan
  const open: string[] = []
  let at = scanDeclaration(scan)
  while (at >= 0 && at < text.length) {
    const next = text.indexOf('<', at)
    const end = next < 0 ? text.length : next
    if (end > at && !scanText(scan, at, end, open.length > 0)) return
    at = next < 0 ? end : scanMarkup(scan, end, open)
  }
  if (at < 0) return
  const unclosed = open.at(-1)
  if (unclosed !== undefined)
    fail(scan, text.length, `the document ends inside \`${unclosed}\`: a closing tag is missing`)
  else if (scan.names.length === 0) fail(scan, text.length, 'there is no element: an XML document has exactly one root')
}

/** Section 2.8. Only at the very beginning; anywhere else `<?xml` is an error that `scanInstruction` reports. */
function scanDeclaration(scan: Scan): number {
  const { text } = scan
  const start = text.charCodeAt(0) === 0xfeff ? 1 : 0
  scan.start = start
  if (!/^<\?xml[ \t\r\n]/.test(text.slice(start, start + 6))) return start
  const close = text.indexOf('?>', start)
  const declared =
    close < 0
      ? null
      : /^<\?xml[ \t\r\n]+version[ \t\r\n]*=[ \t\r\n]*(?:"([^"]*)"|'([^']*)')(?:[ \t\r\n]+encoding[ \t\r\n]*=[ \t\r\n]*(?:"([A-Za-z][\w.-]*)"|'([A-Za-z][\w.-]*)'))?(?:[ \t\r\n]+standalone[ \t\r\n]*=[ \t\r\n]*(?:"(?:yes|no)"|'(?:yes|no)'))?[ \t\r\n]*\?>$/.exec(
          text.slice(start, Math.min(close + 2, start + 1000)),
        )
  if (declared === null) return fail(scan, start, 'the XML declaration is malformed')
  const version = declared[1] ?? declared[2]
  if (version !== '1.0') return fail(scan, start, `XML version \`${version}\` is not supported: use 1.0`)
  const encoding = declared[3] ?? declared[4] ?? 'UTF-8'
  // The text has been decoded already; programs that print to strings declare UTF-16 whatever they send.
  if (!/^(?:utf-8|utf-16|us-ascii)$/i.test(encoding)) {
    return fail(scan, start, `encoding \`${encoding}\` is not supported: use UTF-8`, 'XML-UNSUPPORTED-ENCODING')
  }
  scan.start = close + 2
  return close + 2
}

function scanText(scan: Scan, start: number, end: number, inside: boolean): boolean {
  if (!inside) {
    for (let index = start; index < end; index++) {
      if (isSpace(scan.text.charCodeAt(index))) continue
      const isFirst = scan.offsets.length === 0 && scan.asides.length === 0
      fail(scan, index, isFirst ? 'this is no XML: a document begins with `<`' : 'text outside of the root element')
      return false
    }
    return true
  }
  const text = scan.text.slice(start, end)
  const cdataEnd = text.indexOf(']]>')
  if (cdataEnd >= 0) fail(scan, start + cdataEnd, 'text must not contain `]]>`: write `]]&gt;`')
  else checkReferences(scan, text, start)
  return scan.fault === undefined
}

function checkReferences(scan: Scan, text: string, start: number): void {
  const bad = findBadReference(text)
  if (bad === undefined) return
  const message =
    bad.found === '&'
      ? 'a lone `&`: write `&amp;`'
      : `reference \`${bad.found}\` stands for nothing: only lt, gt, amp, quot, apos and allowed characters have one`
  fail(scan, start + bad.index, message)
}

/** At `<`. Returns the offset behind the markup. */
function scanMarkup(scan: Scan, at: number, open: string[]): number {
  const { text } = scan
  const second = text.charCodeAt(at + 1)
  if (second === 0x2f) return scanEndTag(scan, at, open)
  if (second === 0x3f) return scanInstruction(scan, at)
  if (second !== 0x21) return scanStartTag(scan, at, open)
  if (text.startsWith('<!--', at)) return scanComment(scan, at)
  if (text.startsWith('<![CDATA[', at) && open.length > 0) {
    const close = text.indexOf(']]>', at)
    return close < 0 ? fail(scan, at, 'the CDATA section has no end') : close + 3
  }
  if (text.startsWith('<!DOCTYPE', at)) {
    return fail(scan, at, 'a DOCTYPE is not allowed: remove it', 'XML-DOCTYPE')
  }
  return fail(scan, at, 'markup starting with `<!` is neither a comment nor a CDATA section inside the root')
}

function scanComment(scan: Scan, at: number): number {
  const dashes = scan.text.indexOf('--', at + 4)
  if (dashes < 0) return fail(scan, at, 'the comment has no end')
  if (scan.text.charCodeAt(dashes + 2) !== 0x3e) return fail(scan, dashes, 'a comment must not contain `--`')
  scan.asides.push([at, dashes + 3])
  return dashes + 3
}

function scanInstruction(scan: Scan, at: number): number {
  const { text } = scan
  const target = nameAt(text, at + 2)
  const behind = at + 2 + target.length
  const close = text.indexOf('?>', behind)
  if (target === '' || target.includes(':')) return fail(scan, at, 'the processing instruction has no proper name')
  if (target.toLowerCase() === 'xml') return fail(scan, at, 'the XML declaration must be the very first thing')
  if (close < 0) return fail(scan, at, 'the processing instruction has no end')
  if (close !== behind && !isSpace(text.charCodeAt(behind))) {
    return fail(scan, behind, 'white space is missing after the name of the processing instruction')
  }
  scan.asides.push([at, close + 2])
  return close + 2
}

function scanEndTag(scan: Scan, at: number, open: string[]): number {
  const { text } = scan
  const name = nameAt(text, at + 2)
  const close = skipSpace(text, at + 2 + name.length)
  if (name === '' || text.charCodeAt(close) !== 0x3e) return fail(scan, at, 'the closing tag is malformed')
  const expected = open.pop()
  if (expected === undefined) return fail(scan, at, `\`</${shown(name)}>\` closes nothing`)
  if (expected !== name)
    return fail(scan, at, `\`</${shown(name)}>\` stands where \`${shown(expected)}\` must be closed`)
  return close + 1
}

function scanStartTag(scan: Scan, at: number, open: string[]): number {
  const { text } = scan
  const name = nameAt(text, at + 1)
  if (name === '') return fail(scan, at, '`<` does not start a tag: in text write `&lt;`')
  if (open.length === 0 && scan.names.length > 0) return fail(scan, at, `a second root element \`${shown(name)}\``)
  if (open.length >= scan.maxDepth) {
    return fail(
      scan,
      at,
      `elements are nested deeper than the ${scan.maxDepth} that the limit \`documentDepth\` allows`,
      'XML-TOO-DEEP',
    )
  }
  scan.names.push(name)
  scan.offsets.push(at)
  const behind = scanAttributes(scan, at + 1 + name.length)
  if (behind < 0) return failed
  if (text.charCodeAt(behind) === 0x3e) {
    open.push(name)
    return behind + 1
  }
  if (text.startsWith('/>', behind)) return behind + 2
  return fail(scan, behind, `the tag \`${shown(name)}\` is not closed properly`)
}

/** Shared by all elements without attributes, and never added to. */
const none: RawAttribute[] = []

/** Returns the offset of what is neither white space nor an attribute. */
function scanAttributes(scan: Scan, from: number): number {
  const { text } = scan
  let attributes = none
  let names: Set<string> | undefined
  let at = from
  for (;;) {
    const start = skipSpace(text, at)
    const code = text.charCodeAt(start)
    if (code === 0x3e || code === 0x2f || Number.isNaN(code)) {
      scan.attributes.push(attributes)
      return start
    }
    const name = nameAt(text, start)
    if (name === '') return fail(scan, start, 'no attribute name where one is expected')
    if (start === at) return fail(scan, start, `white space is missing before the attribute \`${shown(name)}\``)
    if (attributes.length === 16) names = new Set(attributes.map(({ qualifiedName }) => qualifiedName))
    if (names === undefined ? attributes.some(({ qualifiedName }) => qualifiedName === name) : names.has(name)) {
      return fail(scan, start, `attribute \`${shown(name)}\` stands twice`)
    }
    names?.add(name)
    if (attributes === none) attributes = []
    at = scanAttributeValue(scan, start + name.length, name, attributes)
    if (at < 0) return failed
  }
}

function scanAttributeValue(scan: Scan, from: number, name: string, attributes: RawAttribute[]): number {
  const { text } = scan
  const equals = skipSpace(text, from)
  if (text.charCodeAt(equals) !== 0x3d) return fail(scan, from, `attribute \`${shown(name)}\` has no value`)
  const start = skipSpace(text, equals + 1)
  const quote = text.charAt(start)
  if (quote !== '"' && quote !== "'") return fail(scan, start, `the value of \`${shown(name)}\` is not in quotes`)
  const close = text.indexOf(quote, start + 1)
  if (close < 0) return fail(scan, start, `the value of \`${shown(name)}\` has no end`)
  const value = text.slice(start + 1, close)
  const less = value.indexOf('<')
  if (less >= 0) return fail(scan, start + 1 + less, `\`<\` in the value of \`${shown(name)}\`: write \`&lt;\``)
  checkReferences(scan, value, start + 1)
  attributes.push({ qualifiedName: name, value })
  return scan.fault === undefined ? close + 1 : failed
}

/** The qualified name at `at`, or the empty string. A second colon is left over and trips what follows. */
function nameAt(text: string, at: number): string {
  qualifiedName.lastIndex = at
  return qualifiedName.exec(text)?.[0] ?? ''
}

function skipSpace(text: string, from: number): number {
  let at = from
  while (isSpace(text.charCodeAt(at))) at++
  return at
}

function shown(name: string): string {
  return name.length > 80 ? `${name.slice(0, 80)}…` : name
}
