/** Section A.3.12: a function first, then values and bags that it can be applied to. */
import { functions } from '../functions/index.ts'
import type { HigherOrderFunction, Shape } from '../functions/row.ts'
import type { Apply, Policy } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { countProblem, parameterAt } from './argument-types.ts'
import { error } from './check.ts'
import { shapeOf } from './shape-of.ts'
import { shapeText } from './shape-text.ts'

const booleanType = 'http://www.w3.org/2001/XMLSchema#boolean'

export function* checkHigherOrder(
  row: HigherOrderFunction,
  apply: Apply,
  policy: Policy | undefined,
): Iterable<Problem> {
  const [first, ...rest] = apply.arguments
  if (first?.kind !== 'Function') {
    yield error(
      'XACML-MISSING-FUNCTION',
      first?.at ?? apply.at,
      `the first argument of \`${row.id}\` is a \`<Function>\``,
    )
    return
  }
  for (const argument of rest) {
    if (argument.kind !== 'Function') continue
    yield error('XACML-MISPLACED-FUNCTION', argument.at, `\`${row.id}\` takes one function, as its first argument`)
    return
  }
  const shapes = rest.map((argument) => shapeOf(argument, policy))
  const known = shapes.filter((shape) => shape !== undefined)
  if (known.length < shapes.length) return
  const bags = bagProblem(row, known)
  if (bags !== undefined) yield error('XACML-WRONG-ARGUMENT-COUNT', apply.at, bags)
  yield* checkApplied(row, first, known)
}

function bagProblem({ order, id }: HigherOrderFunction, shapes: readonly Shape[]): string | undefined {
  const bags = shapes.filter(({ bag }) => bag).length
  switch (order) {
    case 'any-of':
    case 'all-of':
    case 'map':
      return bags === 1 ? undefined : `\`${id}\` takes exactly one bag, not ${bags}`
    case 'any-of-any': // values and bags, as they come
      return undefined
    default:
      return bags === 2 && shapes.length === 2 ? undefined : `\`${id}\` takes a function and two bags`
  }
}

/** The function takes the values one by one: none of its parameters is a bag, and but for map its result is a boolean. */
function* checkApplied(
  row: HigherOrderFunction,
  { function: id, at }: { function: string; at: Apply['at'] },
  shapes: readonly Shape[],
): Iterable<Problem> {
  const applied = functions.get(id)
  if (applied === undefined) return
  if (applied.form === 'higher-order') {
    yield error('XACML-WRONG-TYPE', at, `\`${id}\` is a higher-order function and cannot be given to another one`)
    return
  }
  if (applied.result.bag || (row.order !== 'map' && applied.result.dataType !== booleanType)) {
    yield error(
      'XACML-WRONG-TYPE',
      at,
      `\`${id}\` gives ${shapeText(applied.result)}, which \`${row.id}\` has no use for`,
    )
  }
  const count = countProblem(applied, shapes.length)
  if (count !== undefined) {
    yield error('XACML-WRONG-ARGUMENT-COUNT', at, count)
    return
  }
  for (const [i, { dataType }] of shapes.entries()) {
    const wanted = parameterAt(applied, i)
    if (wanted === undefined || (!wanted.bag && wanted.dataType === dataType)) continue
    const given = shapeText({ dataType, bag: false })
    yield error(
      'XACML-WRONG-TYPE',
      at,
      `argument ${i + 1} of \`${id}\` is ${shapeText(wanted)}, but \`${row.id}\` gives it ${given}`,
    )
  }
}
