/** The HTTP server: what Node would do by itself is set here to what a gateway for large files needs. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import type { Hono } from 'hono'
import type { Env } from './door.ts'

export interface ListenOptions {
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
}

export interface Listening {
  readonly url: string
  readonly port: number
  /** Requests whose answer has not ended. */
  inFlight(): number
  /** Takes no new connection, lets what runs finish within `grace` milliseconds, then cuts what is left. */
  close(grace: number): Promise<{ readonly cut: number }>
}

/** Listens, or fails with an error that names the address. */
export async function listen(app: Hono<Env>, { host, port }: ListenOptions): Promise<Listening> {
  let running = 0
  const listener = getRequestListener(app.fetch)
  const answer = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
    running++
    outgoing.once('close', () => running--)
    void listener(incoming, outgoing)
  }
  const server = createServer({ maxHeaderSize: 32 * 1024 }, answer)
  // Node would send 100 Continue by itself, before anybody has decided whether the body may come
  server.on('checkContinue', answer)
  // an upload takes as long as it takes: its own handler watches that bytes keep coming
  server.requestTimeout = 0
  server.headersTimeout = 30_000
  server.keepAliveTimeout = 65_000
  server.maxRequestsPerSocket = 0
  await started(server, host, port)
  const bound = server.address() as AddressInfo
  const shown = bound.family === 'IPv6' ? `[${bound.address}]` : bound.address
  return {
    url: `http://${shown}:${bound.port}`,
    port: bound.port,
    inFlight: () => running,
    close: (grace) => close(server, () => running, grace),
  }
}

function started(server: Server, host: string, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE')
        reject(new Error(`${host}:${port} is in use; choose another port with PORTVAKT_PORT`))
      else reject(error)
    })
    server.listen(port, host, resolve)
  })
}

async function close(server: Server, running: () => number, grace: number): Promise<{ readonly cut: number }> {
  const closed = new Promise<void>((resolve) => server.close(() => resolve()))
  server.closeIdleConnections()
  const idle = setInterval(() => server.closeIdleConnections(), 100)
  const timeUp = new Promise<'late'>((resolve) => setTimeout(resolve, grace, 'late').unref())
  const late = (await Promise.race([closed, timeUp])) === 'late'
  const cut = late ? running() : 0
  if (late) server.closeAllConnections()
  await closed
  clearInterval(idle)
  return { cut }
}
