import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from '../failure.ts'
import { type FolderLock, lockFolder } from './folder-lock.ts'
import { runServer, type Server, type ServerOptions, stopServer } from './server.ts'

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
 * `DATABASE_IN_USE` and leaves the server alone. A server that dies is started again.
 */
export async function startEmbedded(options: EmbeddedOptions): Promise<Embedded> {
  let isStopping = false
  let server: Server = await runServer(options)
  let lock: FolderLock = await lockFolder(server.socketFolder, options.folder, onLost)
  let recovery: Promise<void> = Promise.resolve()

  function onLost(): void {
    if (!isStopping) recovery = recover()
  }

  async function recover(): Promise<void> {
    for (let tries = 0; !isStopping; tries++) {
      await sleep(Math.min(2_000, 50 * 2 ** tries))
      try {
        server = await runServer(options)
        lock = await lockFolder(server.socketFolder, options.folder, onLost)
        return
      } catch (error) {
        if (!(error instanceof DatabaseFailure) || error.code !== 'DATABASE_IN_USE') continue
        isStopping = true
        options.onTaken?.(error)
      }
    }
  }

  return {
    socketFolder: server.socketFolder,
    stop: async () => {
      if (isStopping) return
      isStopping = true
      await recovery
      // The lock is held until the server is gone, so that no other copy can begin to use a server that is being stopped.
      await stopServer(server, options.folder)
      await lock.release()
    },
  }
}
