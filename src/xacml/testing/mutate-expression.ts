/** Mutants of a condition or another expression: and for or, a negation or an argument dropped, a literal changed. */
import { functions } from '../functions/index.ts'
import type { Apply, Expression } from '../model/policy.ts'
import type { Mutation } from './mutate.ts'
import { mutateLiteral } from './mutate-literal.ts'

export function* mutateExpression(expression: Expression): Iterable<Mutation<Expression>> {
  if (expression.kind === 'AttributeValue') yield* mutateLiteral(expression)
  if (expression.kind !== 'Apply') return
  yield* mutateFunction(expression)
  for (const [index, argument] of expression.arguments.entries()) {
    for (const { change, at, to } of mutateExpression(argument)) {
      yield { change, at, to: { ...expression, arguments: expression.arguments.with(index, to) } }
    }
  }
}

function* mutateFunction(apply: Apply): Iterable<Mutation<Expression>> {
  const { at, arguments: args } = apply
  const name = apply.function.slice(apply.function.lastIndexOf(':') + 1)
  const [only] = args
  if (name === 'not' && only !== undefined) yield { change: 'drop a `not`', at, to: only }
  const other = swapped(apply.function, name)
  if (other !== undefined && functions.has(other)) {
    const to = other.slice(other.lastIndexOf(':') + 1)
    yield { change: `\`${to}\` in the place of \`${name}\``, at, to: { ...apply, function: other } }
  }
  if ((name === 'and' || name === 'or' || name.endsWith('-bag')) && args.length > 1) {
    for (const [index, argument] of args.entries()) {
      const change = `drop argument ${index + 1} of \`${name}\``
      yield { change, at: argument.at, to: { ...apply, arguments: args.toSpliced(index, 1) } }
    }
  }
}

const swaps: readonly (readonly [string, string])[] = [
  ['and', 'or'],
  ['or', 'and'],
  ['-greater-than', '-greater-than-or-equal'],
  ['-greater-than-or-equal', '-greater-than'],
  ['-less-than', '-less-than-or-equal'],
  ['-less-than-or-equal', '-less-than'],
]

function swapped(id: string, name: string): string | undefined {
  const swap = swaps.find(([from]) => (from.startsWith('-') ? name.endsWith(from) : name === from))
  return swap && `${id.slice(0, id.length - swap[0].length)}${swap[1]}`
}
