/** What a door sends back: data, so that nothing is written to a socket before everything has been decided. */
import type { Readable } from 'node:stream'
import { type ProblemCode, problems } from '../problems.ts'
import type { HandlerProblem } from '../steps.ts'

export interface Answer {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  /** Text, a stream of bytes, or nothing. */
  readonly body?: string | Readable
}

/** On every response (HTTP contract of the broker, section 1.1). */
export const securityHeaders = { 'X-Content-Type-Options': 'nosniff', 'Cache-Control': 'no-store' } as const

export const emptyAnswer = (status: number, headers: Readonly<Record<string, string>> = {}): Answer => ({
  status,
  headers: { ...securityHeaders, ...headers },
})

export const jsonAnswer = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Answer =>
  textAnswer(status, 'application/json', JSON.stringify(body), headers)

export const textAnswer = (
  status: number,
  mediaType: string,
  body: string,
  headers: Readonly<Record<string, string>> = {},
): Answer => ({ status, headers: { 'Content-Type': mediaType, ...securityHeaders, ...headers }, body })

const sections: Readonly<Record<number, string>> = {
  400: '15.5.1',
  401: '15.5.2',
  403: '15.5.4',
  404: '15.5.5',
  405: '15.5.6',
  406: '15.5.7',
  408: '15.5.9',
  409: '15.5.10',
  412: '15.5.13',
  413: '15.5.14',
  415: '15.5.16',
  416: '15.5.17',
  500: '15.6.1',
  502: '15.6.3',
  503: '15.6.4',
}

const titles: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  406: 'Not Acceptable',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  412: 'Precondition Failed',
  413: 'Content Too Large',
  415: 'Unsupported Media Type',
  416: 'Range Not Satisfiable',
  429: 'Too Many Requests',
  451: 'Unavailable For Legal Reasons',
  500: 'Internal Server Error',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  507: 'Insufficient Storage',
}

/** Where a problem is answered: the trace, and the media type that the endpoint declares. */
export interface ProblemContext {
  readonly traceId: string
  readonly produces: string | undefined
}

type ProblemParts = Pick<HandlerProblem, 'code' | 'detail' | 'errors' | 'headers'> & { readonly status?: number }

/** A problem body (RFC 9457) with the members of the broker's: `code`, `traceId` and, for validation, `errors`. */
export function problemAnswer(problem: ProblemParts, context: ProblemContext): Answer {
  const row = problems[problem.code]
  const status = problem.status ?? row.status
  const title = problem.code === validation ? row.detail : (titles[status] ?? 'Error')
  const detail = problem.detail ?? row.detail
  const body = {
    type: `https://tools.ietf.org/html/rfc9110#section-${sections[status] ?? '15'}`,
    title,
    status,
    detail,
    ...(problem.errors === undefined ? {} : { errors: problem.errors }),
    code: problem.code,
    traceId: context.traceId,
    statusDescription: titles[status] ?? 'Error',
  }
  const mediaType = context.produces === 'application/json' ? 'application/json' : 'application/problem+json'
  return jsonAnswer(status, body, { ...problem.headers, 'Content-Type': mediaType })
}

const validation: ProblemCode = 'PVK-00001'
