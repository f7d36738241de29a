/** The schema table against the OASIS schema: what the one refuses the other refuses, on real and on damaged documents. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { checkShape } from '../../../src/xacml/syntax/check-shape.ts'
import { printPolicy, printRequestXml, printResponseXml } from '../../../src/xacml/syntax/index.ts'
import { xacmlNamespace } from '../../../src/xacml/syntax/schema.ts'
import type { XmlElement } from '../../../src/xacml/syntax/xml/element.ts'
import { printElement } from '../../../src/xacml/syntax/xml/print-xml.ts'
import { readXml } from '../../../src/xacml/syntax/xml/read-xml.ts'
import { policy, policySet, requests, responses } from './models.ts'
import { caseFiles, casesAreAbsent, readCase, schemaIsAbsent, schemaOracle } from './shared-material.ts'

const roots = ['Policy', 'PolicySet', 'Request', 'Response']
const limits = { characters: 10_000_000, depth: 200, namespaces: 250_000 }

function read(text: string): XmlElement {
  const document = readXml(text, limits)
  if (!document.ok) throw new Error(document.problems[0].message)
  return document.value
}

function problemsOf(text: string): readonly string[] {
  const document = readXml(text, limits)
  const problems = document.ok ? checkShape(document.value, roots) : document.problems
  return problems.map(({ message }) => message)
}

describe.skipIf(schemaIsAbsent)(`against the OASIS schema${schemaIsAbsent ? ` (${schemaIsAbsent})` : ''}`, () => {
  const allows = schemaIsAbsent ? () => false : schemaOracle()

  test.skipIf(casesAreAbsent)(`the conformance cases${casesAreAbsent ? ` (${casesAreAbsent})` : ''}`, () => {
    const files = caseFiles('.xml')
    const differing = files.filter((path) => allows(readCase(path)) !== (problemsOf(readCase(path)).length === 0))
    expect(files.length).toBeGreaterThan(3_000)
    expect(differing).toEqual([])
  })

  const valid = fc.oneof(
    policy.map(printPolicy),
    policySet.map(printPolicy),
    requests(false).map(printRequestXml),
    responses.map(printResponseXml),
  )

  test('documents of arbitrary models', () => {
    fc.assert(
      fc.property(valid, (text) => {
        expect(problemsOf(text)).toEqual([])
        expect(allows(text)).toBe(true)
      }),
      { numRuns: 150 },
    )
  })

  test('damaged documents', () => {
    const damage = fc.array(fc.record({ element: fc.nat(), child: fc.nat(), how: fc.nat(), what: fc.nat() }), {
      minLength: 1,
      maxLength: 3,
    })
    let refused = 0
    fc.assert(
      fc.property(valid, damage, (text, all) => {
        const damaged = printElement(all.reduce((root, one) => damageOne(root, one), read(text)))
        const problems = problemsOf(damaged)
        refused += problems.length > 0 ? 1 : 0
        expect({ damaged, allowed: problems.length === 0, problems }).toEqual({
          damaged,
          allowed: allows(damaged),
          problems,
        })
      }),
      { numRuns: 600 },
    )
    expect(refused).toBeGreaterThan(200)
  }, 30_000)
})

interface Damage {
  readonly element: number
  readonly child: number
  readonly how: number
  readonly what: number
}

const names = [
  'Target',
  'Rule',
  'AttributeValue',
  'Apply',
  'Attribute',
  'Description',
  'Result',
  'Policy',
  'Nothing',
  'Condition',
]
const attributeNames = ['Version', 'Issuer', 'Category', 'DataType', 'RuleId', 'nothing', 'FulfillOn', 'MustBePresent']
const values = [
  '',
  ' ',
  'true',
  ' true ',
  'True',
  '1',
  '1.',
  '1.*',
  '+',
  '1.0',
  'Permit',
  'permit',
  ' Deny',
  'urn:x',
  '-1',
  '١',
]

/** The tree with one thing changed somewhere. Values are such that only the schema's own types can refuse them. */
function damageOne(root: XmlElement, { element, child, how, what }: Damage): XmlElement {
  const all = descendants(root)
  const chosen = all[element % all.length]
  const changed = change(chosen as XmlElement, child, how, what)
  return replace(root, chosen as XmlElement, changed)
}

function descendants(element: XmlElement): readonly XmlElement[] {
  return [element, ...element.children.flatMap(descendants)]
}

function replace(element: XmlElement, old: XmlElement, changed: XmlElement): XmlElement {
  if (element === old) return changed
  return withContent(
    element,
    element.content.map((piece) => (typeof piece === 'string' ? piece : replace(piece, old, changed))),
  )
}

function withContent(element: XmlElement, content: XmlElement['content']): XmlElement {
  return { ...element, content, children: content.filter((piece) => typeof piece !== 'string') }
}

function pick<T>(from: readonly T[], number: number): T {
  return from[number % from.length] as T
}

function change(element: XmlElement, child: number, how: number, what: number): XmlElement {
  const { attributes, content } = element
  const place = content.length === 0 ? 0 : child % content.length
  const attribute = attributes.length === 0 ? 0 : child % attributes.length
  // `١` is a digit to XML Schema; versions here are written in ASCII, on purpose.
  const usable = values.filter((value) => value !== '١')
  const fresh = { namespace: '', prefix: '', name: pick(attributeNames, what), value: pick(usable, child) }
  switch (how % 10) {
    case 0:
      return withContent(element, content.toSpliced(place, 1))
    case 1:
      return withContent(element, content.toSpliced(place, 0, ...content.slice(place, place + 1)))
    case 2:
      return withContent(element, content.toReversed())
    case 3:
      return { ...element, name: pick(names, what) }
    case 4:
      return { ...element, attributes: attributes.toSpliced(attribute, 1) }
    case 5:
      return { ...element, attributes: [...attributes.filter(({ name }) => name !== fresh.name), fresh] }
    case 6:
      return {
        ...element,
        attributes: attributes.toSpliced(0, 1, { ...(attributes[0] ?? fresh), value: pick(usable, what) }),
      }
    case 7:
      return withContent(element, [...content, pick(['x', ' ', '\n'], what)])
    case 8:
      return { ...element, namespace: 'urn:other', prefix: '', scope: { ...element.scope, '': 'urn:other' } }
    default:
      return withContent(
        element,
        content.toSpliced(place, 0, { ...element, name: pick(names, what), content: [], children: [] }),
      )
  }
}

describe('what a problem says', () => {
  const wrap = (inner: string) =>
    `<Policy xmlns="${xacmlNamespace}" PolicyId="a" Version="1" RuleCombiningAlgId="b">\n${inner}</Policy>`

  test.each([
    ['an unknown element', wrap('<Target/>\n<Rul/>'), 'XACML-UNEXPECTED-ELEMENT', 3],
    ['an element of another namespace', wrap('<Target/><Rule xmlns="u"/>'), 'XACML-UNEXPECTED-ELEMENT', 2],
    ['an element out of order', wrap('<Target/>\n<Description/>'), 'XACML-UNEXPECTED-ELEMENT', 3],
    ['a missing target', wrap(''), 'XACML-MISSING-ELEMENT', 1],
    ['a missing attribute', wrap('<Target/><Rule RuleId="r"/>'), 'XACML-MISSING-ATTRIBUTE', 2],
    ['an unknown attribute', wrap('<Target a="1"/>'), 'XACML-UNKNOWN-ATTRIBUTE', 2],
    ['an effect in lower case', wrap('<Target/><Rule RuleId="r" Effect="permit"/>'), 'XACML-BAD-ATTRIBUTE', 2],
    ['text between elements', wrap('<Target>x</Target>'), 'XACML-UNEXPECTED-CONTENT', 2],
    [
      'another type by xsi:type',
      wrap('<Target xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:type="x"/>'),
      'XACML-UNKNOWN-ATTRIBUTE',
      2,
    ],
    ['a version in other digits', wrap('<Target/>').replace('"1"', '"١"'), 'XACML-BAD-ATTRIBUTE', 1],
    ['another root', `<Rule xmlns="${xacmlNamespace}"/>`, 'XACML-WRONG-ROOT', 1],
    [
      'the namespace of XACML 2.0',
      '<Policy xmlns="urn:oasis:names:tc:xacml:2.0:policy:schema:os"/>',
      'XACML-WRONG-ROOT',
      1,
    ],
    ['no namespace', '<Policy/>', 'XACML-WRONG-ROOT', 1],
  ])('%s', (_what, text, code, line) => {
    const problems = checkShape(read(text), roots)
    expect(problems.map((problem) => [problem.code, problem.at?.line])).toEqual([[code, line]])
  })

  test('all findings are reported, in document order, up to a hundred', () => {
    const problems = checkShape(read(wrap('<Nothing/>'.repeat(3) + '<Target b="1"/><Rule/>'.repeat(100))), roots)
    expect(problems.length).toBe(100)
    expect(problems.slice(0, 4).map(({ code }) => code)).toEqual([
      'XACML-UNEXPECTED-ELEMENT',
      'XACML-UNEXPECTED-ELEMENT',
      'XACML-UNEXPECTED-ELEMENT',
      'XACML-UNKNOWN-ATTRIBUTE',
    ])
  })
})
