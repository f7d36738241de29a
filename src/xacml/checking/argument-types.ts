/** Section 7.5: number and types of arguments fit the function, and what uses an expression gets what it needs. */
import { functions } from '../functions/index.ts'
import type { FunctionRow, Shape } from '../functions/row.ts'
import type { Apply, Expression, Match, Policy, Position } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { canonicalType } from '../values/index.ts'
import { type Check, error } from './check.ts'
import { checkHigherOrder } from './higher-order-arguments.ts'
import type { Placed } from './policy-tree.ts'
import { shapeOf } from './shape-of.ts'
import { sameShape, shapeText } from './shape-text.ts'

const boolean: Shape = { dataType: 'http://www.w3.org/2001/XMLSchema#boolean', bag: false }

export const argumentTypes: Check = function* ({ matches, expressions }) {
  for (const match of matches) yield* checkMatch(match)
  for (const placed of expressions) {
    yield* checkPlace(placed)
    if (placed.expression.kind === 'Apply') yield* checkApply(placed.expression, placed.policy)
  }
}

/** Section 5.25: a condition is one boolean. A function by itself is an argument of a higher-order function only. */
function* checkPlace({ expression, policy, role }: Placed): Iterable<Problem> {
  if (role === 'condition') {
    const shape = shapeOf(expression, policy)
    if (shape !== undefined && !sameShape(shape, boolean)) {
      yield error('XACML-WRONG-TYPE', expression.at, `a condition is a boolean, but this is ${shapeText(shape)}`)
    }
  }
  if (expression.kind === 'Function' && role !== 'argument') yield misplacedFunction(expression.at)
}

const misplacedFunction = (at: Position) =>
  error(
    'XACML-MISPLACED-FUNCTION',
    at,
    'a function stands where a value is due; only higher-order functions take one, first',
  )

function* checkApply(apply: Apply, policy: Policy | undefined): Iterable<Problem> {
  const row = functions.get(apply.function)
  if (row === undefined) return
  if (row.form === 'higher-order') {
    yield* checkHigherOrder(row, apply, policy)
    return
  }
  const shapes = apply.arguments.map((argument) => shapeOf(argument, policy))
  for (const argument of apply.arguments) if (argument.kind === 'Function') yield misplacedFunction(argument.at)
  yield* checkCall(row, shapes, apply.at, apply.arguments)
}

/** `shapes` has undefined where another rule has found fault already. */
function* checkCall(
  row: Exclude<FunctionRow, { form: 'higher-order' }>,
  shapes: readonly (Shape | undefined)[],
  at: Position,
  args: readonly Expression[],
): Iterable<Problem> {
  const problem = countProblem(row, shapes.length)
  if (problem !== undefined) {
    yield error('XACML-WRONG-ARGUMENT-COUNT', at, problem)
    return
  }
  for (const [i, shape] of shapes.entries()) {
    const wanted = parameterAt(row, i)
    if (shape === undefined || wanted === undefined || sameShape(shape, wanted)) continue
    const message = `argument ${i + 1} of \`${row.id}\` is ${shapeText(wanted)}, but this is ${shapeText(shape)}${advice(wanted, shape)}`
    yield error('XACML-WRONG-TYPE', args[i]?.at ?? at, message)
  }
}

function advice(wanted: Shape, given: Shape): string {
  if (wanted.bag === given.bag || wanted.dataType !== given.dataType) return ''
  return given.bag ? '; take its one value with a one-and-only function' : '; put it into a bag with a bag function'
}

/** The shape that a function takes at a position, counted from 0. */
export function parameterAt(row: Exclude<FunctionRow, { form: 'higher-order' }>, index: number): Shape | undefined {
  return row.parameters[index] ?? row.rest
}

export function countProblem(row: Exclude<FunctionRow, { form: 'higher-order' }>, count: number): string | undefined {
  const fewest = row.parameters.length + (row.rest === undefined ? 0 : (row.restMinimum ?? 0))
  if (count < fewest) return `\`${row.id}\` takes ${row.rest ? 'at least ' : ''}${fewest} arguments, not ${count}`
  if (row.rest === undefined && count > fewest) return `\`${row.id}\` takes ${fewest} arguments, not ${count}`
  return undefined
}

/** Section 5.24: a boolean function of the literal and one value of the bag. */
function* checkMatch(match: Match): Iterable<Problem> {
  const row = functions.get(match.function)
  if (row === undefined) return
  if (row.form === 'higher-order' || row.result.bag || row.result.dataType !== boolean.dataType) {
    yield error(
      'XACML-WRONG-MATCH-FUNCTION',
      match.at,
      `\`${match.function}\` does not compare two values, as a match must`,
    )
    return
  }
  const literal: Shape = { dataType: canonicalType(match.literal.dataType), bag: false }
  const value: Shape = { dataType: canonicalType(match.attribute.dataType), bag: false }
  yield* checkCall(row, [literal, value], match.at, [match.literal, match.attribute])
}
