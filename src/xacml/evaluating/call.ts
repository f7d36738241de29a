/** Calls a function of the table on values, at the price of a step and more for long ones. */
import { functions } from '../functions/index.ts'
import type { FunctionRow } from '../functions/row.ts'
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import { stepsOfCall, takeStep, type Work } from '../work.ts'
import type { DecisionContext } from './context.ts'
import { callXPathFunction } from './xpath-functions.ts'

/** Any function but a higher-order one. */
export type CallableFunction = Exclude<FunctionRow, { form: 'higher-order' }>

/** A function given by name, to a match or a higher-order function. */
export function namedFunction(id: string): CallableFunction {
  const row = functions.get(id)
  if (row === undefined || row.form === 'higher-order') {
    throw new Error(`the policy was not checked: \`${id}\` is not a function that can be called here`)
  }
  return row
}

/** For many calls whose first argument is always this one: what can be done with it is done once. */
export function withFirst<Row extends FunctionRow>(
  row: Row,
  first: Value | Bag | undefined,
  limits: Limits,
  work: Work,
): Row {
  if (row.form !== 'strict' || row.callWith === undefined || first === undefined) return row
  return { ...row, call: row.callWith(first as Value, limits, work) }
}

export function callFunction(
  row: CallableFunction,
  args: readonly (Value | Bag)[],
  context: DecisionContext,
): Value | Bag | Failure {
  const exhausted = takeStep(context.work, stepsOfCall(args))
  if (exhausted !== undefined) return exhausted
  switch (row.form) {
    case 'strict':
      return row.call(args, context.limits, context.work)
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
  return refuseNOf(needed, rest.length) ?? BigInt(rest.filter((arg) => arg === true).length) >= needed
}

/** Section A.3.5: more true arguments than there are cannot be had. Of a negative number it says nothing, so that is an error. */
export function refuseNOf(needed: bigint, given: number): Failure | undefined {
  if (needed >= 0n && needed <= BigInt(given)) return undefined
  const message =
    needed < 0n ? `cannot need ${needed} true arguments` : `needs ${needed} true arguments but has only ${given}`
  return new Failure('processing-error', `\`n-of\` ${message}`)
}
