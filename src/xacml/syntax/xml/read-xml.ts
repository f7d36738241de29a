/** The one way in for XML: a text becomes a tree, or a refusal with its place. */
import { XMLParser } from 'fast-xml-parser'
import type { Namespaces, Position } from '../../model/policy.ts'
import type { Outcome } from '../../problems.ts'
import { positionOf, positions } from '../position.ts'
import { collapse } from './characters.ts'
import { type XmlAside, type XmlAttribute, type XmlElement, xmlNamespace } from './element.ts'
import { declare, expand, isDeclaration, noNamespaces, type RawAttribute } from './namespaces.ts'
import { decodeReferences } from './references.ts'
import { type Fault, type Scan, scanXml } from './scan.ts'

export interface XmlLimits {
  /** UTF-16 units of the document. */
  readonly characters: number
  /** Elements inside elements, the root being the first. Never more than 1,000, whatever is asked. */
  readonly depth: number
  /** Names in scope, added up over the elements that declare any: each of those holds a scope of its own. */
  readonly namespaces: number
  /** The setting that `characters` comes from. */
  readonly setting?: 'policyCharacters' | 'requestCharacters'
}

const deepest = 1_000

/**
 * Reads one document. Refused: whatever XML 1.0 or Namespaces in XML refuses, a DOCTYPE of any kind, XML 1.1, an encoding
 * that is none of UTF-8, UTF-16 and US-ASCII, and what exceeds the limits. Comments and processing instructions outside
 * of the root are dropped. Never throws on any text.
 */
export function readXml(text: string, limits: XmlLimits): Outcome<XmlElement> {
  if (text.length > limits.characters) {
    const { characters, setting } = limits
    const by = setting === undefined ? '' : ` by the limit \`${setting}\``
    const message = `the document has ${text.length} characters, ${characters} are allowed${by}`
    return refuse(text, { code: 'XML-TOO-LARGE', message, offset: 0 })
  }
  const scan = scanXml(text, Math.min(limits.depth, deepest))
  if (scan.fault !== undefined) return refuse(text, scan.fault)
  const { namespaces } = limits
  const tree: Tree = {
    scan,
    position: positions(text),
    next: 0,
    nextAside: 0,
    scopesLeft: namespaces,
    fault: undefined,
  }
  const value = buildRoot(tree, parser.parse(withMarks(scan)) as readonly Entry[])
  if (tree.fault !== undefined) return refuse(text, tree.fault)
  const isWhole = tree.next === scan.names.length && tree.nextAside === scan.asides.length
  if (value === undefined || !isWhole) return refuse(text, disagreement(0))
  return { ok: true, value, warnings: [] }
}

function refuse(text: string, fault: Fault): Outcome<never> {
  const at = positionOf(text, fault.offset)
  return { ok: false, problems: [{ code: fault.code, severity: 'error', message: fault.message, at }] }
}

/**
 * Texts stay raw, and are resolved here. Attributes are those of the scan, which judges them one by one: the parser need not
 * read them again. Every name gets a mark in front, so that no name can meet a property of JavaScript objects
 * (`constructor`) or a key of the parser's own.
 */
const parser = new XMLParser({
  preserveOrder: true,
  ignoreAttributes: true,
  transformTagName: (name) => (name.startsWith('<') ? name : `<${name}`),
  processEntities: false,
  parseTagValue: false,
  trimValues: false,
  cdataPropName: '#cdata',
  commentPropName: '#comment',
  maxNestedTags: deepest + 1,
  jPath: false,
})

/** One entry of the parser's answer: an element under its marked name, text, a CDATA section, or a mark for an aside. */
type Entry = Readonly<Record<string, unknown>>

interface Tree {
  readonly scan: Scan
  readonly position: (offset: number) => Position
  /** Number of the next element in document order. */
  next: number
  /** Number of the next comment or processing instruction. */
  nextAside: number
  /** How many more names elements that declare any may have in scope. */
  scopesLeft: number
  fault: Fault | undefined
}

/**
 * The parser reads quotes inside processing instructions as if they were attributes, so it is not shown any: an empty
 * comment marks where each of them and each comment stood.
 */
function withMarks({ text, start, asides }: Scan): string {
  let kept = ''
  let from = start
  for (const [at, end] of asides) {
    kept += `${text.slice(from, at)}<!---->`
    from = end
  }
  return kept + text.slice(from)
}

const isMark = (entry: Entry): boolean => entry['#comment'] !== undefined

function disagreement(offset: number): Fault {
  return { code: 'XML-READERS-DISAGREE', message: 'two readings of this document differ, so it is refused', offset }
}

function buildRoot(tree: Tree, entries: readonly Entry[]): XmlElement | undefined {
  let root: XmlElement | undefined
  for (const entry of entries) {
    if (isMark(entry)) tree.nextAside++
    else if (textOf(entry) === undefined) root = build(tree, entry, noNamespaces)
  }
  return root
}

function build(tree: Tree, entry: Entry, outer: Namespaces): XmlElement | undefined {
  const number = tree.next++
  const offset = tree.scan.offsets[number] ?? 0
  const qualifiedName = tree.scan.names[number] ?? ''
  const entries = entry[`<${qualifiedName}`] as readonly Entry[] | undefined
  if (entries === undefined) return fail(tree, disagreement(offset))
  const raw = resolved(tree.scan.attributes[number] ?? none)
  const at = tree.position(offset)
  const scope = declare(outer, raw)
  if (typeof scope === 'string') return fail(tree, { code: 'XML-NAMESPACE', message: scope, offset })
  if (scope !== outer) tree.scopesLeft -= Object.keys(scope).length
  if (tree.scopesLeft < 0) return fail(tree, { code: 'XML-NAMESPACE', message: tooManyScopes, offset })
  const expanded = expand(scope, qualifiedName, false)
  if (typeof expanded === 'string') return fail(tree, undeclared(expanded, offset))
  const attributes = raw === none ? noAttributes : buildAttributes(tree, raw, scope, offset)
  const built = attributes && buildContent(tree, entries, scope)
  if (attributes === undefined || built === undefined) return undefined
  const { content, mixed } = built
  const { namespace, prefix, name } = expanded
  return {
    namespace,
    prefix,
    name,
    attributes,
    content,
    children: childrenOf(content),
    text: joined(content),
    at,
    scope,
    ...(mixed !== undefined && { mixed }),
  }
}

const tooManyScopes =
  'elements that declare namespaces have more in scope than the limit `namespacesInScope` allows; declare each once, around all that use it'

function fail(tree: Tree, fault: Fault): undefined {
  tree.fault ??= fault
  return undefined
}

function undeclared(prefix: string, offset: number): Fault {
  return { code: 'XML-NAMESPACE', message: `prefix \`${prefix}\` is not declared`, offset }
}

const none: readonly RawAttribute[] = []
const noAttributes: readonly XmlAttribute[] = []

function resolved(written: readonly RawAttribute[]): readonly RawAttribute[] {
  if (written.length === 0) return none
  return written.map(({ qualifiedName, value }) => ({ qualifiedName, value: normalise(value) }))
}

/**
 * Section 3.3.3 for attributes of type CDATA: white space written as such becomes a space, as a reference it stays. A line
 * end of two characters is one (section 2.11).
 */
function normalise(value: string): string {
  return decodeReferences(/[\t\n\r]/.test(value) ? value.replace(/\r\n|[\t\n\r]/g, ' ') : value)
}

function buildAttributes(
  tree: Tree,
  raw: readonly RawAttribute[],
  scope: Namespaces,
  offset: number,
): readonly XmlAttribute[] | undefined {
  const attributes: XmlAttribute[] = []
  let prefixed: Set<string> | undefined
  for (const { qualifiedName, value } of raw) {
    if (isDeclaration(qualifiedName)) continue
    const expanded = expand(scope, qualifiedName, true)
    if (typeof expanded === 'string') return fail(tree, undeclared(expanded, offset))
    const { namespace, prefix, name } = expanded
    if (prefix === '') {
      attributes.push({ namespace, prefix, name, value })
      continue
    }
    prefixed ??= new Set()
    const key = `${name} ${namespace}`
    if (prefixed.has(key)) {
      const message = `attribute \`${name}\` of namespace \`${namespace}\` stands twice`
      return fail(tree, { code: 'XML-NAMESPACE', message, offset })
    }
    prefixed.add(key)
    const isId = name === 'id' && namespace === xmlNamespace
    attributes.push({ namespace, prefix, name, value: isId ? collapse(value) : value })
  }
  return attributes
}

function buildContent(tree: Tree, entries: readonly Entry[], scope: Namespaces): Inside | undefined {
  const content: (XmlElement | string)[] = []
  let mixed: (XmlElement | XmlAside | string)[] | undefined
  for (const entry of entries) {
    if (isMark(entry)) {
      mixed ??= [...content]
      mixed.push(nextAside(tree))
      continue
    }
    const piece = textOf(entry) ?? build(tree, entry, scope)
    if (piece === undefined) return undefined
    append(content, piece)
    if (mixed !== undefined) append(mixed, piece)
  }
  return { content, mixed }
}

interface Inside {
  readonly content: Content
  readonly mixed: XmlElement['mixed'] | undefined
}

/** Neighbouring text is one string. */
function append(pieces: (XmlElement | XmlAside | string)[], piece: XmlElement | string): void {
  const last = pieces.length - 1
  const before = pieces[last]
  if (typeof piece === 'string' && typeof before === 'string') pieces[last] = before + piece
  else if (piece !== '') pieces.push(piece)
}

function nextAside(tree: Tree): XmlAside {
  const [start, end] = tree.scan.asides[tree.nextAside++] ?? [0, 0]
  return { markup: tree.scan.text.slice(start, end).replace(/\r\n?/g, '\n') }
}

/** The text of a piece of text or a CDATA section; undefined for an element. */
function textOf(entry: Entry): string | undefined {
  const text = entry['#text']
  if (typeof text === 'string') return decodeReferences(text)
  const section = entry['#cdata'] as readonly Entry[] | undefined
  return section === undefined ? undefined : String(section[0]?.['#text'] ?? '')
}

type Content = readonly (XmlElement | string)[]

const noChildren: readonly XmlElement[] = []

function childrenOf(content: Content): readonly XmlElement[] {
  const children = content.filter((piece) => typeof piece !== 'string')
  return children.length === 0 ? noChildren : children
}

function joined(content: Content): string {
  const [only] = content
  if (content.length <= 1) return typeof only === 'string' ? only : ''
  let text = ''
  for (const piece of content) if (typeof piece === 'string') text += piece
  return text
}
