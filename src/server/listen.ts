/** The HTTP server: what Node would do by itself is set here to what a gateway for large files needs. */
import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Duplex } from 'node:stream'
import { getRequestListener, RequestError } from '@hono/node-server'
import type { Hono } from 'hono'
import { securityHeaders } from './answer.ts'
import { type Attendance, answerOf, attend } from './connections.ts'
import type { Env } from './door.ts'

/** By the names of the settings. */
export interface ListenOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly connections: number
  /** From the first byte of a connection or request, or from when it was opened, to the end of its headers. */
  readonly headerSeconds: number
  readonly uploadIdleSeconds: number
}

/** The address is taken; requests wait until there is an application to answer them. */
export interface Bound {
  readonly url: string
  readonly port: number
  serve(app: Hono<Env>): Listening
  /** Gives the address back when nothing will be served after all. */
  release(): void
}

export interface Listening {
  readonly url: string
  readonly port: number
  /** Takes no new connection, lets what runs finish within `grace` milliseconds, then calls `onLate` and cuts what is left. */
  close(grace: number, onLate: () => void): Promise<{ readonly cut: number }>
}

type Answer = (incoming: IncomingMessage, outgoing: ServerResponse) => void

/** Binds, or fails with the error of the system. */
export async function bind(options: ListenOptions): Promise<Bound> {
  const { host, port, connections } = options
  const waiting: (readonly [IncomingMessage, ServerResponse])[] = []
  let answer: Answer = (incoming, outgoing) => waiting.push([incoming, outgoing])
  const server = createServer(httpOptions(options))
  const attendance = attend(server, { connections, idle: options.uploadIdleSeconds * 1000 })
  const take: Answer = (incoming, outgoing) => {
    if (attendance.begin(outgoing)) answer(incoming, outgoing)
  }
  server.on('request', take)
  // Node would send 100 Continue by itself, before anybody has decided whether the body may come
  server.on('checkContinue', take)
  server.on('clientError', answerNonsense)
  await started(server, host, port)
  const bound = server.address() as AddressInfo
  const shown = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  const url = `http://${shown}:${bound.port}`
  return {
    url,
    port: bound.port,
    serve(app) {
      const listener = getRequestListener(app.fetch, { errorHandler })
      answer = (incoming, outgoing) => void listener(incoming, outgoing)
      for (const [incoming, outgoing] of waiting.splice(0)) answer(incoming, outgoing)
      return { url, port: bound.port, close: (grace, onLate) => close(server, attendance, grace, onLate) }
    },
    release: () => {
      server.close()
      server.closeAllConnections()
    },
  }
}

const httpOptions = ({ headerSeconds }: ListenOptions): ServerOptions => ({
  maxHeaderSize: 32 * 1024,
  requireHostHeader: false,
  headersTimeout: headerSeconds * 1000,
  // how often Node looks: whoever is late is met within a quarter of the time more
  connectionsCheckingInterval: headerSeconds * 250,
  // an upload takes as long as it takes: its own handler watches that bytes keep coming
  requestTimeout: 0,
  keepAliveTimeout: 65_000,
})

/** What the parser of Node does not take never becomes a request; it is answered here, and the connection ends. */
function answerNonsense(error: NodeJS.ErrnoException, socket: Duplex): void {
  if (error.code === 'ECONNRESET' || !socket.writable) {
    socket.destroy(error)
    return
  }
  // an answer under way on this connection must not get another one into the middle of it
  if (answerOf(socket)?.headersSent === true) {
    socket.destroy(error)
    return
  }
  const status = statusLines[error.code ?? ''] ?? '400 Bad Request'
  const headers = Object.entries(securityHeaders).map(([name, value]) => `${name}: ${value}\r\n`)
  // who does not read the answer must not keep the connection for it
  setTimeout(() => socket.destroy(), 1_000).unref()
  socket.end(`HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n${headers.join('')}\r\n`)
}

const statusLines: Readonly<Record<string, string>> = {
  HPE_HEADER_OVERFLOW: '431 Request Header Fields Too Large',
  ERR_HTTP_REQUEST_TIMEOUT: '408 Request Timeout',
}

/** A target or a Host that makes no URL. Everything else is caught by the door. */
const errorHandler = (error: unknown): Response =>
  new Response(null, { status: error instanceof RequestError ? 400 : 500, headers: securityHeaders })

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
}

async function close(
  server: Server,
  { running, dismiss }: Attendance,
  grace: number,
  onLate: () => void,
): Promise<{ readonly cut: number }> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  dismiss()
  const dismissing = setInterval(dismiss, 100)
  const timeUp = new Promise<'late'>((resolve) => setTimeout(resolve, grace, 'late').unref())
  const late = (await Promise.race([closed, timeUp])) === 'late'
  const cut = late ? running() : 0
  if (late) {
    onLate()
    server.closeAllConnections()
  }
  await closed
  clearInterval(dismissing)
  return { cut }
}
