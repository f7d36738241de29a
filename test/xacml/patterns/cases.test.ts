/** Patterns as data: what they match, what they do not, and what is refused. */
import { describe, expect, test } from 'vitest'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import { Failure } from '../../../src/xacml/model/failure.ts'
import { compilePattern, matchPattern } from '../../../src/xacml/patterns/regular-expression.ts'
import { newWork } from '../../../src/xacml/work.ts'

const work = () => newWork(defaultLimits.steps)

const match = (pattern: string, input: string): boolean | string => {
  const result = matchPattern(pattern, input, defaultLimits, work())
  return result instanceof Failure ? result.message : result
}

describe('matching', () => {
  test.each<[pattern: string, input: string, matches: boolean]>([
    ['', '', true],
    ['', 'abc', true],
    ['b', 'abc', true],
    ['^b', 'abc', false],
    ['b$', 'abc', false],
    ['c$', 'abc', true],
    ['c$', 'abc\n', false],
    ['^b', 'a\nb', false],
    ['a^b', 'ab', false],
    ['^(cat|dog)$', 'dog', true],
    ['^cat|dog$', 'a dog', true],
    ['^(|a)$', '', true],
    ['^ABC$', 'abc', false],
    ['^a{2,3}$', 'aaaa', false],
    ['^a{2,}$', 'aaaa', true],
    ['^a{0}$', '', true],
    ['^a{3}$', 'aaa', true],
    ['^a+?$', 'aaa', true],
    ['^a??b*?c{1,2}?$', 'abbcc', true],
    ['^(a*)*$', 'aaa', true],
    ['^()*$', '', true],
    // `.` excludes line feed and carriage return, and nothing else.
    ['^a.b$', 'a\nb', false],
    ['^a.b$', 'a\rb', false],
    ['^a.b$', 'a\u2028b', true],
    ['^a.b$', 'a\u0085b', true],
    // Characters above U+FFFF are one character.
    ['^.$', '😀', true],
    ['^..$', '😀', false],
    ['^[^a]$', '😀', true],
    ['^[😀-😂]$', '😁', true],
    ['^\\S$', '😀', true],
    ['^\\P{L}$', '😀', true],
    ['^\\p{IsEmoticons}$', '😀', true],
    // Classes.
    ['^[a-z-[aeiou]]+$', 'xyz', true],
    ['^[a-z-[aeiou]]+$', 'xaz', false],
    ['^[^a-z-[0-9]]+$', 'ABC', true],
    ['^[^a-z-[0-9]]+$', 'A1', false],
    ['^[a-z-[a-m-[c]]]+$', 'cnz', true],
    ['^[a-z-[a-m-[c]]]+$', 'b', false],
    ['^[a-[a]]$', 'a', false],
    ['^[-a]+$', 'a-', true],
    ['^[a-]+$', 'a-', true],
    ['^[^-]$', '-', false],
    ['^[+\\--9]$', '.', true],
    ['^[.?*+(){}|$^]+$', '.?*+(){}|$^', true],
    ['^[\\]\\[\\\\]+$', '][\\', true],
    ['^[\\d\\s]+$', '1 2', true],
    ['^[\\p{Lu}0-9]+$', 'É9', true],
    // Escapes.
    ['^\\d+$', '\u0661\u0662', true],
    ['^\\d$', '²', false],
    ['^\\D$', 'a', true],
    ['^\\s$', '\u00a0', false],
    ['^\\s+$', ' \t\r\n', true],
    ['^\\s$', '\u000b', false],
    ['^\\w+$', 'é_', false],
    ['^\\w+$', 'é+9', true],
    ['^\\W$', '_', true],
    ['^\\i\\c*$', 'xml:élan-1.2', true],
    ['^\\i', '1a', false],
    ['^\\I\\C$', '1 ', true],
    ['^\\n\\r\\t$', '\n\r\t', true],
    ['^\\$\\^\\.\\-\\{\\}$', '$^.-{}', true],
    ['^\\p{IsGreek}+$', '\u03b1\u03b2\u03b3', true],
    ['^\\p{IsGreekandCoptic}$', '\u03b1', true],
    ['^\\p{IsBasicLatin}+$', 'abc', true],
    ['^\\P{IsBasicLatin}$', 'a', false],
    ['^\\p{IsLatin-1Supplement}$', 'é', true],
    ['^\\P{Nd}+$', 'abc1', false],
    ['^\\p{L}\\p{Ll}\\p{M}\\p{Zs}\\p{Sc}$', 'Aa\u0301 $', true],
    ['^\\p{Cn}$', '\u0378', true],
    ['^\\p{C}$', '\u0000', true],
    // Back-references.
    ['^(ab)\\1$', 'abab', true],
    ['^(ab)\\1$', 'abac', false],
    ['^(a|b)(c)\\2\\1$', 'accа', false],
    ['^(a|b)(c)\\2\\1$', 'acca', true],
    ['(.)\\1', 'xyzz', true],
    ['(.)\\1', 'xyz', false],
    ['^(a)?\\1b$', 'b', true],
    ['^(a)?\\1b$', 'aab', true],
    ['^(😀)\\1$', '😀😀', true],
    ['^(a+)\\1$', 'aaaa', true],
    ['^(a+)\\1$', 'aaa', false],
    ['^(a+?)\\1+$', 'aaaaa', true],
    ['^((a|b)*)\\1$', 'abab', true],
    ['^(a*)*\\1$', 'aa', true],
    ['^(a){2,3}\\1$', 'aaaa', true],
    ['^(a)\\10$', 'aa0', true],
    ['^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\\10$', 'abcdefghijj', true],
  ])('%j on %j: %j', (pattern, input, matches) => {
    expect(match(pattern, input)).toBe(matches)
  })
})

describe('refusals say what and where', () => {
  test.each<[pattern: string, problem: string]>([
    ['a(b', 'unclosed `(` at character 2'],
    ['ab)', '`)` without `(` at character 3'],
    ['(?:a)', 'non-capturing group `(?:` is not in the grammar of XPath 2.0 at character 1'],
    ['a(?=b)', 'look-ahead `(?=` is not in the grammar of XPath 2.0 at character 2'],
    ['a(?!b)', 'look-ahead `(?!` is not in the grammar of XPath 2.0 at character 2'],
    ['(?<=a)b', 'look-behind `(?<=` is not in the grammar of XPath 2.0 at character 1'],
    ['(?<!a)b', 'look-behind `(?<!` is not in the grammar of XPath 2.0 at character 1'],
    ['(?<n>a)', 'named group `(?<` is not in the grammar of XPath 2.0 at character 1'],
    ['(?i)a', 'inline flag `(?` is not in the grammar of XPath 2.0 at character 1'],
    ['(?>a)', 'atomic group `(?>` is not in the grammar of XPath 2.0 at character 1'],
    ['\\bfoo', 'word boundary `\\b` is not in the grammar of XML Schema at character 1'],
    ['\\Afoo\\z', 'anchor `\\A` is not in the grammar of XML Schema at character 1'],
    ['\\x41', 'hexadecimal escape `\\x` is not in the grammar of XML Schema at character 1'],
    ['\\u0041', 'hexadecimal escape `\\u` is not in the grammar of XML Schema at character 1'],
    ['\\0', 'octal escape `\\0` is not in the grammar of XML Schema at character 1'],
    ['\\k<a>', 'named back-reference `\\k` is not in the grammar of XML Schema at character 1'],
    ['\\f', 'escape `\\f` is not in the grammar of XML Schema at character 1'],
    ['a++', 'possessive quantifier is not in the grammar of XPath 2.0 at character 2'],
    ['a*+', 'possessive quantifier is not in the grammar of XPath 2.0 at character 2'],
    ['a**', 'a quantifier after a quantifier at character 3'],
    ['a+?+', 'a quantifier after a quantifier at character 4'],
    ['*a', 'nothing to repeat before `*` at character 1'],
    ['(+)', 'nothing to repeat before `+` at character 2'],
    ['^*', 'an anchor cannot be repeated at character 2'],
    ['a{2,1}', 'quantifier `{2,1}` is out of order at character 2'],
    ['a{,2}', 'malformed quantifier at character 2'],
    ['a{x}', 'malformed quantifier at character 2'],
    ['a{1', 'malformed quantifier at character 2'],
    ['a{1001}', 'quantifier `{1001}` counts beyond 1000 at character 2'],
    ['{', '`{` must be escaped at character 1'],
    ['a}', '`}` must be escaped at character 2'],
    ['a]', '`]` must be escaped at character 2'],
    ['[a', 'unclosed `[` at character 1'],
    ['[]', 'empty class at character 1'],
    ['[^]', 'empty class at character 1'],
    ['[a[b]]', '`[` in a class must be escaped at character 3'],
    ['[a-z-b]', '`-` inside a class must be escaped at character 5'],
    ['[z-a]', 'the ends of the range are out of order at character 2'],
    ['[\\d-z]', 'a range needs single characters at its ends at character 2'],
    ['[a-[b]c]', 'expected `]` after the subtracted class at character 7'],
    ['[\\1]', 'escape `\\1` is not in the grammar of XML Schema at character 2'],
    ['\\p{Greek}', 'unknown category or block `Greek` at character 1'],
    ['\\p{IsNowhere}', 'unknown category or block `IsNowhere` at character 1'],
    ['\\p{L', 'unclosed `\\p{` at character 1'],
    ['\\pL', 'expected `{` after `\\p` at character 3'],
    ['\\1', 'back-reference to group 1, which is not complete at character 1'],
    ['(a\\1)', 'back-reference to group 1, which is not complete at character 3'],
    ['(a)\\2', 'back-reference to group 2, which is not complete at character 4'],
    ['a\\', 'nothing after `\\` at character 2'],
  ])('%j: %s', (pattern, problem) => {
    const result = compilePattern(pattern, defaultLimits, work())
    expect(result).toBeInstanceOf(Failure)
    expect((result as Failure).code).toBe('processing-error')
    expect((result as Failure).message).toBe(`pattern \`${pattern}\`: ${problem}`)
  })
})

describe('bounds', () => {
  const long = 'a'.repeat(10_000)

  test.each<[pattern: string, result: boolean | string]>([
    ['(a*)*b', false],
    ['(a|a)*b$', false],
    ['(x+x+)+y', false],
    ['(.*)(.*)(.*)(.*)(.*)[^a]', false],
    ['[a-z]{1,255}@[a-z]{1,255}', false],
    ['^\\w{1,255}$', false],
    [`${'('.repeat(490)}a${')'.repeat(490)}`, true],
    ['^(a+)\\1$', true],
  ])('%.40s ends', (pattern, result) => {
    expect(match(pattern, long)).toBe(result)
  })

  test.each<[pattern: string, reason: RegExp]>([
    ['(a+)+\\1b', /more steps than the limit `steps` allows$/],
    ['((a|b)*)*\\1c', /more steps than the limit `steps` allows$/],
    ['(a{500}){3}', /repetitions inside repetitions may not exceed 1000 in all$/],
    ['((a{100}){100}){100}', /too large when its repetitions are written out$/],
    ['(\\w{100}){50}', /too large when its repetitions are written out$/],
    [`(${'a{0,900}'.repeat(5)})b`, /more steps than the limit `steps` allows$/],
    ['a'.repeat(1001), /exceeds the limit `patternCharacters` of 1000$/],
  ])('%.40s is refused', (pattern, reason) => {
    expect(match(pattern, long)).toMatch(reason)
  })

  test('input is bounded', () => {
    expect(match('a', `${long}a`)).toMatch(/exceed the limit `patternInputCharacters` of 10000$/)
  })
})
