/** What transfers are made with, and what time does to them. */

import { randomUUID } from 'node:crypto'
import type { Sql } from '../database/sql.ts'
import { clamdScanner } from '../handle/scan/clamd.ts'
import type { Scanner } from '../handle/scan/scanner.ts'
import { openLocalFolder } from '../handle/storage/local-folder.ts'
import { startScanning } from '../handle/transfer/scan-waiting.ts'
import { sweep, sweepOrphans } from '../handle/transfer/sweep.ts'
import type { Transfers } from '../handle/transfer/transfers.ts'
import type { Logger } from '../server/observation/log.ts'
import type { Settings } from '../settings/settings.ts'
import { prepareFolder } from './unusable.ts'

export async function openTransfers(settings: Settings, sql: Sql): Promise<Transfers> {
  const scanner = openScanner(settings)
  await prepareFolder('storageFolder', 'PORTVAKT_STORAGE_FOLDER', 'folder of files', settings.storageFolder)
  return {
    sql,
    store: await openLocalFolder(settings.storageFolder),
    ...(scanner === undefined ? {} : { scanner }),
    maxFileSize: settings.maxFileSize,
    allowUnscannedFiles: settings.allowUnscannedFiles,
    clock: () => new Date(),
    newId: randomUUID,
    patience: { stallAfter: settings.uploadIdleSeconds * 1000 },
  }
}

/** `host:port`, or the path of a socket. */
function openScanner({ clamd, clamdMaxBytes }: Settings): Scanner | undefined {
  if (clamd === '') return undefined
  const [host, port] = clamd.startsWith('/') ? [] : clamd.split(/:(?=\d+$)/)
  const at = host !== undefined && port !== undefined ? { host, port: Number(port) } : { path: clamd }
  return clamdScanner({ at, limit: clamdMaxBytes })
}

/** What time does to transfers, looked at once a minute. */
export async function startTidying(
  transfers: Transfers,
  logger: Logger,
): Promise<{ scan(): void; stop(): Promise<void> }> {
  const trouble = (error: unknown, transfer?: string): void =>
    logger.error({ error, transfer }, 'tidying up transfers failed')
  const once = async (): Promise<void> => {
    await sweep(transfers, new Date(), trouble)
  }
  await once()
  await sweepOrphans(transfers)
  let running: Promise<void> = Promise.resolve()
  const timer = setInterval(() => {
    running = running.then(once).catch(trouble)
  }, 60_000)
  timer.unref()
  const scanning = startScanning(transfers, { onError: trouble })
  return {
    scan: scanning.wake,
    async stop() {
      clearInterval(timer)
      await scanning.stop()
      await running
    },
  }
}
