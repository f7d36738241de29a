/** Section A.3.10. */
import type { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import { boolean } from '../values/boolean.ts'
import { integer } from '../values/integer.ts'
import type { DataType } from '../values/row.ts'
import { exhaust, type Work } from '../work.ts'
import { comparableTypes, networkTypes } from './bag-types.ts'
import type { StrictFunction } from './row.ts'
import { bagOf, functionId, one, processingError, strict, type Version, variadic } from './signature.ts'

/** Every bag that a function makes goes through here. */
export const boundedBag = (bag: Bag, bagSize: number, work: Work): Bag | Failure =>
  bag.length <= bagSize
    ? bag
    : exhaust(work, `a bag of ${bag.length} values exceeds the limit \`bagSize\` of ${bagSize}`)

const oneAndOnly = (bag: Bag): Value | Failure =>
  bag.length === 1 ? bag[0]! : processingError(`expected a bag of exactly one value, got ${bag.length}`)

const isIn = (type: DataType, value: Value, bag: Bag): boolean => {
  for (const member of bag) if (type.equal(value, member)) return true
  return false
}

const common = ([version, type]: readonly [Version, DataType]): readonly StrictFunction[] => [
  strict(functionId(version, `${type.name}-one-and-only`), [bagOf(type)], one(type), (args) =>
    oneAndOnly(args[0] as Bag),
  ),
  strict(functionId(version, `${type.name}-bag-size`), [bagOf(type)], one(integer), (args) =>
    BigInt((args[0] as Bag).length),
  ),
  variadic(functionId(version, `${type.name}-bag`), [], one(type), bagOf(type), (args, { bagSize }, work) =>
    boundedBag([...(args as Bag)], bagSize, work),
  ),
]

const membership = ([version, type]: readonly [Version, DataType]): StrictFunction =>
  strict(functionId(version, `${type.name}-is-in`), [one(type), bagOf(type)], one(boolean), (args) =>
    isIn(type, args[0] as Value, args[1] as Bag),
  )

export const bagFunctions: readonly StrictFunction[] = [
  ...[...comparableTypes, ...networkTypes].flatMap(common),
  ...comparableTypes.map(membership),
]
