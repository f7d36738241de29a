/** Compiled policy and request to response: the multiple decision profile around single decisions. */
import { combineResults } from '../evaluating/combined-decision.ts'
import type { Hierarchy } from '../evaluating/context.ts'
import { expandRequest, type Question } from '../evaluating/multiple-decisions.ts'
import { refuseRequest } from '../evaluating/result.ts'
import { payForResult } from '../evaluating/result-size.ts'
import { defaultLimits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Request } from '../model/request.ts'
import type { Response, Result } from '../model/response.ts'
import type { CompiledPolicy } from './compile.ts'
import { type DecidedResult, decide } from './decide.ts'
import type { DecideOptions } from './evaluation.ts'
import { prepare } from './prepare.ts'

export interface EvaluateOptions extends DecideOptions {
  readonly hierarchy?: Hierarchy
}

/** A response whose results name what determined them; one that no policy was asked for names nothing. */
export interface DecidedResponse extends Response {
  readonly results: readonly DecidedResult[]
}

/** The same answer as the plain evaluator's. Whatever is wrong with the request is an Indeterminate; a bug throws. */
export function evaluate(policy: CompiledPolicy, request: Request, options: EvaluateOptions): DecidedResponse {
  const questions = expandRequest(request, options.limits ?? defaultLimits, options.hierarchy)
  if (questions instanceof Failure)
    return { results: [undetermined(refuseRequest(questions, withoutCategories(request)))] }
  const budget = options.budget ?? { stepsLeft: (options.limits ?? defaultLimits).stepsPerRequest }
  const results = questions.map((question) => {
    const result = answer(policy, question, { ...options, budget })
    const tooLong = questions.length > 1 ? payForResult(result, budget) : undefined
    return tooLong === undefined ? result : undetermined(refuseRequest(tooLong, withoutCategories(request)))
  })
  return { results: request.combinedDecision ? [undetermined(combineResults(results, request))] : results }
}

function answer(policy: CompiledPolicy, { request, failure }: Question, options: DecideOptions): DecidedResult {
  if (failure !== undefined) return undetermined(refuseRequest(failure, request))
  return decide(policy, prepare(request, policy.vocabulary), options)
}

const withoutCategories = (request: Request): Request => ({ ...request, categories: [] })

const undetermined = (result: Result): DecidedResult => ({ ...result, determining: [] })
