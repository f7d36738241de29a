/**
 * One door for every endpoint: checks Accept, makes an Arrival, sends it through the pipeline, and prints what came of it.
 * Nothing else turns a request into an answer.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Readable } from 'node:stream'
import { pipeline as pump } from 'node:stream/promises'
import type { HttpBindings } from '@hono/node-server'
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response'
import { type Context, Hono } from 'hono'
import { type Route, type Served, type Steps, serve } from '../pipeline.ts'
import { problems } from '../problems.ts'
import type { Arrival, Refusal, Trace } from '../steps.ts'
import { accepts } from './accept.ts'
import type { Allowance } from './allowance.ts'
import { type Answer, emptyAnswer, problemAnswer, textAnswer } from './answer.ts'
import { clientAddress } from './client-address.ts'
import { createDeadline } from './deadline.ts'
import { normalisePath, pathOf, wordsOf } from './path.ts'
import { isStorableText } from './route.ts'

/** A request as an endpoint reads it. Ids come from `params`, decoded once; the body only from `incoming`, when it is wanted. */
export interface DoorRequest {
  readonly params: Readonly<Record<string, string>>
  readonly query: URLSearchParams
  readonly incoming: IncomingMessage
  readonly outgoing: ServerResponse
  readonly trace: Trace
  header(name: string): string | undefined
}

/** One row of a door's table. */
export interface Endpoint<M = unknown> {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'HEAD'
  /** Hono pattern. */
  readonly path: string
  readonly operation: string
  /** Its handler reads a body that takes as long as it takes. */
  readonly isLong?: true
  /** The media type that the endpoint declares; absent means that Accept is not checked. */
  readonly produces?: string
  route(request: DoorRequest): Route<M, Answer>
}

/** Types are checked where the row is written; the table holds rows of every matter. */
export const endpoint = <M>(row: Endpoint<M>): Endpoint => row as unknown as Endpoint

/** What the door tells those who watch; see server/observation. */
export interface Observer {
  /** A trace for a request: from its traceparent header when that is valid, else new. */
  trace(traceparent: string | undefined, tracestate: string | undefined): Trace
  answered(arrival: Arrival, status: number, milliseconds: number): void
  notAuthenticated(arrival: Arrival, reason: string): void
  refused(arrival: Arrival, refusal: Refusal): void
  /** A bug, or a source that failed: never the client's doing. */
  failed(arrival: Arrival, error: unknown): void
}

export interface DoorOptions {
  readonly steps: Steps
  readonly observer: Observer
  /** The same route, seen. */
  observeRoute<M, A>(route: Route<M, A>): Route<M, A>
  readonly trustedProxies: readonly string[]
  readonly now: () => Date
  readonly newId: (now: Date) => string
  /** Milliseconds, monotonic. */
  readonly clock: () => number
  /** For requests without a token. */
  readonly anonymous: Allowance
  /** True once the server must not take on more. */
  readonly closing: () => boolean
}

export type Env = { readonly Bindings: HttpBindings }

/** The HTTP application for a table of endpoints, and for further rows that need no decision (health, the issuer). */
export function openDoors(
  options: DoorOptions,
  endpoints: readonly Endpoint[],
  undecided: readonly Undecided[] = [],
): Hono<Env> {
  const words = wordsOf([...endpoints, ...undecided].map(({ path }) => path))
  const app = new Hono<Env>({ getPath: (request) => normalisePath(pathOf(request.url), words) })
  for (const row of undecided) app.on(row.method, row.path, (context) => sendTo(context, row.answer(context)))
  for (const row of endpoints) app.on(row.method, row.path, (context) => enter(options, row, context))
  allowOnly(app, [...endpoints, ...undecided], options)
  app.notFound((context) => sendTo(context, problemAnswer({ code: 'PVK-00004' }, contextOf(options, context))))
  app.onError((error, context) => {
    options.observer.failed(arrive(options, 'unknown', context), error)
    return sendTo(context, problemAnswer({ code: 'PVK-00011' }, contextOf(options, context)))
  })
  return app
}

/** An endpoint that the pipeline has no part in. */
export interface Undecided {
  readonly method: string
  readonly path: string
  answer(context: Context<Env>): Answer | Promise<Answer>
}

function allowOnly(
  app: Hono<Env>,
  rows: readonly { readonly method: string; readonly path: string }[],
  options: DoorOptions,
): void {
  const methods = new Map<string, string[]>()
  for (const { path, method } of rows) methods.set(path, [...(methods.get(path) ?? []), method])
  for (const [path, allowed] of methods) {
    app.all(path, (context) =>
      sendTo(
        context,
        problemAnswer({ code: 'PVK-00005', headers: { Allow: allowed.join(', ') } }, contextOf(options, context)),
      ),
    )
  }
}

const contextOf = ({ observer }: DoorOptions, context: Context<Env>) => ({
  traceId: observer.trace(context.env.incoming.headers.traceparent as string | undefined, undefined).traceId,
  produces: undefined,
})

function arrive(
  { now, newId, observer, trustedProxies }: DoorOptions,
  operation: string,
  { env }: Context<Env>,
): Arrival {
  const { incoming } = env
  const at = now()
  return {
    id: newId(at),
    now: at,
    operation,
    authorization: soleAuthorization(incoming),
    client: {
      address: clientAddress(
        incoming.socket.remoteAddress,
        joined(incoming.headers['x-forwarded-for']),
        trustedProxies,
      ),
      method: incoming.method ?? 'GET',
      path: pathOf(incoming.url ?? '/').slice(0, 500),
    },
    trace: observer.trace(joined(incoming.headers.traceparent), joined(incoming.headers.tracestate)),
  }
}

const joined = (header: string | readonly string[] | undefined): string | undefined =>
  header === undefined || typeof header === 'string' ? header : header.join(',')

/** Node keeps the first of several Authorization headers; two are a trick, and are passed on as what no parser takes. */
function soleAuthorization({ headers, rawHeaders }: IncomingMessage): string | undefined {
  let count = 0
  for (let index = 0; index < rawHeaders.length; index += 2) {
    if (rawHeaders[index]!.length === 13 && rawHeaders[index]!.toLowerCase() === 'authorization') count++
  }
  return count > 1 ? 'more than one Authorization header' : headers.authorization
}

async function enter(options: DoorOptions, row: Endpoint, context: Context<Env>): Promise<Response> {
  const started = options.clock()
  const arrival = arrive(options, row.operation, context)
  const answer = await answerTo(options, row, arrival, context)
  options.observer.answered(arrival, answer.status, options.clock() - started)
  return sendTo(context, answer)
}

async function answerTo(options: DoorOptions, row: Endpoint, arrival: Arrival, context: Context<Env>): Promise<Answer> {
  const problemContext = { traceId: arrival.trace.traceId, produces: row.produces }
  const { incoming, outgoing } = context.env
  if (!accepts(incoming.headers.accept, row.produces)) {
    return textAnswer(406, 'text/plain; charset=utf-8', `This endpoint produces ${row.produces}`)
  }
  if (options.closing())
    return problemAnswer({ code: 'PVK-00012', headers: { Connection: 'close', 'Retry-After': '5' } }, problemContext)
  if (arrival.authorization === undefined && !options.anonymous.take()) {
    return problemAnswer({ code: 'PVK-00020', headers: { 'Retry-After': '1' } }, problemContext)
  }
  const params = context.req.param() as Record<string, string>
  const query = queryOf(incoming.url ?? '/')
  // no id and no name has such characters: there is nothing at such an address
  if (!areStorable(Object.values(params)) || !areStorable(query.values()))
    return problemAnswer({ code: 'PVK-00004' }, problemContext)
  const request: DoorRequest = {
    params,
    query,
    incoming,
    outgoing,
    trace: arrival.trace,
    header: (name) => joined(incoming.headers[name]),
  }
  const { route, within } = createDeadline(options.observeRoute(row.route(request)), row.isLong === true)
  try {
    return print(options, arrival, await within(serve(options.steps, arrival, route)), problemContext)
  } catch (error) {
    options.observer.failed(arrival, error)
    return problemAnswer({ code: options.steps.codeOf(error) }, problemContext)
  }
}

function queryOf(url: string): URLSearchParams {
  const start = url.indexOf('?')
  return start < 0 ? noQuery : new URLSearchParams(url.slice(start + 1))
}

/** Nobody writes to the query of a request, and most have none. */
const noQuery = new URLSearchParams()

function areStorable(texts: Iterable<string>): boolean {
  for (const text of texts) if (!isStorableText(text)) return false
  return true
}

function print(
  { observer }: DoorOptions,
  arrival: Arrival,
  served: Served<unknown, Answer>,
  context: { readonly traceId: string; readonly produces: string | undefined },
): Answer {
  switch (served.kind) {
    case 'not-authenticated':
      observer.notAuthenticated(arrival, served.reason)
      return served.status === 503
        ? problemAnswer({ code: 'PVK-00010', headers: { 'Retry-After': '10' } }, context)
        : emptyAnswer(401, { 'WWW-Authenticate': 'Bearer error="invalid_token"' })
    case 'not-approached':
      observer.refused(arrival, served.refusal)
      return refusalAnswer(served.refusal, context)
    case 'refused':
      observer.refused(arrival, served.enforced.refusal)
      return refusalAnswer(served.enforced.refusal, context)
    case 'malformed':
      return problemAnswer(served.malformed, context)
    case 'handled':
      return served.answer
  }
}

function refusalAnswer(
  refusal: Refusal,
  context: { readonly traceId: string; readonly produces: string | undefined },
): Answer {
  const headers: Record<string, string> = refusal.status === 401 ? { 'WWW-Authenticate': 'Bearer' } : {}
  if (refusal.silent) return emptyAnswer(refusal.status, headers)
  return problemAnswer(
    { code: refusal.code, status: refusal.status, headers, detail: problems[refusal.code].detail },
    context,
  )
}

/** Text goes through Hono's fast path; a stream is pumped straight to the socket, which is where its speed is. */
function sendTo(context: Context<Env>, answer: Answer | Promise<Answer>): Response | Promise<Response> {
  if (answer instanceof Promise) return answer.then((settled) => sendTo(context, settled))
  const { status, headers, body } = answer
  if (body === undefined) return new Response(null, { status, headers })
  if (typeof body === 'string') return new Response(body, { status, headers })
  return stream(context.env.outgoing, status, headers, body)
}

/** The head is out before the first byte is read; an error after it can only cut the connection. */
function stream(outgoing: ServerResponse, status: number, headers: Answer['headers'], body: Readable): Response {
  outgoing.writeHead(status, headers)
  pump(body, outgoing).catch(() => outgoing.destroy())
  return RESPONSE_ALREADY_SENT
}
