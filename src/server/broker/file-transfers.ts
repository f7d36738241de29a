/** The file transfer API of the broker: paths, headers and bodies of its contract (section 1), in and out. */

import type { ServerResponse } from 'node:http'
import {
  askAboutNoTransfer,
  askToInitialize,
  askToLook,
  askToReceive,
  askToSearch,
  askToUpload,
  askUnnamed,
  type TransferFacts,
} from '../../collect/questions.ts'
import type { Checked, InitializeInput } from '../../handle/transfer/check-initialize.ts'
import type { Confirmed } from '../../handle/transfer/confirm.ts'
import type { Download, DownloadInput } from '../../handle/transfer/download.ts'
import type { Details, Transfer } from '../../handle/transfer/find.ts'
import type { Found, SearchInput } from '../../handle/transfer/search.ts'
import type { BrokerResource } from '../../handle/transfer/transfers.ts'
import type { Uploaded, UploadInput } from '../../handle/transfer/upload.ts'
import type { Outcome, Route } from '../../pipeline.ts'
import type { Authenticated, Collected, Decided, Grant, HandlerProblem, Question } from '../../steps.ts'
import { type Answer, emptyAnswer, jsonAnswer, securityHeaders } from '../answer.ts'
import { type BodyBounds, openBody, readBody } from '../body.ts'
import { whenOver } from '../connections.ts'
import { type DoorRequest, type Endpoint, endpoint } from '../door.ts'
import { checkMediaType, collected, done, failed, malformed } from '../route.ts'

/** What the handlers offer, handed in by `main`. */
export interface FileTransfers {
  parseInitialize(body: Uint8Array): Checked<InitializeInput>
  parseParty(text: string): string | undefined
  parseTransferId(text: string): string | undefined
  parseSearch(query: URLSearchParams): Checked<SearchInput>
  resource(id: string): Promise<BrokerResource | undefined>
  find(id: string): Promise<Transfer | undefined>
  findDetails(id: string): Promise<Details | undefined>
  initialize(
    grant: Grant,
    input: InitializeInput,
    resource: BrokerResource | undefined,
  ): Promise<{ readonly kind: 'initialized'; readonly id: string } | HandlerProblem>
  upload(
    grant: Grant,
    transfer: Transfer,
    resource: BrokerResource | undefined,
    input: UploadInput,
  ): Promise<Uploaded | HandlerProblem>
  openDownload(grant: Grant, transfer: Transfer, input: DownloadInput): Promise<Download | HandlerProblem>
  confirm(
    grant: Grant,
    id: string,
    party: string,
    resource: BrokerResource | undefined,
  ): Promise<Confirmed | HandlerProblem>
  search(party: string, input: SearchInput): Promise<Found>
  overviewJson(transfer: Transfer): unknown
  detailsJson(details: Details): unknown
}

const base = '/broker/api/v1/filetransfer'
const json = 'application/json'

export const fileTransferEndpoints = (handlers: FileTransfers, bounds: BodyBounds): readonly Endpoint[] => [
  endpoint({
    method: 'POST',
    path: base,
    operation: 'initialize',
    produces: json,
    route: (request) => initialize(handlers, bounds, request),
  }),
  endpoint({
    method: 'GET',
    path: base,
    operation: 'search',
    produces: json,
    route: (request) => search(handlers, request),
  }),
  endpoint({
    method: 'GET',
    path: `${base}/:id`,
    operation: 'overview',
    produces: json,
    route: (request) => overview(handlers, request),
  }),
  endpoint({
    method: 'GET',
    path: `${base}/:id/details`,
    operation: 'details',
    produces: json,
    route: (request) => details(handlers, request),
  }),
  endpoint({
    method: 'POST',
    path: `${base}/:id/upload`,
    operation: 'upload',
    isLong: true,
    produces: json,
    route: (request) => upload(handlers, request),
  }),
  endpoint({
    method: 'GET',
    path: `${base}/:id/download`,
    operation: 'download',
    route: (request) => download(handlers, request),
  }),
  endpoint({
    method: 'POST',
    path: `${base}/:id/confirmdownload`,
    operation: 'confirm',
    produces: json,
    route: (request) => confirm(handlers, request),
  }),
]

/* ── initialize ─────────────────────────────────────────────────────────────────────────────────────────────── */

function initialize(
  handlers: FileTransfers,
  bounds: BodyBounds,
  request: DoorRequest,
): Route<InitializeInput | undefined, Answer> {
  return {
    async collect(authenticated) {
      const wrongType = checkMediaType(request, json)
      if (wrongType !== undefined) return malformed(authenticated, askUnnamed('write'), wrongType)
      const body = await readBody(request.incoming, request.outgoing, bounds)
      if (!body.ok) return malformed(authenticated, askUnnamed('write'), { code: body.code })
      const input = handlers.parseInitialize(body.bytes)
      if (input.ok) return collected(authenticated, askToInitialize(input.value), input.value)
      return malformed(authenticated, questionOfMalformed(handlers, body.bytes), input.malformed)
    },
    async handle(grant, input) {
      const resource = await handlers.resource(input!.resource)
      const result = await handlers.initialize(grant, input!, resource)
      return result.kind === 'problem' ? failed(grant, result) : done(jsonAnswer(200, { fileTransferId: result.id }))
    },
  }
}

/** A body that is wrong may still name resource and sender: then the answer to a stranger is no, not a lesson in JSON. */
function questionOfMalformed(handlers: FileTransfers, body: Uint8Array): Question {
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder().decode(body))
  } catch {
    return askUnnamed('write')
  }
  const members = new Map(
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([name, member]) => [name.toLowerCase(), member])
      : [],
  )
  const resource = members.get('resourceid')
  const sender = members.get('sender')
  const party = typeof sender === 'string' ? handlers.parseParty(sender) : undefined
  if (typeof resource !== 'string' || party === undefined) return askUnnamed('write')
  return askToInitialize({
    resource: resource.replace(/^urn:altinn:resource:/, '').slice(0, 255),
    sender: party,
    recipients: [],
  })
}

/* ── one transfer ───────────────────────────────────────────────────────────────────────────────────────────── */

/** Finds the transfer that the path names; what is not there, or no id, is asked about as such. */
async function collectTransfer(
  handlers: FileTransfers,
  request: DoorRequest,
  authenticated: Authenticated,
  action: string,
  ask: (facts: TransferFacts, caller: string | undefined) => Question,
): Promise<Collected<Transfer | undefined>> {
  const id = handlers.parseTransferId(request.params.id!)
  if (id === undefined) {
    const errors = { fileTransferId: [`The value '${request.params.id!.slice(0, 100)}' is not valid.`] }
    return malformed(authenticated, askUnnamed(action), { code: 'PVK-00001', errors })
  }
  const transfer = await handlers.find(id)
  if (transfer === undefined) return collected(authenticated, askAboutNoTransfer(action, id), undefined)
  const facts = { ...transfer, recipients: transfer.recipients.map(({ party }) => party) }
  return collected(authenticated, ask(facts, authenticated.caller.organisation), transfer)
}

function overview(handlers: FileTransfers, request: DoorRequest): Route<Transfer | undefined, Answer> {
  return {
    collect: (authenticated) => collectTransfer(handlers, request, authenticated, 'read', askToLook),
    handle: async (_grant, transfer) => done(jsonAnswer(200, handlers.overviewJson(transfer!))),
  }
}

function details(handlers: FileTransfers, request: DoorRequest): Route<Transfer | undefined, Answer> {
  return {
    collect: (authenticated) => collectTransfer(handlers, request, authenticated, 'read', askToLook),
    async handle(grant, transfer) {
      const found = await handlers.findDetails(transfer!.id)
      return found === undefined
        ? failed(grant, { kind: 'problem', code: 'BRO-00001' })
        : done(jsonAnswer(200, handlers.detailsJson(found)))
    },
  }
}

function upload(handlers: FileTransfers, request: DoorRequest): Route<Transfer | undefined, Answer> {
  return {
    collect: async (authenticated) => {
      const found = await collectTransfer(handlers, request, authenticated, 'write', askToUpload)
      const wrongType = checkMediaType(request, 'application/octet-stream', 'may be absent')
      return wrongType === undefined || found.malformed !== undefined ? found : { ...found, malformed: wrongType }
    },
    async handle(grant, transfer) {
      const resource = await handlers.resource(transfer!.resource)
      const { incoming, outgoing } = request
      const length = incoming.headers['content-length']
      // asked for only when the handler begins to read, which is after it has looked at status and length
      const body = openBody(incoming, outgoing)
      const result = await handlers.upload(grant, transfer!, resource, {
        body: body.bytes,
        ...(length === undefined ? {} : { contentLength: Number(length) }),
      })
      if (result.kind === 'problem') {
        body.drain()
        return failed(grant, result)
      }
      return done(jsonAnswer(200, { fileTransferId: result.id }), { bytes: result.size })
    },
  }
}

function download(handlers: FileTransfers, request: DoorRequest): Route<Transfer | undefined, Answer> {
  return {
    collect: (authenticated) => collectTransfer(handlers, request, authenticated, 'read', askToReceive),
    async handle(grant, transfer, decided) {
      const result = await handlers.openDownload(grant, transfer!, {
        party: permittedParty(decided),
        range: request.header('range'),
        ifRange: request.header('if-range'),
        headersOnly: request.incoming.method === 'HEAD',
      })
      if (result.kind === 'problem') return failed(grant, result)
      const answer = { status: result.status, headers: { ...securityHeaders, ...result.headers } }
      if (result.body === undefined) return done(answer)
      return {
        answer: { ...answer, body: result.body },
        outcome: { status: result.status },
        finished: sent(result, request.outgoing, grant.signal),
      }
    },
  }
}

/** Complete when everything has been handed to the system; else 499, with the bytes that were on their way by then. */
function sent({ body, status, length }: Download, outgoing: ServerResponse, signal: AbortSignal): Promise<Outcome> {
  let bytes = 0
  body!.on('data', (chunk: Buffer) => {
    bytes += chunk.length
  })
  body!.pause()
  return new Promise((resolve) => {
    const settle = (): void => {
      // a file that nobody will read any more must not stay open
      body!.destroy()
      const error = signal.aborted ? 'the grant ended before the file did' : 'the connection ended before the file did'
      const isWhole = outgoing.writableFinished && bytes === length
      resolve(isWhole ? { status, bytes } : { status: 499, bytes, error })
    }
    // at once when the client has gone while the file was being opened
    whenOver(outgoing, settle)
  })
}

function confirm(handlers: FileTransfers, request: DoorRequest): Route<Transfer | undefined, Answer> {
  return {
    collect: (authenticated) => collectTransfer(handlers, request, authenticated, 'read', askToReceive),
    async handle(grant, transfer, decided) {
      const resource = await handlers.resource(transfer!.resource)
      const result = await handlers.confirm(grant, transfer!.id, permittedParty(decided), resource)
      return result.kind === 'problem' ? failed(grant, result) : done(emptyAnswer(204))
    },
  }
}

/** The recipient that the decision was about: what is authorized is what is handled. */
function permittedParty<M>({ parts }: Decided<M>): string {
  const permitted = parts.find(({ decision }) => decision === 'Permit')
  if (permitted?.ask.party === undefined) throw new Error('a grant without the party it was given for')
  return permitted.ask.party
}

/* ── search ─────────────────────────────────────────────────────────────────────────────────────────────────── */

function search(handlers: FileTransfers, request: DoorRequest): Route<SearchInput | undefined, Answer> {
  return {
    async collect(authenticated) {
      const input = handlers.parseSearch(request.query)
      const { organisation } = authenticated.caller
      if (input.ok) return collected(authenticated, askToSearch(input.value.resource, organisation), input.value)
      const resource = request.query.get('resourceId')
      const question =
        resource === null || resource === '' ? askUnnamed('read') : askToSearch(resource.slice(0, 255), organisation)
      return malformed(authenticated, question, input.malformed)
    },
    async handle(_grant, input, decided) {
      const found = await handlers.search(permittedParty(decided), input!)
      const next: Record<string, string> = found.next === undefined ? {} : { 'X-Next-Cursor': found.next }
      return done(jsonAnswer(200, found.ids, next))
    },
  }
}
