/** The pieces that every route is made of. */
import type { Handled, Outcome } from '../pipeline.ts'
import type { Authenticated, Collected, Grant, HandlerProblem, Malformed, Question } from '../steps.ts'
import { type Answer, problemAnswer } from './answer.ts'
import { type BodyBounds, readBody } from './body.ts'
import type { DoorRequest } from './door.ts'

const json = 'application/json'

export const collected = <M>({ arrival, caller }: Authenticated, question: Question, matter: M): Collected<M> => ({
  kind: 'collected',
  arrival,
  caller,
  question,
  matter,
})

export const malformed = (
  { arrival, caller }: Authenticated,
  question: Question,
  wrong: Malformed,
): Collected<undefined> => ({
  kind: 'collected',
  arrival,
  caller,
  question,
  matter: undefined,
  malformed: wrong,
})

export const done = (answer: Answer, more: Partial<Outcome> = {}): Handled<Answer> => ({
  answer,
  outcome: { status: answer.status, ...more },
})

export function failed(
  grant: Grant,
  problem: HandlerProblem,
  headers: Readonly<Record<string, string>> = {},
): Handled<Answer> {
  const context = { traceId: grant.trace.traceId, produces: json }
  const answer = problemAnswer({ ...problem, headers: { ...problem.headers, ...headers } }, context)
  return {
    answer,
    outcome: {
      status: answer.status,
      code: problem.code,
      ...(problem.detail === undefined ? {} : { error: problem.detail }),
    },
  }
}

/** 415 for another media type than the one that the endpoint takes; parameters do not matter. */
export function checkMediaType(
  request: DoorRequest,
  wanted: string,
  absence: 'may be absent' | 'is wrong' = 'is wrong',
): Malformed | undefined {
  const given = request.header('content-type')?.replace(/;.*/s, '').trim().toLowerCase()
  if (given === wanted || (given === undefined && absence === 'may be absent')) return undefined
  return { code: 'PVK-00008', detail: `The body must be ${wanted}` }
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

export type JsonRead =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly malformed: Malformed }

/** The JSON value of the body; what is wrong with it is a value, told only after a permit. */
export async function readJson(request: DoorRequest, bounds: BodyBounds): Promise<JsonRead> {
  const wrongType = checkMediaType(request, json)
  if (wrongType !== undefined) return { ok: false, malformed: wrongType }
  const body = await readBody(request.incoming, request.outgoing, bounds)
  if (!body.ok) return { ok: false, malformed: { code: body.code } }
  try {
    const value: unknown = JSON.parse(utf8.decode(body.bytes))
    if (isStorable(value)) return { ok: true, value }
    const errors = { $: ['The body holds the character U+0000 or half of a surrogate pair; no text has those.'] }
    return { ok: false, malformed: { code: 'PVK-00001', errors } }
  } catch {
    return { ok: false, malformed: { code: 'PVK-00001', errors: { $: ['The body is not valid JSON in UTF-8.'] } } }
  }
}

/** Whether every string in a JSON value is Unicode text that a database can keep. */
function isStorable(value: unknown): boolean {
  if (typeof value === 'string') return isStorableText(value)
  if (typeof value !== 'object' || value === null) return true
  return Object.entries(value).every(([name, member]) => isStorableText(name) && isStorable(member))
}

export const isStorableText = (text: string): boolean => !text.includes('\0') && text.isWellFormed()
