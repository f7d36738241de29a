/** Who may keep a connection: one that asks nothing, or takes nothing of its answer, must not keep it from others. */
import type { Server, ServerResponse } from 'node:http'
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
  /** From here until its answer has gone the connection of a request is not one that waits. */
  begin(socket: Socket, outgoing: ServerResponse): void
  /** Cuts those that have never said anything: Node takes them for busy, and would wait for them when it is to close. */
  dismiss(): void
}

/**
 * Past `connections` the one that has waited longest, for its first request or for its next, is cut for each that comes: many
 * that say nothing cost each other their place, and nobody else. Those with a request are never cut for others; when they alone
 * are too many the system turns new ones away at once.
 */
export function attend(server: Server, { connections, idle }: Room): Attendance {
  const waiting = new Set<Socket>()
  const busy = new Map<Socket, number>()
  let open = 0
  let running = 0
  // what is cut is closed a moment later, so a few more are let in than may stay
  server.maxConnections = connections + Math.ceil(connections / 10)
  server.on('connection', (socket: Socket) => {
    open++
    if (open > connections) cutOldest(waiting)
    waiting.add(socket)
    socket.once('close', () => {
      open--
      waiting.delete(socket)
    })
  })
  server.timeout = idle
  server.on('timeout', (socket: Socket) => {
    if (answerOf(socket)?.headersSent !== false) socket.destroy()
  })
  return {
    running: () => running,
    begin(socket, outgoing) {
      running++
      waiting.delete(socket)
      busy.set(socket, (busy.get(socket) ?? 0) + 1)
      outgoing.once('close', () => {
        running--
        const left = busy.get(socket)! - 1
        if (left > 0) busy.set(socket, left)
        else {
          busy.delete(socket)
          if (!socket.destroyed) waiting.add(socket)
        }
      })
    },
    dismiss() {
      for (const socket of waiting) if (socket.bytesRead === 0) socket.destroy()
    },
  }
}

function cutOldest(waiting: Set<Socket>): void {
  const [oldest] = waiting
  if (oldest === undefined) return
  waiting.delete(oldest)
  oldest.destroy()
}

/** The answer under way on a connection; Node tells by no other name which of several it is. */
export const answerOf = (socket: object): ServerResponse | undefined =>
  (socket as { readonly _httpMessage?: ServerResponse | null })._httpMessage ?? undefined
