/** Section A.3.13: a regular expression written into the policy can be compiled. */
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Expression, Literal } from '../model/policy.ts'
import { compilePattern } from '../patterns/regular-expression.ts'
import type { Problem } from '../problems.ts'
import { newWork, type Work } from '../work.ts'
import { type Check, error } from './check.ts'
import type { PolicyTree } from './policy-tree.ts'

export const patterns: Check = function* (tree, { limits }) {
  let left = limits.steps
  for (const literal of patternsIn(tree)) {
    const work = newWork(left)
    yield* checkPattern(literal, limits, work)
    left = work.stepsLeft
  }
}

/** The pattern is the first argument, in a match the literal; given to a higher-order function, the second. */
function* patternsIn({ matches, expressions }: PolicyTree): Iterable<Literal> {
  for (const match of matches) if (isRegexp(match.function)) yield match.literal
  for (const { expression } of expressions) {
    if (expression.kind !== 'Apply') continue
    const pattern = patternOf(expression.function, expression.arguments)
    if (pattern?.kind === 'AttributeValue') yield pattern
  }
}

function patternOf(id: string, [first, second]: readonly Expression[]): Expression | undefined {
  if (isRegexp(id)) return first
  return first?.kind === 'Function' && isRegexp(first.function) ? second : undefined
}

const isRegexp = (id: string) => id.endsWith('-regexp-match')

/** All patterns of a document together take no more steps than a decision may. */
function* checkPattern({ text, at }: Literal, limits: Limits, work: Work): Iterable<Problem> {
  const compiled = compilePattern(text, limits, work)
  if (!(compiled instanceof Failure)) return
  const isOutOfSteps = work.exhausted !== undefined && text.length <= limits.patternCharacters
  const message = 'the patterns up to here take more steps to compile than the limit `steps` allows; use simpler ones'
  yield error('XACML-BAD-PATTERN', at, isOutOfSteps ? message : compiled.message)
}
