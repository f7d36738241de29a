/**
 * What a decision may cost, counted in elementary steps of about a microsecond. Whoever does work that grows with its
 * input pays for it first, so that a bound holds whatever a policy and a request make of each other.
 */
import { Failure } from './model/failure.ts'
import type { Bag, Value } from './model/value.ts'
import { maximumDigits } from './values/bounds.ts'

/** Counts down the steps of one decision, nested requests included. */
export interface Work {
  stepsLeft: number
  /** How many requests access-permitted has made so far, and how deep inside each other they are now. */
  nestedRequests: number
  nesting: number
  /** The setting that the steps come from. */
  countedBy: 'steps' | 'stepsPerRequest'
  /** Set for good once a bound that protects the engine was hit: the whole decision is then Indeterminate. */
  exhausted: Failure | undefined
  /** The steps that were left then. */
  unused: number
}

export const newWork = (stepsLeft: number): Work => ({
  stepsLeft,
  nestedRequests: 0,
  nesting: 0,
  countedBy: 'steps',
  exhausted: undefined,
  unused: 0,
})

/** A failure once the steps are used up. */
export function takeStep(work: Work, steps = 1): Failure | undefined {
  if (work.stepsLeft >= steps) {
    work.stepsLeft -= steps
    return undefined
  }
  return outOfSteps(work)
}

const outOfSteps = (work: Work): Failure =>
  exhaust(work, `the ${owner[work.countedBy]} takes more steps than the limit \`${work.countedBy}\` allows`)

const owner = { steps: 'decision', stepsPerRequest: 'request' }

/**
 * A policy could turn such an error into a Permit (permit-unless-deny), and the request decides how large its values are:
 * so the decision as a whole is refused, whatever its policies make of it. From here on nothing is free: every step fails
 * for the same reason.
 */
export function exhaust(work: Work, message: string): Failure {
  if (work.exhausted !== undefined) return work.exhausted
  work.exhausted = new Failure('processing-error', message)
  work.unused = work.stepsLeft
  work.stepsLeft = -1
  return work.exhausted
}

/* ── a request of many decisions ─────────────────────────────────────────────────────────────────────────────── */

/** What is left to all the decisions of one request. */
export interface Budget {
  stepsLeft: number
}

/** Work for one more decision: what its own limit allows, and no more than the request has left. */
export function allot(work: Work, steps: number, budget: Budget | undefined): void {
  const isShort = budget !== undefined && budget.stepsLeft < steps
  work.stepsLeft = isShort ? budget.stepsLeft : steps
  work.countedBy = isShort ? 'stepsPerRequest' : 'steps'
}

/** After the decision: what it took is gone. */
export function settleUp(work: Work, steps: number, budget: Budget | undefined): void {
  if (budget === undefined) return
  const left = work.exhausted === undefined ? work.stepsLeft : work.unused
  budget.stepsLeft -= Math.min(steps, budget.stepsLeft) - left
}

/* ── prices ──────────────────────────────────────────────────────────────────────────────────────────────────── */

/** This many characters, or values of a bag, are worth a step. */
const perStep = 16

export const stepsOfSize = (size: number): number => Math.floor(size / perStep)

/** Of a call: its arguments are looked at in full. Written out, because it runs for every call. */
export function stepsOfCall(args: readonly (Value | Bag)[]): number {
  let size = 0
  for (let i = 0; i < args.length; i++) {
    const arg = args[i]!
    if (typeof arg === 'string') size += arg.length
    else if (Array.isArray(arg)) size += sizeOfBag(arg as Bag)
    else if (typeof arg === 'object' || typeof arg === 'bigint') size += sizeOfValue(arg as Value)
  }
  return size < perStep ? 1 : 1 + stepsOfSize(size)
}

/** Of what is put into a result: a step for each value, and more for long ones. */
export function stepsOfAssignments(values: Bag): number {
  return values.length + stepsOfSize(sizeOfBag(values))
}

function sizeOfBag(bag: Bag): number {
  let size = bag.length
  for (let i = 0; i < bag.length; i++) size += sizeOfValue(bag[i]!)
  return size
}

/** About the characters of the text of a value, where there may be many; of the others none. */
export function sizeOfValue(value: Value): number {
  switch (typeof value) {
    case 'string':
      return value.length
    case 'bigint':
      return value > short || value < -short ? maximumDigits : 0
    case 'object':
      return sizeOfObject(value as LongObject)
    default:
      return 0
  }
}

const short = 2n ** 64n

/** The members that hold text as long as its author likes, of base64Binary, hexBinary, x500Name and so on. */
interface LongObject {
  readonly text?: string
  readonly digits?: string
  readonly domain?: string
  readonly local?: string
  readonly host?: string
  readonly path?: string
}

function sizeOfObject({ text, digits, domain, local, host, path }: LongObject): number {
  const long = text ?? digits ?? domain ?? host ?? path
  return (long?.length ?? 0) + (local?.length ?? 0)
}
