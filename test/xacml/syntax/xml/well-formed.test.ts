import fc from 'fast-check'
import { XmlDocument } from 'libxml2-wasm'
import { SaxesParser } from 'saxes'
import { describe, expect, test } from 'vitest'
import { readXml } from '../../../../src/xacml/syntax/xml/read-xml.ts'
import { type Document, deliberate, documents } from './documents.ts'

const limits = { characters: 10_000_000, depth: 100, namespaces: 250_000 }

function verdict(text: string): string | undefined {
  const read = readXml(text, limits)
  return read.ok ? undefined : read.problems[0].code
}

const named = ([what, text, code]: Document) => ({ what, text, code })

function saxesAccepts(text: string): boolean {
  const parser = new SaxesParser({ xmlns: true })
  parser.on('error', (error) => {
    throw error
  })
  try {
    parser.write(text).close()
    return true
  } catch {
    return false
  }
}

function libxml2Accepts(text: string): boolean {
  try {
    XmlDocument.fromString(text).dispose()
    return true
  } catch {
    return false
  }
}

describe('well-formedness', () => {
  test.each([...documents, ...deliberate].map(named))('$what', ({ text, code }) => {
    expect(verdict(text)).toBe(code)
  })

  test.each(documents.map(named))('saxes and libxml2 agree on $what', ({ text, code }) => {
    expect(saxesAccepts(text)).toBe(code === undefined)
    expect(libxml2Accepts(text)).toBe(code === undefined)
  })

  // libxml2 knows the rules of xml:id, so no piece may make one.
  const pieces = fc.constantFrom(
    ...[
      '<a>',
      '</a>',
      '<a/>',
      '<b c="1">',
      '</b>',
      "<a b='&amp;'/>",
      '<p:a>',
      '</p:a>',
      '<a p:b="1"/>',
      '<a',
      ' b="',
      '"',
    ],
    ...[
      ' xmlns:p="u"',
      ' xmlns="v"',
      '>',
      '/>',
      '/',
      '=',
      ' ',
      '\n',
      '\r',
      '\t',
      'x',
      '&lt;',
      '&#65;',
      '&#x0;',
      '&',
      ';',
    ],
    ...[
      '<!--',
      '-->',
      '--',
      '-',
      '<![CDATA[',
      ']]>',
      ']',
      '<?q ',
      '?>',
      '?',
      '!',
      "'",
      '<',
      'é',
      '1',
      ':',
      '\u0001',
      '\uFFFF',
      '#',
    ],
  )
  const generated = fc.oneof(
    fc.array(pieces, { maxLength: 12 }).map((parts) => parts.join('')),
    fc.array(pieces, { maxLength: 8 }).map((parts) => `<r xmlns:p="u">${parts.join('')}</r>`),
    fc.array(pieces, { maxLength: 5 }).map((parts) => `<r xmlns:p="u"${parts.join('')}></r>`),
  )

  test('saxes and libxml2 agree on documents put together from pieces', () => {
    let good = 0
    fc.assert(
      fc.property(generated, (text) => {
        const accepted = verdict(text) === undefined
        expect({ accepted, saxes: saxesAccepts(text), libxml2: libxml2Accepts(text) }).toEqual({
          accepted,
          saxes: accepted,
          libxml2: accepted,
        })
        good += accepted ? 1 : 0
      }),
      { numRuns: 4_000 },
    )
    expect(good).toBeGreaterThan(100)
  })

  test('the readers never disagree with themselves, whatever the text', () => {
    fc.assert(
      fc.property(fc.oneof(generated, fc.string({ unit: 'binary' })), (text) => {
        expect(verdict(text)).not.toBe('XML-READERS-DISAGREE')
      }),
      { numRuns: 2_000 },
    )
  })
})

describe('bounds', () => {
  const many = 100_000
  const bombs: readonly Document[] = [
    ['nested elements', '<a>'.repeat(many) + '</a>'.repeat(many), 'XML-TOO-DEEP'],
    ['elements one deeper than allowed', '<a>'.repeat(101) + '</a>'.repeat(101), 'XML-TOO-DEEP'],
    ['elements as deep as allowed', '<a>'.repeat(100) + '</a>'.repeat(100)],
    ['billion laughs', `<!DOCTYPE a [<!ENTITY b "b"><!ENTITY c "${'&b;'.repeat(1000)}">]><a>&c;</a>`, 'XML-DOCTYPE'],
    ['open angles', '<'.repeat(many), 'XML-NOT-WELL-FORMED'],
    ['unclosed comments', `<a>${'<!--'.repeat(many)}`, 'XML-NOT-WELL-FORMED'],
    ['unclosed CDATA sections', `<a>${'<![CDATA['.repeat(many)}`, 'XML-NOT-WELL-FORMED'],
    ['unclosed instructions', `<a>${'<?b '.repeat(many)}`, 'XML-NOT-WELL-FORMED'],
    ['quotes', `<a b="${'<a b="'.repeat(many)}`, 'XML-NOT-WELL-FORMED'],
    ['lone ampersands', `<a>${'&'.repeat(many)}</a>`, 'XML-NOT-WELL-FORMED'],
    ['attributes', `<a ${Array.from({ length: 10_000 }, (_, index) => `b${index}="1"`).join(' ')}/>`],
    ['white space in a tag', `<a${' '.repeat(many)}b="1"/>`],
    ['a long name', `<${'a'.repeat(many)}/>`],
  ]

  test.each(bombs.map(named))('$what', ({ text, code }) => {
    expect(verdict(text)).toBe(code)
  })

  test('a document larger than allowed is refused unread', () => {
    const read = readXml('<a></a>', { characters: 6, depth: 100, namespaces: 250_000 })
    expect(read.ok ? undefined : read.problems[0].code).toBe('XML-TOO-LARGE')
  })
})
