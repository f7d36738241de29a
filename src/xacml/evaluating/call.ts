/** Calls a function of the table on values, at the price of one step. */
import { functions } from '../functions/index.ts'
import type { FunctionRow } from '../functions/row.ts'
import { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import { type DecisionContext, takeStep } from './context.ts'
import { callXPathFunction } from './xpath-functions.ts'

/** A function given by name, to a match or a higher-order function: any but a higher-order one. */
export function namedFunction(id: string): Exclude<FunctionRow, { form: 'higher-order' }> {
  const row = functions.get(id)
  if (row === undefined || row.form === 'higher-order') {
    throw new Error(`the policy was not checked: \`${id}\` is not a function that can be called here`)
  }
  return row
}

export function callFunction(
  row: Exclude<FunctionRow, { form: 'higher-order' }>,
  args: readonly (Value | Bag)[],
  context: DecisionContext,
): Value | Bag | Failure {
  const exhausted = takeStep(context.work)
  if (exhausted !== undefined) return exhausted
  switch (row.form) {
    case 'strict':
      return row.call(args, context.limits)
    case 'xpath':
      return callXPathFunction(row.operation, args, context)
    case 'logical':
      return callLogical(row.logic, args)
  }
}

/** and, or, n-of on values there already: as argument of a higher-order function. */
function callLogical(logic: 'and' | 'or' | 'n-of', args: readonly (Value | Bag)[]): boolean | Failure {
  if (logic === 'and') return args.every((arg) => arg === true)
  if (logic === 'or') return args.includes(true)
  const [needed, ...rest] = args
  if (typeof needed !== 'bigint') throw new Error('the policy was not checked: `n-of` takes an integer first')
  if (needed > BigInt(rest.length)) {
    return new Failure('processing-error', `\`n-of\` needs ${needed} true arguments but has only ${rest.length}`)
  }
  return BigInt(rest.filter((arg) => arg === true).length) >= needed
}
