import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from '../failure.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { endByNumber, leaveAtExit, stopAtExit } from './last-resort.ts'
import { runServer, type ServerOptions, stopServer } from './server.ts'
import type { Server } from './start-server.ts'

export interface Embedded {
  readonly socketFolder: string
  /** Stops the server, as its only user. */
  stop(): Promise<void>
}

export interface EmbeddedOptions extends ServerOptions {
  /** Called once when another copy took the folder while our server was down: this process must end. */
  readonly onTaken?: (failure: DatabaseFailure) => void
}

/**
 * Starts or adopts the server of `folder` and locks the folder for this process. A second copy gets
 * `DATABASE_IN_USE` and leaves the server alone. A server that dies is started again. Whatever ends this process, short of a
 * kill, ends the server too; when it cannot be had, or `signal` is aborted, nothing that was begun is left running.
 */
export async function startEmbedded(given: EmbeddedOptions): Promise<Embedded> {
  const { signal, ...rest } = given
  const options: EmbeddedOptions = {
    ...rest,
    onSpawn: (database, child) => stopAtExit(database, () => void child.kill('SIGINT')),
  }
  let isStopping = false
  let server: Server = await runServer(signal === undefined ? options : { ...options, signal })
  let lock: FolderLock = await lockOrStop(server, options, onLost)
  let recovery: Promise<void> = Promise.resolve()

  function onLost(): void {
    if (!isStopping) recovery = recover()
  }

  async function recover(): Promise<void> {
    for (let tries = 0; !isStopping; tries++) {
      await sleep(Math.min(2_000, 50 * 2 ** tries))
      try {
        server = await runServer(options)
        lock = await lockOrStop(server, options, onLost)
        return
      } catch (error) {
        if (!(error instanceof DatabaseFailure) || error.code !== 'DATABASE_IN_USE') continue
        isStopping = true
        options.onTaken?.(error)
      }
    }
  }

  const stop = async (): Promise<void> => {
    if (isStopping) return
    isStopping = true
    await recovery
    // The lock is held until the server is gone, so that no other copy can begin to use a server that is being stopped.
    await stopServer(server)
    leaveAtExit(server.database)
    await lock.release()
  }
  if (signal?.aborted === true) await stop()
  signal?.throwIfAborted()
  return { socketFolder: server.socketFolder, stop }
}

/** From the lock on the server is ours. Without it, it is another copy's, unless nobody but us can have begun it. */
async function lockOrStop(server: Server, { folder }: EmbeddedOptions, onLost: () => void): Promise<FolderLock> {
  try {
    const lock = await lockFolder(server.socketFolder, folder, onLost)
    if (server.adopted) stopAtExit(server.database, () => endByNumber(server.database, server.pid))
    return lock
  } catch (error) {
    leaveAtExit(server.database)
    const isTaken = error instanceof DatabaseFailure && error.code === 'DATABASE_IN_USE'
    if (!server.adopted && !isTaken) await stopServer(server)
    throw error
  }
}
