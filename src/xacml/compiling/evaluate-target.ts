/** Sections 7.6 and 7.7: a target matches, does not, or fails. A "no" outweighs an error in what must all match. */
import { callFunction } from '../evaluating/call.ts'
import { Failure } from '../model/failure.ts'
import type { Value } from '../model/value.ts'
import { stepsOfCall, stepsOfSize, takeStep } from '../work.ts'
import { evaluateExpression } from './evaluate-expression.ts'
import { contextOf, type Evaluation, findBag, readBag, tooLarge } from './evaluation.ts'
import type { Key, MatchTest, Member, OrderTest, Test, Tests } from './node.ts'
import { foldedKeysOf, keysOf } from './prepare.ts'

/** NO, YES or FAILED; after FAILED `evaluation.failure` says why. */
export type Matched = 0 | 1 | 2
export const NO = 0
export const YES = 1
export const FAILED = 2

/** No tests at all match everything. */
export function matchAll(tests: Tests, evaluation: Evaluation): Matched {
  let failure: Failure | undefined
  for (let i = 0; i < tests.length; i++) {
    const matched = match(tests[i]!, evaluation)
    if (matched === NO) return NO
    if (matched === FAILED) failure ??= evaluation.failure
  }
  return failure === undefined ? YES : failed(evaluation, failure)
}

function matchSome(tests: Tests, evaluation: Evaluation): Matched {
  let failure: Failure | undefined
  for (let i = 0; i < tests.length; i++) {
    const matched = match(tests[i]!, evaluation)
    if (matched === YES) return YES
    if (matched === FAILED) failure ??= evaluation.failure
  }
  return failure === undefined ? NO : failed(evaluation, failure)
}

function failed(evaluation: Evaluation, failure: Failure): Matched {
  evaluation.failure = failure
  return FAILED
}

function match(test: Test, evaluation: Evaluation): Matched {
  switch (test.kind) {
    case 'Member':
      return isMember(test, evaluation)
    case 'Order':
      return isInOrder(test, evaluation)
    case 'Some':
      return matchSome(test.tests, evaluation)
    case 'Every':
      return matchAll(test.tests, evaluation)
    case 'Match':
      return matchByFunction(test, evaluation)
  }
}

function isMember(test: Member, evaluation: Evaluation): Matched {
  const { index } = test.slot
  const { singles } = evaluation.prepared
  const single = test.direct && index >= 0 && index < singles.length ? singles[index] : undefined
  if (single === undefined) return isAnyMember(test, evaluation)
  const exhausted = takeStep(evaluation.work, stepsOfKey(single as Key))
  if (exhausted !== undefined) return failed(evaluation, exhausted)
  return holds(test, single as Key) ? YES : NO
}

const stepsOfKey = (key: Key): number => (typeof key === 'string' ? 1 + stepsOfSize(key.length) : 1)

function isAnyMember(test: Member, evaluation: Evaluation): Matched {
  const exhausted = takeStep(evaluation.work)
  if (exhausted !== undefined) return failed(evaluation, exhausted)
  const bag = findBag(evaluation, test.slot)
  if (bag === undefined) return test.missing === undefined ? NO : failed(evaluation, test.missing)
  const keys = test.folded ? foldedKeysOf(bag) : keysOf(bag, test.slot)
  if (keys.length > evaluation.limits.bagSize) return failed(evaluation, tooLarge(test.slot, evaluation))
  for (let i = 0; i < keys.length; i++) {
    const refused = takeStep(evaluation.work, stepsOfKey(keys[i]!))
    if (refused !== undefined) return failed(evaluation, refused)
    if (holds(test, keys[i]!)) return YES
  }
  return NO
}

function holds({ keys, keySet }: Member, key: Key): boolean {
  if (keySet !== undefined) return keySet.has(key)
  for (let i = 0; i < keys.length; i++) if (keys[i] === key) return true
  return false
}

function isInOrder(test: OrderTest, evaluation: Evaluation): Matched {
  const { index } = test.slot
  const { singles } = evaluation.prepared
  const single = index >= 0 && index < singles.length ? singles[index] : undefined
  if (single === undefined) return isAnyInOrder(test, evaluation)
  const exhausted = takeStep(evaluation.work)
  if (exhausted !== undefined) return failed(evaluation, exhausted)
  return compare(single as bigint, test) ? YES : NO
}

function isAnyInOrder(test: OrderTest, evaluation: Evaluation): Matched {
  const values = readBag(evaluation, test.slot, test.missing)
  if (values instanceof Failure) return failed(evaluation, values)
  const exhausted = takeStep(evaluation.work, 1 + values.length)
  if (exhausted !== undefined) return failed(evaluation, exhausted)
  for (let i = 0; i < values.length; i++) if (compare(values[i] as bigint, test)) return YES
  return NO
}

/** Checking has proved that value and bound are of one type: integers, or doubles. */
function compare(value: bigint | number, { operator, bound }: OrderTest): boolean {
  switch (operator) {
    case '>':
      return value > bound
    case '>=':
      return value >= bound
    case '<':
      return value < bound
    case '<=':
      return value <= bound
  }
}

/** True when the function holds of the literal and any value of the bag; an error counts only where none does. */
function matchByFunction({ row, literal, bag }: MatchTest, evaluation: Evaluation): Matched {
  if (literal instanceof Failure) return failed(evaluation, literal)
  const values = evaluateExpression(bag, evaluation)
  if (values instanceof Failure) return failed(evaluation, values)
  const { work, limits } = evaluation
  const exhausted = takeStep(work)
  if (exhausted !== undefined) return failed(evaluation, exhausted)
  let failure: Failure | undefined
  for (const value of values as readonly Value[]) {
    const args = [literal, value]
    const result =
      row.form === 'strict'
        ? (takeStep(work, stepsOfCall(args)) ?? row.call(args, limits, work))
        : callFunction(row, args, contextOf(evaluation))
    if (result === true) return YES
    if (result instanceof Failure) failure ??= result
  }
  return failure === undefined ? NO : failed(evaluation, failure)
}
