import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attributeOf, type XmlElement } from '../../../../src/xacml/syntax/xml/element.ts'
import { printElement } from '../../../../src/xacml/syntax/xml/print-xml.ts'
import { readXml } from '../../../../src/xacml/syntax/xml/read-xml.ts'

const limits = { characters: 1_000_000, depth: 100, namespaces: 250_000 }

function read(text: string): XmlElement {
  const document = readXml(text, limits)
  if (!document.ok) throw new Error(document.problems[0].message)
  return document.value
}

describe('the tree of an XML document', () => {
  test.each([
    ['a comment', '<a>ad<!-- x -->min</a>'],
    ['an instruction', '<a>ad<?x y?>min</a>'],
    ['a CDATA section', '<a>a<![CDATA[dm]]>in</a>'],
    ['references', '<a>a&#100;&#x6d;in</a>'],
  ])('text split by %s is one value', (_what, text) => {
    expect(read(text).text).toBe('admin')
    expect(read(text).content).toEqual(['admin'])
  })

  test.each([
    ['<a>ad<!-- x -->min</a>', ['ad', '<!-- x -->', 'min']],
    ['<a>ad<?x y?>min</a>', ['ad', '<?x y?>', 'min']],
    ['<a><!----></a>', ['<!---->']],
    ['<a><!--1--><?x?><!--2--></a>', ['<!--1-->', '<?x?>', '<!--2-->']],
    ['<a>1<![CDATA[2<!--]]>3<!--\r\n<b c="&d;\r-->4&#53;<![CDATA[6]]></a>', ['12<!--3', '<!--\n<b c="&d;\n-->', '456']],
    ['<?xml version="1.0"?><!--1--><?x a="?><a>2<?y b="?></a><!--3-->', ['2', '<?y b="?>']],
    ['<a>no comment, <![CDATA[<!-- 1 -->]]></a>', undefined],
  ])('comments and instructions are kept in their places: %s', (text, mixed) => {
    const root = read(text)
    const pieces = root.mixed?.map((piece) => (typeof piece === 'object' && 'markup' in piece ? piece.markup : piece))
    expect(pieces).toEqual(mixed)
    expect(read(printElement(root)).mixed).toEqual(root.mixed)
  })

  test('references in CDATA sections stand for themselves', () => {
    expect(read('<a>&amp;<![CDATA[&amp;]]>&#38;lt;</a>').text).toBe('&&amp;&lt;')
  })

  test('white space in text is kept, line ends become LF', () => {
    expect(read('<a>  b\r\n c\rd </a>').text).toBe('  b\n c\nd ')
  })

  test('white space in attributes becomes spaces unless it is written as a reference', () => {
    expect(attributeOf(read('<a b="1\t2\r\n3&#10;4&#13;5"/>'), 'b')).toBe('1 2 3\n4\r5')
  })

  test('elements and attributes get the namespace of their prefix', () => {
    const root = read('<a xmlns="u" xmlns:p="v" b="1" p:b="2"><p:c/><d xmlns=""/></a>')
    expect([root.namespace, ...root.children.map((child) => child.namespace)]).toEqual(['u', 'v', ''])
    expect(root.attributes.map(({ namespace, name }) => [namespace, name])).toEqual([
      ['', 'b'],
      ['v', 'b'],
    ])
    expect({ ...root.scope }).toEqual({ '': 'u', p: 'v' })
    expect({ ...root.children[1]?.scope }).toEqual({ p: 'v' })
  })

  test.each([
    ['LF', '\n'],
    ['CR LF', '\r\n'],
    ['CR', '\r'],
  ])('positions count from 1, lines ended by %s', (_name, end) => {
    const root = read(`<?xml version="1.0"?>${end}<a>${end}${end}  <b/><c/></a>`)
    expect([root, ...root.children].map((element) => element.at)).toEqual([
      { line: 2, column: 1 },
      { line: 4, column: 3 },
      { line: 4, column: 7 },
    ])
  })

  test('a problem says where it is', () => {
    const refused = readXml('<a>\n  <b>&c;</b></a>', limits)
    expect(refused).toMatchObject({ ok: false, problems: [{ at: { line: 2, column: 6 } }] })
  })

  test('an element inside prints as a document with all namespaces it inherits', () => {
    const root = read('<x xmlns="u" xmlns:p="v"><y><p:z w="p:q"> a&lt;b </p:z></y></x>')
    const inner = root.children[0]?.children[0] as XmlElement
    const again = read(printElement(inner))
    expect({ ...again, at: inner.at, scope: { ...again.scope } }).toEqual({ ...inner, scope: { ...inner.scope } })
    expect(printElement(inner)).toBe('<p:z xmlns="u" xmlns:p="v" w="p:q"> a&lt;b </p:z>')
  })
})

describe('printing', () => {
  const name = fc.constantFrom('a', 'b', 'constructor', '__proto__', 'é')
  const text = fc.string({
    unit: fc.constantFrom('a', ' ', '\n', '\t', '\r', '<', '>', '&', '"', "'", ']]>', '😀', ';', '\u00a0'),
  })
  const aside = fc.constantFrom('<!---->', '<!-- &a; <b> " -->', '<?c?>', '<?c d="\n?>')
  const { tree } = fc.letrec<{ tree: string }>((tie) => ({
    tree: fc
      .tuple(
        name,
        fc.uniqueArray(fc.tuple(name, text), { selector: ([key]) => key }),
        fc.array(fc.oneof({ maxDepth: 3 }, text.map(printText), aside, tie('tree')), { maxLength: 3 }),
      )
      .map(([tag, attributes, inner]) => {
        const printed = attributes.map(([key, value]) => ` ${key}="${printAttribute(value)}"`).join('')
        return `<${tag}${printed} xmlns:p="u">${inner.join('')}</${tag}>`
      }),
  }))

  test('reading what was printed gives the same tree', () => {
    fc.assert(
      fc.property(tree, (document) => {
        const first = read(document)
        expect(withoutPositions(read(printElement(first)))).toEqual(withoutPositions(first))
      }),
      { numRuns: 300 },
    )
  })

  function printText(value: string): string {
    return value.replace(/[&<>\r]/g, (character) => `&#${character.charCodeAt(0)};`)
  }

  function printAttribute(value: string): string {
    return value.replace(/[&<>"\s]/g, (character) => `&#x${character.charCodeAt(0).toString(16)};`)
  }

  function withoutPositions(element: XmlElement): unknown {
    const { namespace, prefix, name, attributes, scope, content, mixed } = element
    const [inner, everything] = [content, mixed].map((pieces) =>
      pieces?.map((piece) => (typeof piece === 'string' || 'markup' in piece ? piece : withoutPositions(piece))),
    )
    return { namespace, prefix, name, attributes, scope: { ...scope }, content: inner, mixed: everything }
  }
})
