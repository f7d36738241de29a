import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { parseRequestJson, parseRequestXml, parseResponseJson } from '../../../src/xacml/syntax/index.ts'
import { comparable } from './models.ts'
import { caseFiles, casesAreAbsent, manifest, readCase } from './shared-material.ts'

const accessSubject = 'urn:oasis:names:tc:xacml:1.0:subject-category:access-subject'
const xsd = (name: string): string => `http://www.w3.org/2001/XMLSchema#${name}`

/** A request of one attribute, `members` being what stands beside its id. */
const withAttribute = (members: string): string =>
  `{"Request":{"AccessSubject":{"Attribute":{"AttributeId":"a",${members}}}}}`

function codesOf(text: string): readonly string[] {
  const request = parseRequestJson(text)
  return request.ok ? [] : request.problems.map(({ code }) => code)
}

describe('values of the JSON profile', () => {
  test.each<[string, string, readonly unknown[]]>([
    ['"Value":"x"', 'string', ['x']],
    ['"Value":true', 'boolean', [true]],
    ['"Value":1', 'integer', [1n]],
    ['"Value":9007199254740993', 'integer', [9007199254740993n]],
    ['"Value":1.0', 'double', [1]],
    ['"Value":1e3', 'double', [1000]],
    ['"Value":[1,2]', 'integer', [1n, 2n]],
    ['"Value":[1,2.5]', 'double', [1, 2.5]],
    ['"Value":[1.5,2]', 'double', [1.5, 2]],
    ['"Value":[]', 'string', []],
    ['"Value":"1","DataType":"integer"', 'integer', [1n]],
    ['"Value":1,"DataType":"double"', 'double', [1]],
    ['"Value":"INF","DataType":"double"', 'double', [Number.POSITIVE_INFINITY]],
    ['"Value":"true","DataType":"boolean"', 'boolean', [true]],
    [`"Value":["a","b"],"DataType":"${xsd('anyURI')}"`, 'anyURI', ['a', 'b']],
    ['"Value":"x","DataType":null', 'string', ['x']],
    ['"Value":"x","DataType":""', 'string', ['x']],
  ])('%s', (members, type, values) => {
    const request = parseRequestJson(withAttribute(members))
    const expected = values.map((value) => ({ dataType: xsd(type), value }))
    expect(request.ok && request.value.categories).toEqual([
      { category: accessSubject, attributes: [{ id: 'a', includeInResult: false, values: expected }] },
    ])
  })

  test.each([
    ['null', '"Value":null', 'XACML-JSON-TYPE'],
    ['null in an array', '"Value":["a",null]', 'XACML-JSON-TYPE'],
    ['an array in an array', '"Value":[["a"]]', 'XACML-JSON-TYPE'],
    ['an object', '"Value":{"a":1}', 'XACML-JSON-TYPE'],
    ['text and number', '"Value":["a",1]', 'XACML-JSON-MIXED-VALUES'],
    ['text and boolean', '"Value":["a",true]', 'XACML-JSON-MIXED-VALUES'],
    ['a fraction as integer', '"Value":1.0,"DataType":"integer"', 'XACML-BAD-VALUE'],
    ['a number as string', '"Value":1,"DataType":"string"', 'XACML-BAD-VALUE'],
    ['a boolean as string', '"Value":true,"DataType":"string"', 'XACML-BAD-VALUE'],
    ['a text that is no date', '"Value":"tomorrow","DataType":"date"', 'XACML-BAD-VALUE'],
    ['an unknown type', '"Value":"x","DataType":"text"', 'XACML-UNKNOWN-DATA-TYPE'],
    ['no value', '"Issuer":"i"', 'XACML-JSON-MISSING-MEMBER'],
    ['an unknown member', '"Value":"x","Valeu":"y"', 'XACML-JSON-UNKNOWN-MEMBER'],
    ['a member in two spellings', '"Value":"x","value":"y"', 'JSON-DUPLICATE-MEMBER'],
    ['a flag as text', '"Value":"x","IncludeInResult":"true"', 'XACML-JSON-TYPE'],
    ['an id that is a number', '"Value":"x","Issuer":1', 'XACML-JSON-TYPE'],
  ])('%s is refused', (_what, members, code) => {
    expect(codesOf(withAttribute(members))).toEqual([code])
  })

  test('an XPath carries its category and namespaces', () => {
    const value =
      '{"XPathCategory":"Resource","Namespaces":[{"Prefix":"p","Namespace":"u"},{"Namespace":"v"}],"XPath":"//p:a"}'
    const request = parseRequestJson(withAttribute(`"DataType":"xpathExpression","Value":${value}`))
    expect(comparable(request.ok && request.value.categories[0]?.attributes[0]?.values)).toEqual([
      {
        dataType: 'urn:oasis:names:tc:xacml:3.0:data-type:xpathExpression',
        value: {
          path: '//p:a',
          category: 'urn:oasis:names:tc:xacml:3.0:attribute-category:resource',
          namespaces: { p: 'u', '': 'v' },
        },
      },
    ])
  })
})

describe('requests of the JSON profile', () => {
  test('a short name may stand as `CategoryId` too', () => {
    const request = parseRequestJson('{"Request":{"Category":[{"CategoryId":"AccessSubject"},{"CategoryId":"urn:c"}]}}')
    expect(request.ok && request.value.categories.map(({ category }) => category)).toEqual([accessSubject, 'urn:c'])
  })

  test('shorthand categories and others keep the order of the document', () => {
    const request = parseRequestJson(
      '{"Request":{"Action":{},"Category":[{"CategoryId":"c"}],"AccessSubject":[{},{}]}}',
    )
    expect(request.ok && request.value.categories.map(({ category }) => category)).toEqual([
      'urn:oasis:names:tc:xacml:3.0:attribute-category:action',
      'c',
      accessSubject,
      accessSubject,
    ])
  })

  test('member names in any case and null members are accepted, as clients of Altinn send them', () => {
    const request = parseRequestJson(
      '{"request":{"returnPolicyIdList":false,"xPathVersion":null,"category":null,"multiRequests":{"requestReference":[]},' +
        '"accessSubject":[{"categoryId":null,"id":"s1","content":null,"attribute":[{"attributeId":"a","value":"x",' +
        '"issuer":null,"dataType":null,"includeInResult":true}]}],"recipientSubject":null}}',
    )
    expect(request).toEqual({
      ok: true,
      warnings: [],
      value: {
        returnPolicyIdList: false,
        combinedDecision: false,
        categories: [
          {
            category: accessSubject,
            id: 's1',
            attributes: [{ id: 'a', includeInResult: true, values: [{ dataType: xsd('string'), value: 'x' }] }],
          },
        ],
      },
    })
  })

  test('references list ids, also those that name nothing', () => {
    const request = parseRequestJson(
      '{"Request":{"Action":{"Id":"a"},"MultiRequests":{"RequestReference":[{"ReferenceId":["a","b"]},{"ReferenceId":"a"}]}}}',
    )
    expect(request.ok && request.value.references).toEqual([['a', 'b'], ['a']])
  })

  test.each([
    ['<a xmlns="u"><b/></a>', '<a xmlns="u"><b/></a>'],
    [' <?xml version="1.0"?><a/>'.trim(), '<a/>'],
    [Buffer.from('<a>æ</a>').toString('base64'), '<a>æ</a>'],
    ['<!-- b --><a>c<!-- d -->e<?f g?></a><?h?>', '<a>c<!-- d -->e<?f g?></a>'],
  ])('content %s', (content, xml) => {
    const request = parseRequestJson(JSON.stringify({ Request: { Resource: { Content: content } } }))
    expect(request.ok && request.value.categories[0]?.content?.xml).toBe(xml)
  })

  test.each([
    ['content that is neither XML nor Base64', '{"Request":{"Resource":{"Content":"a b!"}}}', 'XACML-JSON-CONTENT'],
    ['content with a DOCTYPE', '{"Request":{"Resource":{"Content":"<!DOCTYPE a><a/>"}}}', 'XACML-JSON-CONTENT'],
    ['an id twice', '{"Request":{"Action":[{"Id":"a"},{"Id":"a"}]}}', 'XACML-DUPLICATE-XML-ID'],
    ['no category id', '{"Request":{"Category":{}}}', 'XACML-JSON-MISSING-MEMBER'],
    ['a category that is text', '{"Request":{"Category":"c"}}', 'XACML-JSON-TYPE'],
    ['no request', '{}', 'XACML-JSON-MISSING-MEMBER'],
    ['an array', '[]', 'XACML-JSON-TYPE'],
    ['a list of requests', '{"Request":[]}', 'XACML-JSON-TYPE'],
    ['a member beside the request', '{"Request":{},"Other":1}', 'XACML-JSON-UNKNOWN-MEMBER'],
    ['no JSON', '<Request/>', 'JSON-NOT-WELL-FORMED'],
  ])('%s is refused', (_what, text, code) => {
    expect(codesOf(text)).toEqual([code])
  })

  test('a problem in a value says where the value is', () => {
    const text = '{"Request":{"Action":{"Attribute":[\n{"AttributeId":"a",\n "Value":"x","DataType":"date"}]}}}'
    expect(parseRequestJson(text)).toMatchObject({ ok: false, problems: [{ at: { line: 3, column: 10 } }] })
  })

  test('no text makes the parsers throw', () => {
    const piece = fc.constantFrom(
      ...[
        '{',
        '}',
        '[',
        ']',
        ',',
        ':',
        '"Request"',
        '"Category"',
        '"Attribute"',
        '"Value"',
        '"Content"',
        '"__proto__"',
        '1',
        'null',
      ],
      ...[
        '{"Request":{',
        '"Resource":',
        '"AttributeId":"a"',
        '"DataType":"date"',
        '"<a/>"',
        '"Response":[{"Decision":',
        '}}',
        '}]}',
      ],
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.array(piece, { maxLength: 12 }).map((all) => all.join('')),
          fc.json(),
        ),
        (text) => {
          for (const parse of [parseRequestJson, parseResponseJson, parseRequestXml])
            expect(typeof parse(text).ok).toBe('boolean')
        },
      ),
      { numRuns: 1_000 },
    )
  })
})

describe.skipIf(casesAreAbsent)(`the conformance cases${casesAreAbsent ? ` (${casesAreAbsent})` : ''}`, () => {
  const cases = manifest()

  /** Cases whose flag `disputed` says that a decision point may refuse: values from which no data type can be inferred. */
  const refusedHere = new Set([
    'json-profile-syntax/Request-valid-Attribute-Value-array-mixed-string-number',
    'json-profile-syntax/Request-valid-Attribute-Value-array-object',
    'json-profile-syntax/Request-valid-Attribute-Value-object',
  ])

  test.each(cases.filter(({ expect: { outcome } }) => outcome.startsWith('json-')))(
    '$id',
    ({ id, expect: { outcome } }) => {
      const isRequest = outcome.startsWith('json-request')
      const text = readCase(`${id}/${isRequest ? 'Request' : 'Response'}.json`)
      const read = isRequest ? parseRequestJson(text) : parseResponseJson(text)
      expect(read.ok).toBe(outcome.endsWith('-valid') && !refusedHere.has(id))
    },
  )

  test('requests of the other cases are read, but for those broken on purpose', () => {
    const refused = caseFiles('/Request.json').filter(
      (path) => !path.startsWith('json-profile-syntax/') && !parseRequestJson(readCase(path)).ok,
    )
    expect(refused).toEqual(['authzforce-json/GH-42/Request.json'])
    const refusedXml = caseFiles('/Request.xml').filter((path) => !parseRequestXml(readCase(path)).ok)
    expect(refusedXml).toEqual(['oasis-ct/IIA005/Request.xml'])
  })

  test('a request says the same in XML and in JSON', () => {
    const xmlFiles = new Set(caseFiles('/Request.xml'))
    const pairs = caseFiles('/Request.json').filter((path) => xmlFiles.has(path.replace('.json', '.xml')))
    const differing = pairs.filter((path) => {
      const json = parseRequestJson(readCase(path))
      const xml = parseRequestXml(readCase(path.replace('.json', '.xml')))
      return json.ok && xml.ok && JSON.stringify(gist(json.value)) !== JSON.stringify(gist(xml.value))
    })
    expect(pairs.length).toBeGreaterThan(900)
    expect(differing).toEqual([])
  })

  /** Content prints differently, and a path in XML sees more namespaces than it uses. */
  function gist(request: unknown): unknown {
    const text = JSON.stringify(comparable(request), (key, value) =>
      key === 'content' || key === 'namespaces' ? undefined : value,
    )
    const plain = JSON.parse(text) as { categories: { category: string }[] }
    return { ...plain, categories: plain.categories.toSorted((a, b) => (a.category < b.category ? -1 : 1)) }
  }
})
