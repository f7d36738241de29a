/** XPath 1.0 where later versions differ: one line, one path, and how many nodes it selects; the answers are those of 1.0. */
import { describe, expect, test } from 'vitest'
import {
  checkPolicy,
  compile,
  defaultLimits,
  evaluate,
  evaluatePlain,
  parsePolicy,
  parseRequestJson,
  parseRequestXml,
} from '../../../src/xacml/index.ts'
import { apply, literal, policy, policySet, rule, xsd } from '../policies.ts'

const urn = 'urn:oasis:names:tc:xacml'
const resource = `${urn}:3.0:attribute-category:resource`
const second = 'http://www.w3.org/TR/2007/REC-xpath20-20070123'
const content =
  '<d:doc xmlns:d="urn:d" n="10" m="9"><d:a>one</d:a><d:a>two</d:a><d:n>7</d:n><d:n>x</d:n><d:k>10</d:k><d:t>ad<!-- <!DOCTYPE c> -->mi<![CDATA[n]]><?p d="1" ?></d:t></d:doc>'

const paths: readonly (readonly [path: string, nodes: number])[] = [
  // comparisons, section 3.4
  ['//p:n[. = 7]', 1],
  ['//p:n[. > 6]', 1],
  ['//p:n[. != 7]', 1],
  ['//p:n[. < //p:k]', 1],
  ["/p:doc[@n > '9']", 1],
  ['/p:doc[@n > @m]', 1],
  ["/p:doc['10' > 9]", 1],
  ["/p:doc['10' > '9']", 1],
  ["/p:doc['a' > 'b']", 0],
  ["/p:doc['a' = true()]", 1],
  ["/p:doc['' = true()]", 0],
  ['/p:doc[true() = 1]', 1],
  ['/p:doc[true() > false()]', 1],
  ['/p:doc[p:zz = false()]', 1],
  ['/p:doc[p:a = true()]', 1],
  ['/p:doc[p:zz > 1]', 0],
  ["/p:doc[p:a = 'two']", 1],
  ["/p:doc[p:a != 'two']", 1],
  ['/p:doc[p:n = p:k]', 0],
  ["/p:doc[(p:a | p:n) = 'x']", 1],
  ["/p:doc['1.0' = '1']", 0],
  ["/p:doc['1.0' = 1]", 1],
  ['/p:doc[true() < 2]', 1],
  ['/p:doc[2 > true()]', 1],
  ['/p:doc[true() <= 0.5]', 0],
  ['/p:doc[count(p:a) > true()]', 1],
  ['/p:doc[p:a >= true()]', 1],
  ['/p:doc[p:zz < true()]', 1],
  // numbers, sections 3.5 and 4.4
  ['/p:doc[p:a + 1 > 0]', 0],
  ['/p:doc[p:k + 1 = 11]', 1],
  ['/p:doc[@n - 1 = @m]', 1],
  ['/p:doc[-p:k < 0]', 1],
  ['/p:doc[1 div 0 > 5]', 1],
  ['/p:doc[5 mod 2 = 1]', 1],
  ["/p:doc['1e1' + 0 = 10]", 0],
  ["/p:doc[number(' -1.5 ') = -1.5]", 1],
  ["/p:doc[string(number('x')) = 'NaN']", 1],
  ["/p:doc[string(1 div 4) = '0.25']", 1],
  ["/p:doc[string(1000000 * 1000000) = '1000000000000']", 1],
  ["/p:doc[string(1000000 * 1000000 * 1000000 * 1000000) = '1000000000000000000000000']", 1],
  ["/p:doc[string(1 div 10000000) = '0.0000001']", 1],
  ["/p:doc[string(-1 div 0) = '-Infinity']", 1],
  ['/p:doc[sum(p:k) = 10]', 1],
  ["/p:doc[string(sum(p:n)) = 'NaN']", 1],
  ['/p:doc[floor(p:k) = 10]', 1],
  ['/p:doc[round(2.5) = 3]', 1],
  // strings, section 4.2: of several nodes the first counts
  ["/p:doc[string(p:a) = 'one']", 1],
  ["/p:doc[contains(p:a, 'one')]", 1],
  ["/p:doc[contains(p:a, 'two')]", 0],
  ["/p:doc[starts-with(p:zz, '')]", 1],
  ["/p:doc[concat(p:a, '!', 1) = 'one!1']", 1],
  ['/p:doc[string-length(p:a) = 3]', 1],
  ["/p:doc[normalize-space(p:a) = 'one']", 1],
  ["/p:doc[substring-before(p:k, '0') = 1]", 1],
  ["/p:doc[substring('12345', '2', 3) = '234']", 1],
  ["/p:doc[translate(p:k, '1', '2') = 20]", 1],
  ['//p:a[string-length() = 3]', 2],
  // node sets, section 4.1
  ["/p:doc[name(p:a) = 'd:a']", 1],
  ["/p:doc[local-name(//p:zz) = '']", 1],
  ["/p:doc[namespace-uri(@n) = '']", 1],
  ['//p:a[last()]', 1],
  ['//p:a[position() = last() - 1]', 1],
  ['//p:a[position() mod 2 = 1]', 1],
  ['/p:doc[count(p:a) = 2]', 1],
  ['/p:doc[not(p:zz) and p:n]', 1],
  // comments and processing instructions are nodes that split text, section 5
  ['//comment()', 1],
  ["//comment()[. = ' <!DOCTYPE c> ']", 1],
  ["//processing-instruction('p')", 1],
  ["//processing-instruction('q')", 0],
  [`//processing-instruction()[. = 'd="1" ' and name() = 'p']`, 1],
  ['//p:t/node()', 4],
  ['//p:t/text()', 2],
  ["//p:t[text()[2] = 'min']", 1],
  ["//p:t[. = 'admin' and string-length() = 5]", 1],
]

test.each(paths)('%s selects %i', (path, nodes) => {
  expect(decide(policy({ rules: counting(path, nodes) }))).toBe('Permit')
})

describe('the version that is asked for', () => {
  const numeric = counting("/p:doc[@n > '9']", 1)
  const defaults = (uri: string, owner = 'Policy') =>
    `<${owner}Defaults><XPathVersion>${uri}</XPathVersion></${owner}Defaults>`
  const inSet = (uri: string, children: string) =>
    policySet({ children }).replace('<Target>', `${defaults(uri, 'PolicySet')}<Target>`)

  test.each([
    [
      'of a policy: 1.0',
      policy({ defaults: defaults('http://www.w3.org/TR/1999/REC-xpath-19991116'), rules: numeric }),
      'Permit',
    ],
    ['of a policy: 2.0', policy({ defaults: defaults(second), rules: numeric }), 'NotApplicable'],
    ['of the policy set around it', inSet(second, policy({ rules: numeric })), 'NotApplicable'],
    [
      'of the policy inside, which wins',
      inSet(second, policy({ defaults: defaults('http://www.w3.org/TR/1999/REC-xpath-19991116'), rules: numeric })),
      'Permit',
    ],
    [
      'of its neighbour is not its own',
      policySet({ children: policy({ id: 'a', defaults: defaults(second), rules: '' }) + policy({ rules: numeric }) }),
      'Permit',
    ],
    [
      'of a path as a literal',
      policy({
        defaults: defaults(second),
        rules: rule(
          'r',
          'Permit',
          apply(
            '1.0:integer-equal',
            apply('3.0:xpath-node-count', expression("/p:doc[@n > '9']")),
            literal('integer', '0'),
          ),
        ),
      }),
      'Permit',
    ],
  ])('%s', (_, xml, decision) => {
    expect(decide(xml)).toBe(decision)
  })

  test.each([
    [undefined, 'Permit'],
    [second, 'Indeterminate'],
  ])('of a request, for its context selector: %s', (uri, decision) => {
    const rules = counting('.', 1, ' ContextSelectorId="c"')
    expect(decide(policy({ rules }), uri)).toBe(decision)
  })
})

function counting(path: string, nodes: number, more = ''): string {
  const selector = `<AttributeSelector xmlns:p="urn:d" Category="${resource}" Path="${escaped(path)}" DataType="${xsd('string')}" MustBePresent="false"${more}/>`
  const size = apply('1.0:string-bag-size', selector)
  return rule('r', 'Permit', apply('1.0:integer-equal', size, literal('integer', String(nodes))))
}

function expression(path: string): string {
  return `<AttributeValue xmlns:p="urn:d" DataType="${urn}:3.0:data-type:xpathExpression" XPathCategory="${resource}">${escaped(path)}</AttributeValue>`
}

function escaped(path: string): string {
  return path.replaceAll('<', '&lt;').replaceAll('"', '&quot;')
}

/** Asked by both evaluators, with the request as XML and as JSON, its content there as text and as Base64. */
function decide(xml: string, version?: string): string | undefined {
  const parsed = parsePolicy(xml)
  if (!parsed.ok) throw new Error(parsed.problems[0].message)
  expect(checkPolicy(parsed.value, { limits: defaultLimits }).filter(({ severity }) => severity === 'error')).toEqual(
    [],
  )
  const compiled = compile(parsed.value)
  if (!compiled.ok) throw new Error(compiled.problems[0].message)
  const options = { now: '2026-11-20T12:00:00Z', limits: defaultLimits }
  const decisions = requests(version).flatMap((request) => {
    if (!request.ok) throw new Error(request.problems[0].message)
    return [evaluatePlain(parsed.value, request.value, options), evaluate(compiled.value, request.value, options)]
  })
  const [decision, ...others] = decisions.map(({ results }) => results[0]?.decision)
  expect(new Set(others)).toEqual(new Set([decision]))
  return decision
}

const requests = (version?: string) => {
  const path = "/p:doc[@n > '9']"
  const asked =
    version === undefined ? '' : `<RequestDefaults><XPathVersion>${version}</XPathVersion></RequestDefaults>`
  const attribute = `<Attribute AttributeId="c" IncludeInResult="false">${expression(path)}</Attribute>`
  const xml = `<Request xmlns="${urn}:3.0:core:schema:wd-17" ReturnPolicyIdList="false" CombinedDecision="false">${asked}<Attributes Category="${resource}"><Content>${content}</Content>${attribute}</Attributes></Request>`
  const value = { XPathCategory: 'Resource', Namespaces: [{ Prefix: 'p', Namespace: 'urn:d' }], XPath: path }
  const resourceJson = {
    Content: content,
    Attribute: [{ AttributeId: 'c', DataType: 'xpathExpression', Value: value }],
  }
  const encoded = { ...resourceJson, Content: Buffer.from(content).toString('base64') }
  const inJson = [resourceJson, encoded].map((Resource) =>
    parseRequestJson(JSON.stringify({ Request: { XPathVersion: version, Resource } })),
  )
  return [parseRequestXml(xml), ...inJson]
}
