import { createHash } from 'node:crypto'
import { createServer, type Server } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from '../failure.ts'

/** A copy that starts takes seconds; one that waits longer than this for another has met something else. */
const patienceMilliseconds = 60_000

/**
 * Runs `work` while no other process on this machine does so for the same path. The lock is an abstract unix socket: the
 * kernel gives it up when its process ends, however it ends, so there is no lock file to go stale. Linux only; elsewhere
 * `work` runs at once, and the server's own lock file is the only guard. Waiting ends when `signal` is aborted.
 */
export async function withStartLock<T>(path: string, work: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  if (process.platform !== 'linux') return work()
  const name = `\0portvakt-start-${createHash('sha256').update(path).digest('hex').slice(0, 40)}`
  const deadline = performance.now() + patienceMilliseconds
  for (;;) {
    signal?.throwIfAborted()
    const lock = await tryListen(name)
    if (lock !== undefined) {
      try {
        return await work()
      } finally {
        await new Promise((resolve) => lock.close(resolve))
      }
    }
    if (performance.now() > deadline) {
      throw new DatabaseFailure(
        'DATABASE_IN_USE',
        `another process has been starting on \`${path}\` for a minute; stop it first`,
      )
    }
    await sleep(20)
  }
}

function tryListen(name: string): Promise<Server | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy())
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else reject(error)
    })
    server.listen({ path: name }, () => {
      server.unref()
      resolve(server)
    })
  })
}
