import { describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import type { Policy, PolicySet } from '../../../src/xacml/model/policy.ts'
import { parsePolicy, printPolicy } from '../../../src/xacml/syntax/index.ts'
import { xacmlNamespace } from '../../../src/xacml/syntax/schema.ts'
import { comparable } from './models.ts'
import { caseFiles, casesAreAbsent, readCase } from './shared-material.ts'

function read(text: string): Policy | PolicySet {
  const policy = parsePolicy(text)
  if (!policy.ok) throw new Error(policy.problems.map(({ message }) => message).join('\n'))
  return policy.value
}

const wrap = (inner: string, declarations = ''): string =>
  `<Policy xmlns="${xacmlNamespace}"${declarations} PolicyId=" urn:a " Version="1.0" RuleCombiningAlgId="urn:b">${inner}</Policy>`

const condition = (expression: string): string =>
  `<Target/><Rule RuleId="r" Effect="Permit"><Condition>${expression}</Condition></Rule>`

describe('policies', () => {
  test('white space is collapsed in URIs, kept in values', () => {
    const policy = read(wrap(condition('<AttributeValue DataType=" urn:t\n"> a\n b </AttributeValue>'))) as Policy
    expect(policy.id).toBe('urn:a')
    expect(policy.rules[0]?.condition?.expression).toMatchObject({ dataType: 'urn:t', text: ' a\n b ' })
  })

  test('elements say where they start', () => {
    const policy = read(wrap('<Target/>\n<Rule RuleId="r" Effect="Deny"/>')) as Policy
    expect(policy.rules[0]?.at).toEqual({ line: 2, column: 1 })
  })

  test('a value split by a comment is one value', () => {
    const policy = read(wrap(condition('<AttributeValue DataType="t">ad<!-- x -->min</AttributeValue>'))) as Policy
    expect(policy.rules[0]?.condition?.expression).toMatchObject({ text: 'admin' })
  })

  test('a selector keeps the namespaces in scope where it stands', () => {
    const selector = '<AttributeSelector xmlns:q="v" Category="c" Path="p:a/q:b" DataType="t" MustBePresent="1"/>'
    const expression = (read(wrap(condition(selector), ' xmlns:p="u"')) as Policy).rules[0]?.condition?.expression
    expect(comparable(expression)).toMatchObject({
      mustBePresent: true,
      namespaces: { '': xacmlNamespace, p: 'u', q: 'v' },
    })
  })

  test('the prefix of the namespace makes no difference', () => {
    const text = wrap(condition('<Function FunctionId="f"/>'))
    const prefixed = text
      .replaceAll('</', '</x:')
      .replaceAll(/<(?=[A-Z])/g, '<x:')
      .replace('xmlns=', 'xmlns:x=')
    expect(comparable(read(prefixed))).toEqual(comparable(read(text)))
  })

  test('a policy issuer and combiner parameters are carried', () => {
    const parameters =
      '<RuleCombinerParameters RuleIdRef="r"><CombinerParameter ParameterName="n"><AttributeValue DataType="t">1</AttributeValue></CombinerParameter></RuleCombinerParameters>'
    const policy = read(wrap(`<PolicyIssuer/><Target/>${parameters}`)) as Policy
    expect(policy.issuer).toBeDefined()
    expect(policy.combinerParameters).toMatchObject([
      { kind: 'RuleCombinerParameters', ref: 'r', parameters: [{ name: 'n', value: { text: '1' } }] },
    ])
  })

  test('a value that holds elements is refused by name', () => {
    const policy = parsePolicy(wrap(condition('<AttributeValue DataType="t"><b xmlns=""/></AttributeValue>')))
    expect(policy).toMatchObject({ ok: false, problems: [{ code: 'XACML-VALUE-WITH-ELEMENTS' }] })
  })

  test('more rules than allowed are refused', () => {
    const text = wrap(`<Target/>${'<Rule RuleId="r" Effect="Permit"/>'.repeat(3)}`)
    expect(parsePolicy(text, { ...defaultLimits, policyElements: 4 }).ok).toBe(true)
    const refused = parsePolicy(text, { ...defaultLimits, policyElements: 3 })
    expect(refused).toMatchObject({ ok: false, problems: [{ code: 'XACML-TOO-MANY-ELEMENTS' }] })
  })

  test('expressions nested deeper than the document may be are refused', () => {
    const apply = '<Apply FunctionId="f">'.repeat(10_000) + '</Apply>'.repeat(10_000)
    expect(parsePolicy(wrap(condition(apply)))).toMatchObject({ ok: false, problems: [{ code: 'XML-TOO-DEEP' }] })
  })

  test('several findings come together', () => {
    const policy = parsePolicy(wrap('<Target/>\n<Rule Effect="Yes"/>\n<Rule RuleId="r"/>'))
    expect(policy.ok ? [] : policy.problems.map(({ code, at }) => [code, at?.line])).toEqual([
      ['XACML-MISSING-ATTRIBUTE', 2],
      ['XACML-BAD-ATTRIBUTE', 2],
      ['XACML-MISSING-ATTRIBUTE', 3],
    ])
  })
})

describe.skipIf(casesAreAbsent)(`the conformance cases${casesAreAbsent ? ` (${casesAreAbsent})` : ''}`, () => {
  const files = caseFiles('.xml').filter((path) => /\/(?:Policy|Policies\/[^/]*)\.xml$/.test(path))

  test('policies are read, and print as the same policy', () => {
    const refused: string[] = []
    for (const path of files) {
      const policy = parsePolicy(readCase(path))
      if (policy.ok) expect(comparable(read(printPolicy(policy.value))), path).toEqual(comparable(policy.value))
      else refused.push(path)
    }
    expect(files.length).toBeGreaterThan(1_000)
    expect(refused).toEqual([])
  }, 30_000)
})
