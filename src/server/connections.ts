/** Who may keep a connection: one that asks nothing, or takes nothing of its answer, must not keep it from others. */
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'

export interface Room {
  /** Connections that are held at once; above it those that wait make room. */
  readonly connections: number
  /** Milliseconds for which a connection may move no byte while an answer is on its way. */
  readonly idle: number
}

export interface Attendance {
  /** How many requests are being answered. */
  running(): number
  /**
   * From here until its answer has gone the connection of a request is not one that waits. False: it is cut, for it asks more
   * at once than it may, and nothing is to be done for this request.
   */
  begin(outgoing: ServerResponse): boolean
  /**
   * Cuts those that wait, also in the middle of a header: Node takes these for busy, and would wait for them when it is to close.
   * One that is still sending the body of a request that has been answered is left to its bounds: it would lose the answer.
   */
  dismiss(): void
}

/**
 * Requests of one connection that are under way at once (RFC 9112 section 9.3.2). Node starts every one that it has read, a
 * thousand of a single read: without a bound one connection would fill the memory.
 */
const maximumPipelined = 32

/**
 * Past `connections` one that waits, for its first request or for its next, is cut for each that comes. Those that have never
 * said anything hold half the places at most: when they have more, the oldest of them is cut, so that many that say nothing
 * cost each other their place and, past that half, nobody else. Otherwise it is the one that has waited longest. More than that
 * would be a trap: who has just come has said nothing yet either, and would lose its place at once where others hold theirs by
 * half a header. Those with a request are never cut for others; when they alone are too many the system turns new ones away.
 */
export function attend(server: Server, { connections, idle }: Room): Attendance {
  const waiting = createWaiting(connections / 2)
  const busy = new Map<Socket, number>()
  let running = 0
  admit(server, connections, waiting)
  server.timeout = idle
  server.on('timeout', (socket: Socket) => {
    if (answerOf(socket)?.headersSent !== false) socket.destroy()
  })
  return {
    running: () => running,
    begin(outgoing) {
      const { req: incoming } = outgoing
      const { socket } = incoming
      const asked = (busy.get(socket) ?? 0) + 1
      if (asked > maximumPipelined) socket.destroy()
      if (socket.destroyed) return false
      running++
      waiting.delete(socket)
      busy.set(socket, asked)
      whenOver(outgoing, () => {
        running--
        const left = busy.get(socket)! - 1
        if (left > 0) busy.set(socket, left)
        else {
          busy.delete(socket)
          if (!socket.destroyed) waiting.add(socket, incoming)
        }
      })
      return true
    },
    dismiss: () => waiting.cutAll(),
  }
}

function admit(server: Server, connections: number, waiting: Waiting): void {
  let open = 0
  // what is cut is closed a moment later, so a few more are let in than may stay
  server.maxConnections = connections + Math.ceil(connections / 10)
  server.on('connection', (socket: Socket) => {
    open++
    if (open > connections) waiting.cutOne()
    waiting.add(socket)
    socket.once('close', () => {
      open--
      waiting.delete(socket)
    })
  })
}

interface Waiting {
  /** `last` is the request that was answered before. */
  add(socket: Socket, last?: IncomingMessage): void
  delete(socket: Socket): void
  cutOne(): void
  cutAll(): void
}

function createWaiting(silentPlaces: number): Waiting {
  // both in the order in which they began to wait
  const all = new Map<Socket, IncomingMessage | undefined>()
  /** Those of them that had said nothing when they were last looked at. */
  const silent = new Set<Socket>()
  const remove = (socket: Socket): void => {
    all.delete(socket)
    silent.delete(socket)
  }
  const cut = (socket: Socket): void => {
    remove(socket)
    socket.destroy()
  }
  return {
    add(socket, last) {
      all.set(socket, last)
      if (last === undefined) silent.add(socket)
    },
    delete: remove,
    cutOne() {
      for (const socket of silent) {
        if (silent.size <= silentPlaces) break
        if (socket.bytesRead === 0) return cut(socket)
        silent.delete(socket)
      }
      const [oldest] = all.keys()
      if (oldest !== undefined) cut(oldest)
    },
    cutAll() {
      for (const [socket, last] of all) if (last?.complete !== false) cut(socket)
    },
  }
}

/** What waits for the end of a connection: one listener for all of it, for there is no end to the requests on one. */
const endings = new WeakMap<Socket, Set<() => void>>()

/**
 * Calls back once, when an answer is over: it has gone, or its connection has. To be asked for this, and not `close` of the
 * answer: Node never emits that for one that is queued behind another (pipelining, RFC 9112 section 9.3.2) when they both die.
 */
export function whenOver(outgoing: ServerResponse, call: () => void): void {
  const { socket } = outgoing.req
  if (outgoing.closed || socket.destroyed) {
    call()
    return
  }
  const calls = endings.get(socket) ?? endingsOf(socket)
  const over = (): void => {
    if (calls.delete(over)) call()
  }
  calls.add(over)
  outgoing.once('close', over)
}

function endingsOf(socket: Socket): Set<() => void> {
  const calls = new Set<() => void>()
  endings.set(socket, calls)
  socket.once('close', () => {
    for (const call of calls) call()
  })
  return calls
}

/** The answer under way on a connection; Node tells by no other name which of several it is. */
export const answerOf = (socket: object): ServerResponse | undefined =>
  (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
