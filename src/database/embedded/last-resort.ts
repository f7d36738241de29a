/** A server outlives the process that started it; here is what stops it when the process ends without having done so. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** By data folder of the server. */
const running = new Map<string, () => void>()
let isWatching = false

/**
 * When this process exits (not when it is killed) `end` is called, which tells the server to end; it does so by itself: open
 * transactions are rolled back, everything committed is on disk.
 */
export function stopAtExit(database: string, end: () => void): void {
  running.set(database, end)
  if (isWatching) return
  isWatching = true
  process.once('exit', () => {
    for (const end of running.values()) end()
  })
}

/** It has been stopped, or belongs to another process now. */
export function leaveAtExit(database: string): void {
  running.delete(database)
}

/** For a server that another process began: its number may have been given to a third meanwhile. */
export function endByNumber(database: string, pid: number): void {
  try {
    const [first] = readFileSync(join(database, 'postmaster.pid'), 'utf8').split('\n')
    if (Number(first) === pid) process.kill(pid, 'SIGINT')
  } catch {
    return
  }
}
