/** Section A.3.13: a regular expression written into the policy can be compiled. */
import { Failure } from '../model/failure.ts'
import type { Expression, Literal } from '../model/policy.ts'
import { compilePattern } from '../patterns/regular-expression.ts'
import type { Problem } from '../problems.ts'
import { type Check, type CheckOptions, error } from './check.ts'
import type { PolicyTree } from './policy-tree.ts'

export const patterns: Check = function* (tree, options) {
  for (const literal of patternsIn(tree)) yield* checkPattern(literal, options)
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

function* checkPattern({ text, at }: Literal, { limits }: CheckOptions): Iterable<Problem> {
  const compiled = compilePattern(text, limits)
  if (compiled instanceof Failure) yield error('XACML-BAD-PATTERN', at, compiled.message)
}
