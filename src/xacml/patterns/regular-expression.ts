/**
 * The port to the regular expression engine: patterns of XPath 2.0 fn:matches, run in time linear in pattern and input.
 * Pure: nothing is remembered between calls, so whoever meets a pattern again keeps what `compilePattern` gave.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js'
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import { buildProgram, runProgram } from './backtrack.ts'
import { parsePattern } from './parse-pattern.ts'
import { type Pattern, sizeOf } from './pattern.ts'
import { printRE2 } from './print-re2.ts'

type PatternLimits = Pick<Limits, 'patternCharacters' | 'patternInputCharacters' | 'steps'>

export interface RegularExpression {
  /** Whether any part of the input matches; a Failure when input or work exceed the limits. */
  readonly test: (input: string) => boolean | Failure
}

/** Instructions of one pattern, repetitions written out. */
const maximumSize = 10_000

/** Ranges of all character classes of one pattern, repetitions written out. */
const maximumRanges = 1_000_000

/** Instructions times characters: what a linear-time match costs at worst, about a second. */
const maximumWork = 20_000_000

const failure = (message: string): Failure => new Failure('processing-error', message)

const longestQuote = 100

const quote = (text: string): string =>
  text.length > longestQuote ? `\`${text.slice(0, longestQuote)}…\`` : `\`${text}\``

const rangesOf = (pattern: Pattern): number => {
  switch (pattern.kind) {
    case 'set':
      return pattern.set.length / 2
    case 'sequence':
      return pattern.parts.reduce((sum, part) => sum + rangesOf(part), 0)
    case 'choice':
      return pattern.branches.reduce((sum, branch) => sum + rangesOf(branch), 0)
    case 'group':
      return rangesOf(pattern.part)
    case 'repeat': {
      const copies = pattern.maximum === Number.POSITIVE_INFINITY ? pattern.minimum + 1 : pattern.maximum
      return rangesOf(pattern.part) * copies
    }
    default:
      return 0
  }
}

/** Refuses inputs that are too long or would take too much work, before any work is done. */
const guarded = (
  size: number,
  limits: PatternLimits,
  test: (input: string) => boolean | Failure,
): RegularExpression => ({
  test: (input) => {
    if (input.length > limits.patternInputCharacters)
      return failure(
        `${input.length} characters to match exceed the limit patternInputCharacters of ${limits.patternInputCharacters}`,
      )
    if (size * input.length > maximumWork)
      return failure(`pattern of size ${size} is too costly for ${input.length} characters: use smaller repetitions`)
    return test(input)
  },
})

/** What RE2 may refuse for its size, by its own words. Anything else that it refuses is a bug of the translation. */
const sizeProblems: ReadonlyMap<string, string> = new Map([
  ['invalid repeat count', 'repetitions inside repetitions may not exceed 1000 in all'],
  ['expression nests too deeply', 'it nests too deeply'],
  ['expression too large', 'use smaller repetitions or fewer classes'],
])

const buildLinear = (text: string, pattern: Pattern): ((input: string) => boolean) | Failure => {
  try {
    const expression = RE2JS.compile(printRE2(pattern))
    return (input) => expression.test(input)
  } catch (error) {
    const reason = error instanceof RE2JSSyntaxException ? sizeProblems.get(error.getDescription()) : undefined
    if (reason === undefined) throw error
    return failure(`pattern ${quote(text)} is too large: ${reason}`)
  }
}

const buildBacktracking = (text: string, pattern: Pattern, groups: number, steps: number) => {
  const program = buildProgram(pattern, groups)
  return (input: string): boolean | Failure =>
    runProgram(program, input, steps) ??
    failure(`pattern ${quote(text)} with a back-reference took more than the limit steps of ${steps}`)
}

/** A Failure (processing-error) says what in the pattern is not allowed, and where. */
export const compilePattern = (text: string, limits: PatternLimits): RegularExpression | Failure => {
  if (text.length > limits.patternCharacters)
    return failure(
      `pattern of ${text.length} characters exceeds the limit patternCharacters of ${limits.patternCharacters}`,
    )
  const parsed = parsePattern(text)
  if (!parsed.ok) return failure(`pattern ${quote(text)}: ${parsed.problem}`)
  const size = sizeOf(parsed.pattern)
  if (size > maximumSize || rangesOf(parsed.pattern) > maximumRanges)
    return failure(`pattern ${quote(text)} is too large when its repetitions are written out`)
  const test = parsed.references
    ? buildBacktracking(text, parsed.pattern, parsed.groups, limits.steps)
    : buildLinear(text, parsed.pattern)
  return test instanceof Failure ? test : guarded(size, limits, test)
}

/** Compiles and tests: for patterns that are known only at evaluation. */
export const matchPattern = (pattern: string, input: string, limits: PatternLimits): boolean | Failure => {
  const expression = compilePattern(pattern, limits)
  return expression instanceof Failure ? expression : expression.test(input)
}
