import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultLimits as limits } from '../../../src/xacml/limits.ts'
import { Failure } from '../../../src/xacml/model/failure.ts'
import { newWork } from '../../../src/xacml/work.ts'
import { coverNode, shareNode } from '../../../src/xacml/xpath/compare-nodes.ts'
import { type ContentDocument, type ContentNode, readContent, stringValue } from '../../../src/xacml/xpath/content.ts'
import { pathTo } from '../../../src/xacml/xpath/path-to.ts'
import { selectNodes } from '../../../src/xacml/xpath/select.ts'

const namespaces = { d: 'urn:doc' }
const xml = `<d:doc xmlns:d="urn:doc" level="3"><d:owner>alice</d:owner><!-- c --><d:owner d:since="2024">b<x>o</x>b</d:owner>
  <?pi data?><plain/></d:doc>`

describe('reading', () => {
  test.each([
    ['<a><b></a>', 'not one well-formed'],
    ['<a/><b/>', 'not one well-formed'],
    ['text', 'not one well-formed'],
    ['', 'not one well-formed'],
    ['<p:a/>', 'not one well-formed'],
    ['<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>', 'document type'],
    ['<a>&x;</a>', 'not one well-formed'],
    ['<a>'.repeat(200) + '</a>'.repeat(200), 'nested deeper'],
    [`<a>${' '.repeat(limits.requestCharacters)}</a>`, 'longer than the limit'],
  ])('refuses %#: %.40s', (text, reason) => {
    const read = readContent({ xml: text, namespaces: {} }, limits)
    expect(read).toBeInstanceOf(Failure)
    expect((read as Failure).message).toContain(reason)
  })

  test('takes inherited namespaces, an XML declaration and CDATA', () => {
    const inherited = { '': 'urn:default', d: 'urn:doc' }
    const document = read({ xml: '<?xml version="1.0"?><d:a><b><![CDATA[<x>&]]></b></d:a>', namespaces: inherited })
    expect(select(document, '/d:a/e:b', { d: 'urn:doc', e: 'urn:default' }).map(stringValue)).toEqual(['<x>&'])
  })
})

describe('selecting', () => {
  const document = read({ xml, namespaces: {} })
  test.each([
    ['/d:doc/d:owner', ['alice', 'bob']],
    ['/d:doc/d:owner/text()', ['alice', 'b', 'b']],
    ['/d:doc/@level', ['3']],
    ['/doc', []],
    ['//@d:since', ['2024']],
    ['//d:owner[2]', ['bob']],
    ['//d:owner | //d:owner', ['alice', 'bob']],
    ['//comment()', [' c ']],
  ])('%s', (path, expected) => {
    expect(select(document, path).map(stringValue)).toEqual(expected)
  })

  test.each([
    ['count(//d:owner)', 'syntax-error'],
    ['"text"', 'syntax-error'],
    ['//x:owner', 'syntax-error'],
  ])('refuses %s', (path, code) => {
    const selected = selectNodes(document, path, namespaces, { limits, work: newWork(limits.steps) })
    expect(selected).toMatchObject({ code })
  })

  test('costs its parsing, and the nodes to the power of the searches', () => {
    const paid = ['/d:doc', '//d:doc', '//d:doc[//x]'].map((path) => {
      const work = newWork(limits.steps)
      selectNodes(document, path, namespaces, { limits, work })
      return limits.steps - work.stepsLeft - 20 - 15 * path.length
    })
    expect(paid).toEqual([document.nodes, document.nodes, document.nodes ** 2])
  })
})

describe('comparing', () => {
  const document = read({ xml, namespaces: {} })
  test.each([
    ['//d:owner', '//d:owner[1]', true, true],
    ['//d:owner[1]', '//d:owner[2]', false, false],
    ['/d:doc', '//d:owner', false, true],
    ['//d:owner', '/d:doc', false, false],
    ['/d:doc', '/d:doc/@level', false, true],
    ['//d:owner[2]', '//x', false, true],
    ['//none', '//x', false, false],
  ])('%s and %s: equal %s, match %s', (a, b, equal, match) => {
    expect(shareNode(select(document, a), select(document, b))).toBe(equal)
    expect(coverNode(select(document, a), select(document, b))).toBe(match)
  })
})

const tree = fc.letrec<{ node: string }>((tie) => ({
  node: fc
    .tuple(
      fc.constantFrom('a', 'b', 'd:a'),
      fc.array(fc.oneof({ maxDepth: 3 }, fc.constant('t'), tie('node')), { maxLength: 4 }),
    )
    .map(([name, inside]) => `<${name} x="1" d:x="2">${inside.join('<!--c-->')}</${name}>`),
})).node

test('the path to a node selects that node and no other', () => {
  fc.assert(
    fc.property(tree, (text) => {
      const document = read({ xml: text, namespaces })
      for (const node of select(document, '//node() | //@*')) {
        const { path, namespaces: used } = pathTo(node)
        expect(select(document, path, used)).toEqual([node])
      }
    }),
    { numRuns: 20 },
  )
})

function read(content: { xml: string; namespaces: Record<string, string> }): ContentDocument {
  const document = readContent(content, limits)
  if (document instanceof Failure) throw new Error(document.message)
  return document
}

function select(
  document: ContentDocument,
  path: string,
  used: Record<string, string> = namespaces,
): readonly ContentNode[] {
  const nodes = selectNodes(document, path, used, { limits, work: newWork(limits.steps) })
  if (nodes instanceof Failure) throw new Error(nodes.message)
  return nodes
}
