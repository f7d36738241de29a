/**
 * The plain evaluator: section 7 as it reads, rule by rule, nothing prepared. It is the measure for the compiled one, and
 * explains decisions, since it keeps what every element came to.
 */
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Policy, PolicySet } from '../model/policy.ts'
import type { Request } from '../model/request.ts'
import type { Response, Result } from '../model/response.ts'
import { allot, newWork, settleUp, type Work } from '../work.ts'
import { readClock } from './clock.ts'
import { combineResults } from './combined-decision.ts'
import type { DecisionContext, FindAttribute, Hierarchy, Resolve, Surroundings } from './context.ts'
import { type Evaluation, indeterminate } from './evaluation.ts'
import { expandRequest, type Question } from './multiple-decisions.ts'
import { evaluatePolicyElement } from './policy.ts'
import { applicablePolicies, buildResult, refuseRequest } from './result.ts'
import { payForResult } from './result-size.ts'

export interface PlainOptions {
  /** Finds referenced policies. They are checked ones, like the policy itself. */
  readonly resolve?: Resolve
  /** The one clock reading: an xs:dateTime with a zone. */
  readonly now: string
  readonly limits: Limits
  readonly hierarchy?: Hierarchy
  readonly findAttribute?: FindAttribute
}

/** On a policy that `checkPolicy` finds no error in. Whatever is wrong with the request is an Indeterminate; a bug throws. */
export function evaluatePlain(policy: Policy | PolicySet, request: Request, options: PlainOptions): Response {
  const surroundings = surroundingsOf(options)
  const questions = expandRequest(request, options.limits, options.hierarchy)
  if (questions instanceof Failure) return { results: [refuseRequest(questions, noAttributes(request))] }
  const { steps, stepsPerRequest } = options.limits
  const budget = { stepsLeft: stepsPerRequest }
  const answer = (question: Question): Result => {
    if (question.failure !== undefined) return refuseRequest(question.failure, question.request)
    const work = newWork(0)
    allot(work, steps, budget)
    const evaluation = evaluateOne(policy, question.request, surroundings, work)
    settleUp(work, steps, budget)
    return buildResult(evaluation, question.request, () => applicablePolicies(evaluation))
  }
  const results = questions.map((question): Result => {
    const result = answer(question)
    if (questions.length === 1) return result
    const tooLong = payForResult(result, budget)
    return tooLong === undefined ? result : refuseRequest(tooLong, noAttributes(request))
  })
  return { results: request.combinedDecision ? [combineResults(results, request)] : results }
}

const noAttributes = (request: Request): Request => ({ ...request, categories: [] })

/** What every policy and rule came to, as a tree; for a request that asks one question. */
export function explainPlain(policy: Policy | PolicySet, request: Request, options: PlainOptions): Evaluation {
  return evaluateOne(policy, request, surroundingsOf(options), newWork(options.limits.steps))
}

/** For access-permitted too, which shares its work with the decision that asks. */
export function evaluateOne(
  root: Policy | PolicySet,
  request: Request,
  surroundings: Surroundings,
  work: Work,
): Evaluation {
  const categories = new Map(request.categories.map((category) => [category.category, category]))
  const askAgain = (again: Request) => evaluateOne(root, again, surroundings, work).outcome
  const context: DecisionContext = { ...surroundings, askAgain, request, categories, work }
  const evaluation = evaluatePolicyElement(root, context, 1)
  if (work.exhausted === undefined) return evaluation
  return indeterminate(root, 'Indeterminate{DP}', work.exhausted, evaluation.children)
}

const neverResolve: Resolve = () => undefined

function surroundingsOf({ now, resolve, limits, hierarchy, findAttribute }: PlainOptions): Surroundings {
  return {
    clock: readClock(now),
    resolve: resolve ?? neverResolve,
    limits,
    ...(hierarchy !== undefined && { hierarchy }),
    ...(findAttribute !== undefined && { findAttribute }),
  }
}
