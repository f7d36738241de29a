/** Multiple decision profile, section 4: many results in one, when the request asks for it (CombinedDecision). */
import { Failure, statusUri } from '../model/failure.ts'
import type { Request } from '../model/request.ts'
import type { Result } from '../model/response.ts'
import { refuseRequest } from './result.ts'

/** One decision when all are equal, none of them asking for obligations or advice; Indeterminate otherwise. No attributes. */
export function combineResults(results: readonly Result[], request: Request): Result {
  const [first] = results
  if (first === undefined) throw new Error('a request gives at least one result')
  const refuse = (message: string): Result => ({
    ...refuseRequest(new Failure('processing-error', message), request),
    attributes: [],
  })
  if (results.some(({ obligations, advice }) => obligations.length > 0 || advice.length > 0)) {
    return refuse('a combined decision has no place for obligations or advice')
  }
  if (results.some(({ decision }) => decision !== first.decision)) {
    return refuse('the decisions that were to be combined differ')
  }
  if (first.decision === 'Indeterminate') {
    if (results.length === 1) return { ...first, extended: 'DP', attributes: [] }
    return refuse(`all the decisions are Indeterminate; of the first: ${first.status.message ?? 'no reason given'}`)
  }
  const policies = results.flatMap((result) => (result.policies ? [result.policies] : []))
  return {
    decision: first.decision,
    status: { codes: [statusUri('ok')] },
    obligations: [],
    advice: [],
    attributes: [],
    ...(request.returnPolicyIdList && {
      policies: {
        policies: unique(policies.flatMap((list) => list.policies)),
        policySets: unique(policies.flatMap((list) => list.policySets)),
      },
    }),
  }
}

function unique<T extends { id: string; version: string }>(identifiers: readonly T[]): readonly T[] {
  return [...new Map(identifiers.map((one) => [JSON.stringify([one.id, one.version]), one])).values()]
}
