/** Three engines that share no code must agree: RE2 on our translation, our machine for back-references, and JavaScript's. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { defaultLimits } from '../../../src/xacml/limits.ts'
import { Failure } from '../../../src/xacml/model/failure.ts'
import { buildProgram, runProgram } from '../../../src/xacml/patterns/backtrack.ts'
import { categories } from '../../../src/xacml/patterns/categories.ts'
import { complement, contains, subtract, union } from '../../../src/xacml/patterns/character-set.ts'
import { parsePattern } from '../../../src/xacml/patterns/parse-pattern.ts'
import { compilePattern, matchPattern } from '../../../src/xacml/patterns/regular-expression.ts'
import { newWork } from '../../../src/xacml/work.ts'

/** The same expression in the grammar of XPath and in that of JavaScript's `v` flag. */
interface Twin {
  readonly xpath: string
  readonly javascript: string
}

const same = (text: string): Twin => ({ xpath: text, javascript: text })

const member = fc.constantFrom(
  ...['a', 'b', '1', '😀', 'a-c', '\\n', '\\p{L}', '\\P{Lu}', '\\-'].map(same),
  { xpath: '\\d', javascript: '\\p{Nd}' },
  { xpath: '\\s', javascript: ' \\t\\n\\r' },
)
const group = fc
  .tuple(fc.constantFrom('', '^'), fc.array(member, { minLength: 1, maxLength: 3 }))
  .map(([negation, members]) => ({
    xpath: `${negation}${members.map((twin) => twin.xpath).join('')}`,
    javascript: `${negation}${members.map((twin) => twin.javascript).join('')}`,
  }))
const characterClass = fc.tuple(group, fc.option(group)).map(([from, taken]) => {
  const whole = { xpath: `[${from.xpath}]`, javascript: `[${from.javascript}]` }
  if (taken === null) return whole
  return { xpath: `[${from.xpath}-[${taken.xpath}]]`, javascript: `[${whole.javascript}--[${taken.javascript}]]` }
})
const leaf = fc.oneof(
  fc.constantFrom(
    ...['a', 'b', 'c', '1', '😀', 'é', '^', '$', '\\n', '\\\\', '\\p{Ll}'].map(same),
    { xpath: '.', javascript: '[^\\n\\r]' },
    { xpath: '\\w', javascript: '[^\\p{P}\\p{Z}\\p{C}]' },
    { xpath: '\\S', javascript: '[^ \\t\\n\\r]' },
  ),
  characterClass,
)

const { pattern } = fc.letrec<{ pattern: Twin; branch: Twin; piece: Twin; atom: Twin }>((tie) => ({
  pattern: fc.oneof(
    { maxDepth: 2 },
    tie('branch'),
    fc.tuple(tie('branch'), tie('branch')).map(([a, b]) => ({
      xpath: `${a.xpath}|${b.xpath}`,
      javascript: `${a.javascript}|${b.javascript}`,
    })),
  ),
  branch: fc.array(tie('piece'), { maxLength: 4 }).map((pieces) => ({
    xpath: pieces.map((twin) => twin.xpath).join(''),
    javascript: pieces.map((twin) => twin.javascript).join(''),
  })),
  piece: fc
    .tuple(tie('atom'), fc.constantFrom('', '', '', '?', '*', '+', '{2}', '{0,2}', '{1,}', '*?', '+?', '??'))
    .map(([twin, quantifier]) => {
      // Loops around long loops would only show how JavaScript backtracks.
      const plain = twin.xpath === '^' || twin.xpath === '$' || (/[*+}]/.test(twin.xpath) && twin.xpath.length > 12)
      const suffix = plain ? '' : quantifier
      return { xpath: twin.xpath + suffix, javascript: twin.javascript + suffix }
    }),
  atom: fc.oneof(
    { maxDepth: 2 },
    leaf,
    tie('pattern').map((twin) => ({ xpath: `(${twin.xpath})`, javascript: `(${twin.javascript})` })),
  ),
}))

const input = fc.string({
  unit: fc.constantFrom('a', 'b', 'c', '1', 'A', 'é', '😀', '\n', '\r', ' ', '-', '\\', '\u0661'),
  maxLength: 6,
})

const work = () => newWork(defaultLimits.steps)

test('RE2, the machine for back-references and JavaScript give the same answer', { timeout: 30_000 }, () => {
  fc.assert(
    fc.property(pattern, fc.array(input, { minLength: 1, maxLength: 6 }), (twin, inputs) => {
      const reference = new RegExp(twin.javascript, 'v')
      const linear = compilePattern(twin.xpath, defaultLimits, work())
      if (linear instanceof Failure) throw new Error(linear.message)
      const parsed = parsePattern(twin.xpath)
      if (!parsed.ok) throw new Error(parsed.problem)
      const program = buildProgram(parsed.pattern, parsed.groups)
      for (const text of inputs) {
        const expected = reference.test(text)
        expect(linear.test(text, work()), JSON.stringify([twin.xpath, text])).toBe(expected)
        // Undefined: out of steps, which a pattern may well take without being linear.
        expect(runProgram(program, text, { left: 20_000 }) ?? expected, JSON.stringify([twin.xpath, text])).toBe(
          expected,
        )
      }
    }),
    { numRuns: 200 },
  )
})

test('no text makes the parser throw', () => {
  const text = fc.string({ unit: fc.constantFrom(...'ab1[]^-\\(){}?*+|.$,pPdI😀') })
  fc.assert(
    fc.property(text, (source) => void parsePattern(source)),
    { numRuns: 2000 },
  )
})

test('what the parser accepts, RE2 or the machine takes', () => {
  const text = fc.string({
    unit: fc.constantFrom('a', 'b', '[', ']', '^', '-', '(', ')', '?', '*', '|', '.', '\\d', '{2}'),
    maxLength: 12,
  })
  fc.assert(
    fc.property(text, (source) => {
      if (parsePattern(source).ok) expect(typeof matchPattern(source, 'ab-1', defaultLimits, work())).toBe('boolean')
    }),
    { numRuns: 2000 },
  )
})

/** Unicode versions differ between runtimes: what both know as assigned must be in the same category. */
test('categories agree with the runtime where it knows the character', () => {
  const unassigned = categories.get('Cn')!
  for (const [name, set] of categories) {
    if (name === 'Cn' || name === 'C') continue
    const runtime = new RegExp(`^\\p{${name}}$`, 'v')
    const known = /^\P{Cn}$/u
    for (let at = 0; at < set.length; at += 2)
      for (const code of new Set([set[at] ?? 0, set[at + 1] ?? 0])) {
        const character = String.fromCodePoint(code)
        if (known.test(character)) expect(runtime.test(character), `${name} ${code.toString(16)}`).toBe(true)
        expect(contains(unassigned, code)).toBe(false)
      }
  }
})

test('sets of characters obey the laws of sets', () => {
  const set = fc
    .array(fc.tuple(fc.nat(40), fc.nat(5)), { maxLength: 5 })
    .map((ranges) => union(...ranges.map(([first, length]) => [first, first + length])))
  fc.assert(
    fc.property(set, set, fc.nat(60), (a, b, code) => {
      expect(contains(union(a, b), code)).toBe(contains(a, code) || contains(b, code))
      expect(contains(subtract(a, b), code)).toBe(contains(a, code) && !contains(b, code))
      expect(contains(complement(a), code)).toBe(!contains(a, code))
      expect(complement(complement(a))).toEqual(a)
    }),
  )
})
