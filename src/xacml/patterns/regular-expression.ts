/**
 * The port to the regular expression engine: patterns of XPath 2.0 fn:matches, run in time linear in pattern and input.
 * Pure: nothing is remembered between calls, so whoever meets a pattern again keeps what `compilePattern` gave.
 */
import { RE2JS, RE2JSSyntaxException } from 're2js'
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import { exhaust, takeStep, type Work } from '../work.ts'
import { buildProgram, runProgram } from './backtrack.ts'
import { parsePattern } from './parse-pattern.ts'
import { type Pattern, sizeOf } from './pattern.ts'
import { printRE2 } from './print-re2.ts'

type PatternLimits = Pick<Limits, 'patternCharacters' | 'patternInputCharacters'>

export interface RegularExpression {
  /** Whether any part of the input matches; a Failure when the input exceeds its limit or the work what is left of it. */
  readonly test: (input: string, work: Work) => boolean | Failure
}

/** Instructions of one pattern, repetitions written out. */
const maximumSize = 10_000

/** Ranges of all character classes of one pattern, repetitions written out. */
const maximumRanges = 1_000_000

/** Instructions times characters that a match does in a step, at worst; and how many steps a character of a pattern costs. */
const matchedPerStep = 32
const stepsPerCharacter = 10
const stepsToStart = 50

/** Bytes, by the library's own count, of automaton states that are kept from one match to the next. */
const maximumStates = 262_144

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
  { patternInputCharacters }: PatternLimits,
  test: RegularExpression['test'],
): RegularExpression => ({
  test: (input, work) => {
    if (input.length > patternInputCharacters) {
      const message = `${input.length} characters to match exceed the limit \`patternInputCharacters\` of ${patternInputCharacters}`
      return exhaust(work, message)
    }
    return takeStep(work, Math.ceil((size * input.length) / matchedPerStep)) ?? test(input, work)
  },
})

/** What RE2 may refuse for its size, by its own words. Anything else that it refuses is a bug of the translation. */
const sizeProblems: ReadonlyMap<string, string> = new Map([
  ['invalid repeat count', 'repetitions inside repetitions may not exceed 1000 in all'],
  ['expression nests too deeply', 'it nests too deeply'],
  ['expression too large', 'use smaller repetitions or fewer classes'],
])

const buildLinear = (text: string, pattern: Pattern): RegularExpression['test'] | Failure => {
  try {
    const expression = RE2JS.compile(printRE2(pattern))
    return (input) => {
      const matches = expression.test(input)
      dropStates(expression)
      return matches
    }
  } catch (error) {
    const reason = error instanceof RE2JSSyntaxException ? sizeProblems.get(error.getDescription()) : undefined
    if (reason === undefined) throw error
    return failure(`pattern ${quote(text)} is too large: ${reason}`)
  }
}

/** The automaton is built as inputs need it: one that has grown is begun anew. */
const dropStates = (expression: RE2JS): void => {
  const re2 = expression.re2()
  const states = re2.lazyDFA as { readonly stateBudget: number; readonly memBudget: number } | null
  if (states !== null && states.stateBudget - states.memBudget > maximumStates) re2.lazyDFA = noStates
}

/** The declarations of the library leave it out that there may be none. */
const noStates = null as never

/** Each step of a program is much shorter than an elementary step. */
const programStepsPerStep = 8

/** Paid for as it runs: what it takes is not known before. */
const buildBacktracking = (pattern: Pattern, groups: number): RegularExpression['test'] => {
  const program = buildProgram(pattern, groups)
  return (input, work) => {
    const meter = { left: work.stepsLeft * programStepsPerStep }
    const matches = runProgram(program, input, meter)
    const used = work.stepsLeft - Math.floor(Math.max(0, meter.left) / programStepsPerStep)
    return takeStep(work, matches === undefined ? Number.POSITIVE_INFINITY : used) ?? matches ?? false
  }
}

/** A Failure (processing-error) says what in the pattern is not allowed, and where. */
export const compilePattern = (text: string, limits: PatternLimits, work: Work): RegularExpression | Failure => {
  if (text.length > limits.patternCharacters) {
    const message = `pattern of ${text.length} characters exceeds the limit \`patternCharacters\` of ${limits.patternCharacters}`
    return exhaust(work, message)
  }
  const refused = takeStep(work, stepsToStart + text.length * stepsPerCharacter)
  if (refused !== undefined) return refused
  const parsed = parsePattern(text)
  if (!parsed.ok) return failure(`pattern ${quote(text)}: ${parsed.problem}`)
  const size = sizeOf(parsed.pattern)
  const ranges = rangesOf(parsed.pattern)
  if (size > maximumSize || ranges > maximumRanges)
    return failure(`pattern ${quote(text)} is too large when its repetitions are written out`)
  const tooDear = takeStep(work, size + ranges)
  if (tooDear !== undefined) return tooDear
  const test = parsed.references ? buildBacktracking(parsed.pattern, parsed.groups) : buildLinear(text, parsed.pattern)
  return test instanceof Failure ? test : guarded(size, limits, test)
}

/** Compiles and tests: for patterns that are known only at evaluation. */
export const matchPattern = (pattern: string, input: string, limits: PatternLimits, work: Work): boolean | Failure => {
  const expression = compilePattern(pattern, limits, work)
  return expression instanceof Failure ? expression : expression.test(input, work)
}
