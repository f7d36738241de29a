/**
 * One connection of a client that costs next to nothing: requests are bytes made beforehand, answers are only measured. On a
 * machine with two cores a full client would take the server's.
 */
import { connect, type Socket } from 'node:net'

export interface Reply {
  readonly status: number
  /** Bytes of the answer, head and body. */
  readonly bytes: number
  readonly body: string
}

export interface Connection {
  /** One at a time. Rejects when the connection ends first. */
  send(request: Buffer): Promise<Reply>
  close(): void
}

const endOfHead = Buffer.from('\r\n\r\n')
const lengthHeader = /\r\ncontent-length: *(\d+)/i

export function openConnection(port: number): Promise<Connection> {
  return new Promise((resolve, reject) => {
    const socket: Socket = connect(port, '127.0.0.1')
    socket.setNoDelay(true)
    let waiting: { resolve(reply: Reply): void; reject(error: Error): void } | undefined
    let held: Buffer = Buffer.alloc(0)
    socket.once('connect', () =>
      resolve({
        send: (request) =>
          new Promise((answered, failed) => {
            waiting = { resolve: answered, reject: failed }
            socket.write(request)
          }),
        close: () => socket.destroy(),
      }),
    )
    socket.on('data', (chunk) => {
      held = held.length === 0 ? chunk : Buffer.concat([held, chunk])
      const reply = readReply(held)
      if (reply === undefined) return
      held = held.subarray(reply.bytes)
      const { resolve: answered } = waiting!
      waiting = undefined
      answered(reply)
    })
    const fail = (error: Error): void => {
      reject(error)
      waiting?.reject(error)
    }
    socket.on('error', fail)
    socket.on('close', () => fail(new Error('the server closed the connection')))
  })
}

/** undefined until the answer is whole. */
function readReply(bytes: Buffer): Reply | undefined {
  const headLength = bytes.indexOf(endOfHead)
  if (headLength < 0) return undefined
  const head = bytes.toString('latin1', 0, headLength)
  const status = Number(head.slice(9, 12))
  const length = lengthHeader.exec(head)?.[1]
  if (length === undefined && status !== 204) throw new Error(`an answer of unknown length:\n${head}`)
  const start = headLength + endOfHead.length
  const end = start + Number(length ?? 0)
  if (bytes.length < end) return undefined
  return { status, bytes: end, body: bytes.toString('utf8', start, end) }
}

export interface RequestParts {
  readonly method: string
  readonly path: string
  readonly token: string
  readonly json?: unknown
}

export function encodeRequest({ method, path, token, json }: RequestParts): Buffer {
  const body = json === undefined ? '' : JSON.stringify(json)
  const head = [`${method} ${path} HTTP/1.1`, 'Host: 127.0.0.1', `Authorization: Bearer ${token}`, 'Accept: */*']
  if (json !== undefined) head.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`)
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`)
}
