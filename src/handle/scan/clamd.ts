/**
 * Client of the ClamAV daemon: command INSTREAM over TCP or a unix socket (clamd(8)).
 *
 * The trap: clamd answers OK for what lies beyond its limits `MaxFileSize` and `MaxScanSize`, unless `AlertExceedsMax yes`
 * is set. So set it, and give a `limit` no higher than the lowest of those two and `StreamMaxLength`; larger files are
 * refused here before clamd is asked.
 */
import { connect, type NetConnectOpts, type Socket } from 'node:net'
import type { Scanner, Verdict } from './scanner.ts'

export interface ClamdOptions {
  readonly at: { readonly host: string; readonly port: number } | { readonly path: string }
  /** Bytes. */
  readonly limit: number
  /** Milliseconds without any progress; 120 s when left out. A large file gets more, for clamd is silent while it scans. */
  readonly patience?: number
}

/** Bytes a millisecond, a fifth of what was measured on a small machine. */
const slowestScan = 10_000

const longestAnswer = 4096
const longestChunk = 1024 * 1024

export function clamdScanner(options: ClamdOptions): Scanner {
  return {
    limit: options.limit,
    scan: async (body, size, signal) => {
      if (size > options.limit) {
        return { kind: 'unscannable', detail: `${size} bytes are more than the scanner's limit of ${options.limit}` }
      }
      try {
        const { answer, sent } = await instream(options, body, size, signal)
        return readAnswer(answer, sent, size)
      } catch (error) {
        return { kind: 'unavailable', detail: error instanceof Error ? error.message : String(error) }
      }
    },
  }
}

/** `sent` bytes of `size` were sent when clamd said `answer`. */
export function readAnswer(answer: string, sent: number, size: number): Verdict {
  const said = answer
    .replaceAll('\0', '')
    .trim()
    .replace(/^stream: /, '')
  if (said.endsWith(' FOUND')) {
    const name = said.slice(0, -' FOUND'.length)
    return name.startsWith('Heuristics.Limits.Exceeded')
      ? { kind: 'unscannable', detail: name }
      : { kind: 'infected', detail: name }
  }
  if (/size limit exceeded/i.test(said)) return { kind: 'unscannable', detail: said }
  if (said !== 'OK') return { kind: 'unavailable', detail: said === '' ? 'clamd gave no answer' : `clamd: ${said}` }
  if (sent !== size) return { kind: 'unavailable', detail: `only ${sent} of ${size} bytes could be read for scanning` }
  return { kind: 'clean' }
}

async function instream(
  options: ClamdOptions,
  body: AsyncIterable<Uint8Array>,
  size: number,
  signal: AbortSignal,
): Promise<{ readonly answer: string; readonly sent: number }> {
  const socket = connect(options.at as NetConnectOpts)
  const patience = (options.patience ?? 120_000) + Math.ceil(size / slowestScan)
  socket.setTimeout(patience, () => socket.destroy(new Error('clamd did not answer in time')))
  const stop = (): void => void socket.destroy(new Error('scanning was stopped'))
  signal.addEventListener('abort', stop, { once: true })
  if (signal.aborted) stop()
  const answer = collectAnswer(socket)
  // Both ends are watched at once: clamd may answer, and close, before it has read everything.
  const sending = send(socket, body)
  try {
    const [text, sent] = await Promise.all([answer, sending])
    return { answer: text, sent }
  } finally {
    signal.removeEventListener('abort', stop)
    socket.destroy()
  }
}

function collectAnswer(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    socket.on('data', (bytes) => {
      text += bytes.toString('latin1')
      if (text.includes('\0') || text.length > longestAnswer) resolve(text)
    })
    socket.on('end', () => resolve(text))
    socket.on('error', (error) => (text === '' ? reject(error) : resolve(text)))
    socket.on('close', () => resolve(text))
  })
}

/** Returns the bytes sent; fewer than there are when clamd has closed. Throws when `body` fails. */
async function send(socket: Socket, body: AsyncIterable<Uint8Array>): Promise<number> {
  let sent = 0
  socket.write('zINSTREAM\0')
  for await (const bytes of body) {
    for (let at = 0; at < bytes.byteLength; at += longestChunk) {
      const chunk = bytes.subarray(at, at + longestChunk)
      if (!(await sendChunk(socket, chunk))) return sent
      sent += chunk.byteLength
    }
  }
  if (!socket.destroyed) socket.write(new Uint8Array(4))
  return sent
}

async function sendChunk(socket: Socket, chunk: Uint8Array): Promise<boolean> {
  if (socket.destroyed || socket.writableEnded) return false
  const length = Buffer.alloc(4)
  length.writeUInt32BE(chunk.byteLength)
  socket.cork()
  socket.write(length)
  const hasRoom = socket.write(chunk)
  socket.uncork()
  if (!hasRoom) await drained(socket)
  return !socket.destroyed
}

function drained(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    const done = (): void => {
      socket.off('drain', done)
      socket.off('close', done)
      resolve()
    }
    socket.once('drain', done)
    socket.once('close', done)
    if (socket.destroyed) done()
  })
}
