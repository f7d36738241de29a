/** Section A.3.11. Bags taken as sets: results have no duplicates, in the order of first appearance. */
import type { Failure } from '../model/failure.ts'
import type { Bag, Value } from '../model/value.ts'
import { boolean } from '../values/boolean.ts'
import type { DataType } from '../values/row.ts'
import type { Work } from '../work.ts'
import { boundedBag } from './bag.ts'
import { comparableTypes } from './bag-types.ts'
import type { StrictFunction } from './row.ts'
import { bagOf, functionId, one, strict, type Version, variadic } from './signature.ts'

type Key = ReturnType<DataType['key']>

/** Up to this many comparisons it is cheaper to compare than to hash. */
const fewComparisons = 32

const keysOf = ({ key }: DataType, bag: Bag): Set<Key> => {
  const keys = new Set<Key>()
  for (const value of bag) keys.add(key(value))
  return keys
}

/** A test for membership in `bag`, for `times` uses. */
const memberTest = (type: DataType, bag: Bag, times: number): ((value: Value) => boolean) => {
  const { equal, key } = type
  if (bag.length * times <= fewComparisons) return (value) => bag.some((member) => equal(value, member))
  const keys = keysOf(type, bag)
  return (value) => keys.has(key(value))
}

const distinct = ({ key }: DataType, bag: Bag): Bag => {
  const seen = new Set<Key>()
  return bag.filter((value) => {
    const size = seen.size
    return seen.add(key(value)).size > size
  })
}

const subset = (type: DataType, part: Bag, whole: Bag): boolean => part.every(memberTest(type, whole, part.length))

const intersection = (type: DataType, bags: readonly Bag[]): Bag => {
  const [first = [], ...others] = bags
  return distinct(
    type,
    others.reduce((rest, other) => rest.filter(memberTest(type, other, rest.length)), first),
  )
}

/** Counted after the duplicates are gone. */
const union = (type: DataType, bags: readonly Bag[], bagSize: number, work: Work): Bag | Failure =>
  boundedBag(distinct(type, bags.flat()), bagSize, work)

const sets = ([version, type]: readonly [Version, DataType]): readonly StrictFunction[] => {
  const id = (name: string): string => functionId(version, `${type.name}-${name}`)
  const two = [bagOf(type), bagOf(type)]
  return [
    variadic(id('intersection'), two, bagOf(type), bagOf(type), (args) => intersection(type, args as readonly Bag[])),
    variadic(id('union'), two, bagOf(type), bagOf(type), (args, { bagSize }, work) =>
      union(type, args as readonly Bag[], bagSize, work),
    ),
    strict(id('at-least-one-member-of'), two, one(boolean), (args) => {
      const [a, b] = args as readonly [Bag, Bag]
      return a.some(memberTest(type, b, a.length))
    }),
    strict(id('subset'), two, one(boolean), (args) => subset(type, args[0] as Bag, args[1] as Bag)),
    strict(id('set-equals'), two, one(boolean), (args) => {
      const [a, b] = args as readonly [Bag, Bag]
      return subset(type, a, b) && subset(type, b, a)
    }),
  ]
}

export const setFunctions: readonly StrictFunction[] = comparableTypes.flatMap(sets)
