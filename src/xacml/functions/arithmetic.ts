/**
 * Sections A.3.2 and A.3.3 (numeric conversion). Doubles follow the default context of section 7.5: results are rounded
 * half to even, overflow is infinite, and of all exceptions only division by zero is an error.
 */
import type { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import { maximumDigits } from '../values/bounds.ts'
import { double } from '../values/double.ts'
import { integer, isInteger } from '../values/integer.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, processingError, strict, variadic } from './signature.ts'

type Args = readonly (Value | Bag)[]

const bounded = (value: bigint): bigint | Failure =>
  isInteger(value) ? value : processingError(`integer result has more than ${maximumDigits} digits`)

/** Stops at the first result that is too long, so that no product of many arguments gets out of hand. */
const foldIntegers = (args: Args, step: (a: bigint, b: bigint) => bigint): bigint | Failure => {
  let result = args[0] as bigint
  for (let index = 1; index < args.length; index++) {
    result = step(result, args[index] as bigint)
    if (!isInteger(result)) return bounded(result)
  }
  return result
}

const foldDoubles = (args: Args, step: (a: number, b: number) => number): number => {
  let result = args[0] as number
  for (let index = 1; index < args.length; index++) result = step(result, args[index] as number)
  return result
}

const integers = (name: string, step: (a: bigint, b: bigint) => bigint): StrictFunction =>
  variadic(functionId('1.0', name), [one(integer), one(integer)], one(integer), one(integer), (args) =>
    foldIntegers(args, step),
  )

const doubles = (name: string, step: (a: number, b: number) => number): StrictFunction =>
  variadic(functionId('1.0', name), [one(double), one(double)], one(double), one(double), (args) =>
    foldDoubles(args, step),
  )

const twoIntegers = (name: string, call: (a: bigint, b: bigint) => bigint | Failure): StrictFunction =>
  strict(functionId('1.0', name), [one(integer), one(integer)], one(integer), (args) =>
    call(args[0] as bigint, args[1] as bigint),
  )

const twoDoubles = (name: string, call: (a: number, b: number) => number | Failure): StrictFunction =>
  strict(functionId('1.0', name), [one(double), one(double)], one(double), (args) =>
    call(args[0] as number, args[1] as number),
  )

const oneDouble = (name: string, call: (value: number) => number): StrictFunction =>
  strict(functionId('1.0', name), [one(double)], one(double), (args) => call(args[0] as number))

const divisionByZero = (): Failure => processingError('division by zero')

/** To the nearest whole number, half to even; the sign of zero stays. */
const round = (value: number): number => {
  const below = Math.floor(value)
  const rest = value - below
  if (!(rest > 0)) return value
  const up = rest > 0.5 || (rest === 0.5 && below % 2 !== 0)
  const rounded = up ? below + 1 : below
  return rounded === 0 && value < 0 ? -0 : rounded
}

const doubleToInteger = (value: number): bigint | Failure =>
  Number.isFinite(value) ? BigInt(Math.trunc(value)) : processingError(`no integer for \`${double.print(value)}\``)

const integerToDouble = (value: bigint): number | Failure => {
  const result = Number(value)
  return Number.isFinite(result) ? result : processingError('integer is outside the range of doubles')
}

export const arithmeticFunctions: readonly StrictFunction[] = [
  integers('integer-add', (a, b) => a + b),
  integers('integer-multiply', (a, b) => a * b),
  twoIntegers('integer-subtract', (a, b) => bounded(a - b)),
  twoIntegers('integer-divide', (a, b) => (b === 0n ? divisionByZero() : a / b)),
  twoIntegers('integer-mod', (a, b) => (b === 0n ? divisionByZero() : a % b)),
  strict(functionId('1.0', 'integer-abs'), [one(integer)], one(integer), (args) =>
    (args[0] as bigint) < 0n ? -(args[0] as bigint) : args[0]!,
  ),
  doubles('double-add', (a, b) => a + b),
  doubles('double-multiply', (a, b) => a * b),
  twoDoubles('double-subtract', (a, b) => a - b),
  twoDoubles('double-divide', (a, b) => (b === 0 ? divisionByZero() : a / b)),
  oneDouble('double-abs', Math.abs),
  oneDouble('round', round),
  oneDouble('floor', Math.floor),
  strict(functionId('1.0', 'double-to-integer'), [one(double)], one(integer), (args) =>
    doubleToInteger(args[0] as number),
  ),
  strict(functionId('1.0', 'integer-to-double'), [one(integer)], one(double), (args) =>
    integerToDouble(args[0] as bigint),
  ),
]
