/** Damage done to a valid document: by characters, by tokens of its syntax, by elements. */
import fc from 'fast-check'
import { hostileName, hostileValue } from './hostile.ts'

type Change = (text: string) => string

/** A place in any text, as a share of its length. */
const share = fc.noBias(fc.nat(9_999)).map((place) => place / 10_000)
const at = (text: string, where: number): number => Math.floor(text.length * where)

const piece = fc.oneof(
  fc.constantFrom(
    '<',
    '>',
    '/>',
    '</',
    '&',
    '&#x0;',
    ';',
    '"',
    "'",
    '=',
    '<!--',
    '-->',
    '<![CDATA[',
    ']]>',
    '<?',
    '?>',
  ),
  fc.constantFrom('{', '}', '[', ']', ',', ':', '\\u0000', '1e5', 'null', 'xmlns:a="b"', ' xml:id="x"', '\u0000'),
  fc.string({ unit: 'binary', maxLength: 5 }),
)

const insertion: fc.Arbitrary<Change> = fc.tuple(share, piece).map(([where, added]) => (text) => {
  const index = at(text, where)
  return text.slice(0, index) + added + text.slice(index)
})

const deletion: fc.Arbitrary<Change> = fc.tuple(share, fc.nat(40)).map(([where, count]) => (text) => {
  const index = at(text, where)
  return text.slice(0, index) + text.slice(index + count)
})

const copying: fc.Arbitrary<Change> = fc.tuple(share, share, fc.nat(400)).map(([from, to, count]) => (text) => {
  const index = at(text, to)
  return text.slice(0, index) + text.slice(at(text, from), at(text, from) + count) + text.slice(index)
})

/** The match of a pattern that lies furthest on the way to `where`, replaced. */
function replaceOne(text: string, pattern: RegExp, where: number, by: (match: RegExpExecArray) => string): string {
  const matches = [...text.matchAll(pattern)]
  const match = matches[Math.floor(matches.length * where)]
  if (match === undefined) return text
  return text.slice(0, match.index) + by(match) + text.slice(match.index + match[0].length)
}

const escapeXml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/** Those of XACML begin with a capital letter. */
const attribute = /(\s[A-Z][A-Za-z]+=")([^"]*)"/g
const text = />([^<>]*[^<>\s][^<>]*)<\//g
/** A value; what stands before it tells it from a name. */
const jsonString = /([:[,]\s*)"(?:[^"\\]|\\.)*"(?=\s*[,\]}])/g

const attributeValueBy = (write: (name: string) => string): fc.Arbitrary<Change> =>
  fc.tuple(share, hostileName).map(
    ([where, name]) =>
      (document) =>
        replaceOne(document, attribute, where, (match) => `${match[1]}${write(name)}"`),
  )

const attributeValue = attributeValueBy(escapeXml)
const attributeText = attributeValueBy((name) => name)

/** Another attribute's value: types, functions and algorithms of the document in each other's places. */
const attributeSwap: fc.Arbitrary<Change> = fc.tuple(share, share).map(([to, from]) => (document) => {
  const values = [...document.matchAll(attribute)].map((match) => match[2] ?? '')
  const value = values[Math.floor(values.length * from)] ?? ''
  return replaceOne(document, attribute, to, (match) => `${match[1]}${value}"`)
})

const textValue: fc.Arbitrary<Change> = fc.tuple(share, hostileValue).map(
  ([where, value]) =>
    (document) =>
      replaceOne(document, text, where, () => `>${escapeXml(value)}</`),
)

const jsonValue: fc.Arbitrary<Change> = fc.tuple(share, hostileValue).map(
  ([where, value]) =>
    (document) =>
      replaceOne(document, jsonString, where, (match) => match[1] + JSON.stringify(value)),
)

/** One name everywhere: what refers to it still does. */
const renaming: fc.Arbitrary<Change> = fc.tuple(share, hostileName).map(([where, name]) => (document) => {
  const values = [...new Set([...document.matchAll(attribute)].map((match) => match[2] ?? ''))].filter(Boolean)
  const value = values[Math.floor(values.length * where)]
  return value === undefined ? document : document.replaceAll(`"${value}"`, () => `"${escapeXml(name)}"`)
})

const element = /<(?!\/|\?|!|Target)([\w:]+)(?:\s[^<>]*)?(?:\/>|>[^<>]*<\/\1>)/g

const elementAway: fc.Arbitrary<Change> = share.map(
  (where) => (document) => replaceOne(document, element, where, () => ''),
)

const elementTwice: fc.Arbitrary<Change> = fc.tuple(share, fc.integer({ min: 2, max: 40 })).map(
  ([where, times]) =>
    (document) =>
      replaceOne(document, element, where, (match) => match[0].repeat(times)),
)

const not = '<Apply FunctionId="urn:oasis:names:tc:xacml:1.0:function:not">'

/** About as deep as the limits allow, and deeper. */
const nesting: fc.Arbitrary<Change> = fc.tuple(share, fc.integer({ min: 1, max: 110 })).map(
  ([where, levels]) =>
    (document) =>
      replaceOne(document, /(<Condition>)([\s\S]*?)(<\/Condition>)/g, where, ([, open, inside, close]) =>
        [open, not.repeat(levels), inside, '</Apply>'.repeat(levels), close].join(''),
      ),
)

const rough = fc.oneof(insertion, deletion, copying)
const xmlAware = fc.oneof(attributeValue, attributeSwap, textValue, renaming, elementAway, elementTwice, nesting)

const several = (change: fc.Arbitrary<Change>, most: number): fc.Arbitrary<Change> =>
  fc
    .array(change, { minLength: 1, maxLength: most })
    .map((changes) => (document) => changes.reduce((changed, one) => one(changed), document))

/** Mostly refused by the parser. */
export const xmlDamage: fc.Arbitrary<Change> = fc.oneof(
  several(xmlAware, 2),
  several(fc.oneof(rough, attributeText, xmlAware), 4),
)
/** Mostly still well-formed, and often a policy that the check accepts. */
export const xmlChange: fc.Arbitrary<Change> = several(xmlAware, 2)
export const jsonDamage: fc.Arbitrary<Change> = fc.oneof(several(jsonValue, 2), several(fc.oneof(rough, jsonValue), 4))
