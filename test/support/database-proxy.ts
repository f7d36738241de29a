/** A wire between a gateway and its database that can be cut, held still and mended: for faults without stopping a server. */
import { connect, createServer, type Server, type Socket } from 'node:net'

export interface DatabaseProxy {
  /** For `DATABASE_URL`. */
  readonly url: string
  /** Ends every connection and takes no new one. */
  cut(): void
  /** Nothing is passed on any more, but nothing ends either. */
  hold(): void
  mend(): void
  close(): Promise<void>
}

export async function proxyDatabase(databaseUrl: string): Promise<DatabaseProxy> {
  const target = new URL(databaseUrl)
  const socketFolder = target.searchParams.get('host')
  let state: 'whole' | 'cut' | 'held' = 'whole'
  const pairs = new Set<readonly [Socket, Socket]>()
  const server: Server = createServer((client) => {
    if (state === 'cut') {
      client.destroy()
      return
    }
    const backend =
      socketFolder === null
        ? connect(Number(target.port || 5432), target.hostname)
        : connect(`${socketFolder}/.s.PGSQL.5432`)
    const pair = [client, backend] as const
    pairs.add(pair)
    for (const [from, to] of [pair, [backend, client]] as const) {
      from.on('data', (chunk) => to.write(chunk))
      from.on('error', () => to.destroy())
      from.on('close', () => {
        to.destroy()
        pairs.delete(pair)
      })
    }
    if (state === 'held') for (const socket of pair) socket.pause()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  if (address === null || typeof address === 'string') throw new Error('the proxy has no port')
  const url = new URL(databaseUrl)
  url.searchParams.delete('host')
  url.hostname = '127.0.0.1'
  url.port = String(address.port)
  const each = (act: (socket: Socket) => void): void => {
    for (const pair of pairs) for (const socket of pair) act(socket)
  }
  return {
    url: url.href,
    cut() {
      state = 'cut'
      each((socket) => socket.destroy())
    },
    hold() {
      state = 'held'
      each((socket) => socket.pause())
    },
    mend() {
      state = 'whole'
      each((socket) => socket.resume())
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        each((socket) => socket.destroy())
      }),
  }
}
