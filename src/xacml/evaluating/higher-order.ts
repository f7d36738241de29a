/** Section A.3.12: functions that apply a function to the values of bags. Left to right; none after the deciding call. */
import type { HigherOrderFunction } from '../functions/row.ts'
import { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import { type CallableFunction, callFunction, withFirst } from './call.ts'
import type { DecisionContext } from './context.ts'

type Argument = Value | Bag
type Test = (args: readonly Value[]) => boolean | Failure

const isBag = (argument: Argument): argument is Bag => Array.isArray(argument)

export function applyHigherOrder(
  order: HigherOrderFunction['order'],
  given: CallableFunction,
  args: readonly Argument[],
  context: DecisionContext,
): boolean | Bag | Failure {
  const [firstArgument] = args
  const isFixed = firstArgument !== undefined && !isBag(firstArgument) && args.length > 1
  const row = isFixed ? withFirst(given, firstArgument, context.limits, context.work) : given
  const call = (values: readonly Value[]) => callFunction(row, values, context)
  const test: Test = (values) => {
    const result = call(values)
    if (typeof result === 'boolean' || result instanceof Failure) return result
    throw new Error(`the policy was not checked: \`${given.id}\` does not return a boolean`)
  }
  switch (order) {
    case 'any-of':
    case 'any-of-any':
      return some(combinations(args), test)
    case 'all-of':
      return every(combinations(args), test)
    case 'map':
      return map(combinations(args), call)
    case 'all-of-any':
      return every(first(args), ([a]) => some(second(args), ([b]) => test([a!, b!])))
    case 'any-of-all':
      return some(first(args), ([a]) => every(second(args), ([b]) => test([a!, b!])))
    case 'all-of-all':
      return every(first(args), ([a]) => every(second(args), ([b]) => test([a!, b!])))
  }
}

/** One list of arguments per way to take a value from each bag; the last bag turns fastest. Lazy: there may be many. */
function* combinations(args: readonly Argument[], from = 0): Generator<readonly Value[]> {
  const argument = args[from]
  if (argument === undefined) {
    yield []
    return
  }
  for (const value of isBag(argument) ? argument : [argument]) {
    for (const rest of combinations(args, from + 1)) yield [value, ...rest]
  }
}

const first = (args: readonly Argument[]) => combinations(args.slice(0, 1))
const second = (args: readonly Argument[]) => combinations(args.slice(1, 2))

function some(all: Iterable<readonly Value[]>, test: Test): boolean | Failure {
  for (const values of all) {
    const result = test(values)
    if (result !== false) return result
  }
  return false
}

function every(all: Iterable<readonly Value[]>, test: Test): boolean | Failure {
  for (const values of all) {
    const result = test(values)
    if (result !== true) return result
  }
  return true
}

function map(all: Iterable<readonly Value[]>, call: (values: readonly Value[]) => Argument | Failure): Bag | Failure {
  const results: Value[] = []
  for (const values of all) {
    const result = call(values)
    if (result instanceof Failure) return result
    results.push(result)
  }
  return results
}
