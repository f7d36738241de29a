/** A bare TCP connection, for requests that no HTTP client would send. */
import { connect, type Socket } from 'node:net'

export interface Wire {
  readonly socket: Socket
  send(bytes: string | Uint8Array): void
  /** What has arrived so far, byte for byte. */
  received(): string
  /** Waits until what has arrived matches; fails with what has arrived when the connection ends or the time is up. */
  until(pattern: RegExp, milliseconds?: number): Promise<string>
  /** Everything that arrives until the other side ends the connection. */
  toEnd(milliseconds?: number): Promise<string>
  end(): void
}

export async function openWire(port: number): Promise<Wire> {
  const socket = connect(port, '127.0.0.1')
  socket.setNoDelay(true)
  let received = ''
  let ended = false
  let wake: (() => void) | undefined
  const changed = (): void => wake?.()
  socket.on('data', (chunk: Buffer) => {
    received += chunk.toString('latin1')
    changed()
  })
  socket.on('error', changed)
  socket.on('close', () => {
    ended = true
    changed()
  })
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve)
    socket.once('error', reject)
  })
  const waitFor = async (arrived: () => boolean, what: string, milliseconds: number): Promise<string> => {
    const deadline = performance.now() + milliseconds
    while (!arrived()) {
      const left = deadline - performance.now()
      if (left <= 0 || ended)
        throw new Error(`${what} did not come (${ended ? 'ended' : 'time is up'}); got: ${received.slice(0, 2_000)}`)
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left)
        wake = () => {
          clearTimeout(timer)
          resolve()
        }
      })
    }
    return received
  }
  return {
    socket,
    send: (bytes) => void socket.write(bytes),
    received: () => received,
    until: (pattern, milliseconds = 10_000) => waitFor(() => pattern.test(received), String(pattern), milliseconds),
    toEnd: (milliseconds = 10_000) => waitFor(() => ended, 'the end', milliseconds),
    end: () => socket.destroy(),
  }
}

/** Sends one request on a connection of its own and returns everything that comes until the other side ends it. */
export async function exchange(port: number, request: string | Uint8Array, milliseconds?: number): Promise<string> {
  const wire = await openWire(port)
  try {
    wire.send(request)
    return await wire.toEnd(milliseconds)
  } finally {
    wire.end()
  }
}

export const statusOf = (response: string): number => Number(/^HTTP\/1\.1 (\d{3})/.exec(response)?.[1] ?? Number.NaN)
