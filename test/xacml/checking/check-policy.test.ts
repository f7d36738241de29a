import { describe, expect, test } from 'vitest'
import { checkPolicy } from '../../../src/xacml/checking/check-policy.ts'
import { defaultLimits, type Limits } from '../../../src/xacml/limits.ts'
import { problemCodes } from '../../../src/xacml/problem-codes.ts'
import type { Problem } from '../../../src/xacml/problems.ts'
import { buildResolver } from '../../../src/xacml/references/repository.ts'
import { parsePolicy } from '../../../src/xacml/syntax/parse-policy-xml.ts'
import { apply, bagOf, fn, literal, policy, policySet, rule, xsd } from '../policies.ts'

const strings = bagOf('string', 'urn:names')
const oneString = apply('1.0:string-one-and-only', strings)
const isAlice = apply('1.0:string-equal', literal('string', 'alice'), oneString)
const condition = (expression: string, more = '') => policy({ rules: `${more}${rule('r', 'Permit', expression)}` })

describe('sound policies have no finding', () => {
  test.each([
    ['a condition', condition(isAlice)],
    [
      'a variable, used before it is defined in nothing',
      condition('<VariableReference VariableId="v"/>', variable('v', isAlice)),
    ],
    ['any-of', condition(apply('3.0:any-of', fn('1.0:string-equal'), literal('string', 'a'), strings))],
    ['all-of-any', condition(apply('1.0:all-of-any', fn('1.0:string-equal'), strings, strings))],
    [
      'map, its bag in an is-in',
      condition(
        apply(
          '1.0:string-is-in',
          literal('string', 'a'),
          apply('3.0:map', fn('1.0:string-normalize-to-lower-case'), strings),
        ),
      ),
    ],
    ['and without arguments', condition(apply('1.0:and'))],
    ['a set of policies', policySet({ children: policy({ id: 'a', rules: rule('r', 'Permit') }) })],
  ])('%s', (_, xml) => {
    expect(check(xml)).toEqual([])
  })
})

describe('errors', () => {
  test.each<[string, string, string]>([
    ['XACML-UNKNOWN-FUNCTION', 'did you mean', condition(apply('3.0:string-equal', oneString, oneString))],
    ['XACML-UNKNOWN-DATA-TYPE', 'is not known', condition(apply('1.0:and', literal('strings', 'x')))],
    ['XACML-UNKNOWN-ALGORITHM', 'is not known', policy({ algorithm: '3.0:rule-combining-algorithm:deny', rules: '' })],
    [
      'XACML-WRONG-ALGORITHM',
      'combines policies, not rules',
      policy({ algorithm: '1.0:policy-combining-algorithm:only-one-applicable', rules: '' }),
    ],
    [
      'XACML-BAD-LITERAL',
      '`4x` is not a valid integer',
      condition(apply('1.0:integer-equal', literal('integer', '4x'), literal('integer', '4'))),
    ],
    ['XACML-WRONG-TYPE', 'a condition is a boolean, but this is string', condition(oneString)],
    [
      'XACML-WRONG-TYPE',
      'a condition is a boolean, but this is a bag of boolean',
      condition(bagOf('boolean', 'urn:b')),
    ],
    [
      'XACML-WRONG-TYPE',
      'take its one value with a one-and-only function',
      condition(apply('1.0:string-equal', oneString, strings)),
    ],
    [
      'XACML-WRONG-TYPE',
      'is integer, but this is string',
      condition(apply('1.0:integer-equal', literal('integer', '1'), oneString)),
    ],
    ['XACML-WRONG-ARGUMENT-COUNT', 'takes 2 arguments, not 1', condition(apply('1.0:string-equal', oneString))],
    ['XACML-WRONG-ARGUMENT-COUNT', 'takes 1 arguments, not 2', condition(apply('1.0:not', isAlice, isAlice))],
    ['XACML-MISSING-FUNCTION', 'is a `<Function>`', condition(apply('3.0:any-of', literal('string', 'a'), strings))],
    ['XACML-MISPLACED-FUNCTION', 'where a value is due', condition(apply('1.0:and', fn('1.0:string-equal')))],
    [
      'XACML-MISPLACED-FUNCTION',
      'takes one function',
      condition(apply('3.0:any-of', fn('1.0:string-equal'), fn('1.0:not'), strings)),
    ],
    [
      'XACML-WRONG-ARGUMENT-COUNT',
      'exactly one bag, not 2',
      condition(apply('3.0:any-of', fn('1.0:string-equal'), strings, strings)),
    ],
    [
      'XACML-WRONG-ARGUMENT-COUNT',
      'a function and two bags',
      condition(apply('1.0:all-of-all', fn('1.0:string-equal'), strings, oneString)),
    ],
    ['XACML-WRONG-TYPE', 'has no use for', condition(apply('3.0:any-of', fn('1.0:string-normalize-space'), strings))],
    ['XACML-WRONG-TYPE', 'cannot be given to another one', condition(apply('3.0:any-of', fn('3.0:any-of'), strings))],
    [
      'XACML-WRONG-TYPE',
      'gives it integer',
      condition(apply('3.0:any-of', fn('1.0:string-equal'), oneString, bagOf('integer', 'urn:i'))),
    ],
    [
      'XACML-WRONG-MATCH-FUNCTION',
      'as a match must',
      policy({ target: match('1.0:string-normalize-space'), rules: '' }),
    ],
    ['XACML-WRONG-TYPE', 'argument 1 of', policy({ target: match('1.0:integer-equal'), rules: '' })],
    ['XACML-BAD-PATTERN', '(', condition(apply('1.0:string-regexp-match', literal('string', '('), oneString))],
    ['XACML-BAD-PATTERN', '[', policy({ target: match('1.0:string-regexp-match', '['), rules: '' })],
    [
      'XACML-BAD-PATTERN',
      '*',
      condition(apply('3.0:any-of', fn('1.0:string-regexp-match'), literal('string', '*'), strings)),
    ],
    [
      'XACML-BAD-PATH',
      'prefix `z` is not declared',
      condition(apply('1.0:string-is-in', literal('string', 'a'), selector('//z:a'))),
    ],
    ['XACML-UNDEFINED-VARIABLE', 'define it in this policy', condition('<VariableReference VariableId="v"/>')],
    ['XACML-DUPLICATE-VARIABLE', 'more than once', condition(isAlice, variable('v', isAlice) + variable('v', isAlice))],
    [
      'XACML-VARIABLE-CYCLE',
      '`a` → `b` → `a`',
      condition(
        isAlice,
        variable('a', apply('1.0:not', '<VariableReference VariableId="b"/>')) +
          variable('b', apply('1.0:not', '<VariableReference VariableId="a"/>')),
      ),
    ],
    ['XACML-DUPLICATE-ID', 'another rule', policy({ rules: rule('r', 'Permit') + rule('r', 'Deny') })],
    [
      'XACML-DUPLICATE-ID',
      'another policy',
      policySet({
        children: policy({ id: 'a', rules: '' }) + policySet({ id: 'inner', children: policy({ id: 'a', rules: '' }) }),
      }),
    ],
    [
      'XACML-XPATH-VERSION',
      'is not known',
      policy({ defaults: '<PolicyDefaults><XPathVersion>urn:4</XPathVersion></PolicyDefaults>', rules: '' }),
    ],
    [
      'XACML-COMBINER-PARAMETERS',
      'remove `<CombinerParameters>`',
      policy({
        rules: `<CombinerParameters><CombinerParameter ParameterName="x">${literal('string', 'x')}</CombinerParameter></CombinerParameters>`,
      }),
    ],
    ['XACML-POLICY-ISSUER', 'remove `<PolicyIssuer>`', policy({ defaults: '<PolicyIssuer/>', rules: '' })],
  ])('%s: %s', (code, message, xml) => {
    const found = check(xml).filter(({ severity }) => severity === 'error')
    expect(found.map((problem) => problem.code)).toContain(code)
    expect(found.find((problem) => problem.code === code && problem.message.includes(message))?.at).toBeDefined()
  })
})

describe('warnings', () => {
  const always = rule('all', 'Permit')
  const first = '1.0:rule-combining-algorithm:first-applicable'
  test.each<[string, string, string]>([
    [
      'XACML-DEPRECATED',
      'use `urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides`',
      policy({ algorithm: '1.0:rule-combining-algorithm:deny-overrides', rules: '' }),
    ],
    [
      'XACML-DEPRECATED',
      'use `urn:oasis:names:tc:xacml:3.0:function:any-of`',
      condition(apply('1.0:any-of', fn('1.0:string-equal'), literal('string', 'a'), strings)),
    ],
    ['XACML-RULE-NEVER-APPLIES', 'always false', condition(literal('boolean', 'false'))],
    [
      'XACML-RULE-SHADOWED',
      'applies to everything',
      policy({ algorithm: first, rules: always + rule('late', 'Deny') }),
    ],
    [
      'XACML-RULE-SHADOWED',
      'always gives Permit',
      policy({
        algorithm: '3.0:rule-combining-algorithm:permit-overrides',
        rules: always + rule('late', 'Deny', isAlice),
      }),
    ],
  ])('%s: %s', (code, message, xml) => {
    const found = check(xml)
    expect(found.map(({ severity }) => severity)).toEqual(found.map(() => 'warning'))
    expect(found.find((problem) => problem.code === code)?.message).toContain(message)
  })

  test('a rule that always applies shadows nothing where it does not decide', () => {
    expect(check(policy({ rules: always + rule('late', 'Deny', isAlice) }))).toEqual([])
  })
})

describe('bounds', () => {
  const deep = (levels: number): string => (levels === 0 ? isAlice : apply('1.0:not', deep(levels - 1)))
  test.each<[string, Partial<Limits>, string]>([
    ['XACML-TOO-DEEP', { expressionDepth: 10 }, condition(deep(12))],
    [
      'XACML-TOO-DEEP',
      { expressionDepth: 4 },
      condition('<VariableReference VariableId="v"/>', variable('v', deep(3))),
    ],
    [
      'XACML-TOO-DEEP',
      { policyDepth: 2 },
      policySet({ children: policySet({ id: 'b', children: policySet({ id: 'c', children: '' }) }) }),
    ],
  ])('%s under %o', (code, limits, xml) => {
    expect(check(xml).map((problem) => problem.code)).toEqual([])
    expect(check(xml, limits).map((problem) => problem.code)).toContain(code)
  })
})

describe('references', () => {
  const set = (id: string, ...references: string[]) =>
    parse(
      policySet({
        id,
        children: references.map((to) => `<PolicySetIdReference>${to}</PolicySetIdReference>`).join(''),
      }),
    )

  test('that find nothing, or the wrong kind', () => {
    const resolve = buildResolver([parse(policy({ id: 'other', rules: '' }))])
    const found = checkPolicy(set('root', 'gone', 'other'), { limits: defaultLimits, resolve })
    expect(found.map(({ code }) => code)).toEqual(['XACML-UNRESOLVED-REFERENCE', 'XACML-UNRESOLVED-REFERENCE'])
  })

  test('that lead back to themselves', () => {
    const all = [set('a', 'b'), set('b', 'c'), set('c', 'b')]
    const found = checkPolicy(set('root', 'a'), { limits: defaultLimits, resolve: buildResolver(all) })
    expect(found.map(({ code }) => code)).toEqual(['XACML-REFERENCE-CYCLE'])
  })

  test('to one policy set by many ways are no cycle, and cost no more than there is', () => {
    const levels = Array.from({ length: 25 }, (_, i) => set(`s${i}`, `s${i + 1}`, `s${i + 1}`, `s${i + 1}`))
    const resolve = buildResolver([...levels, set('s25')])
    expect(checkPolicy(levels[0]!, { limits: defaultLimits, resolve })).toEqual([])
  })
})

test('every finding has a place, a code of the table and a message in the house style', () => {
  const everything = condition(
    apply('1.0:nothing', literal('none', 'x'), '<VariableReference VariableId="v"/>'),
    variable('w', fn('1.0:and')),
  )
  const found = check(everything)
  expect(found.length).toBeGreaterThan(3)
  for (const { code, message, at } of found) {
    expect(Object.keys(problemCodes)).toContain(code)
    expect(message).toMatch(/^[a-z`].*[^.]$/)
    expect(at).toBeDefined()
  }
})

function variable(id: string, expression: string): string {
  return `<VariableDefinition VariableId="${id}">${expression}</VariableDefinition>`
}

function selector(path: string): string {
  return `<AttributeSelector MustBePresent="false" Category="urn:c" Path="${path}" DataType="${xsd('string')}"/>`
}

function match(functionId: string, text = 'a'): string {
  const matched = `<Match MatchId="urn:oasis:names:tc:xacml:${functionId.replace(':', ':function:')}">${literal('string', text)}${strings}</Match>`
  return `<AnyOf><AllOf>${matched}</AllOf></AnyOf>`
}

function parse(xml: string) {
  const parsed = parsePolicy(xml)
  if (!parsed.ok) throw new Error(parsed.problems.map(({ message }) => message).join('; '))
  return parsed.value
}

function check(xml: string, limits: Partial<Limits> = {}): readonly Problem[] {
  return checkPolicy(parse(xml), { limits: { ...defaultLimits, ...limits } })
}
