/** What a data folder says about the server that runs on it: `postmaster.pid`, believed only when the process agrees. */
import { execFileSync } from 'node:child_process'
import { readFile, readlink, realpath } from 'node:fs/promises'
import { connect } from 'node:net'
import { join } from 'node:path'
import { socketPort } from '../sql.ts'

export interface Postmaster {
  readonly pid: number
  /** Where its unix socket lies; the fifth line of the file. */
  readonly socketFolder: string
  /** `starting`, `ready`, `stopping`; the eighth line of the file, empty while the server is too young. */
  readonly status: string
}

export async function readPostmaster(folder: string): Promise<Postmaster | undefined> {
  const text = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  const lines = text.split('\n').map((line) => line.trim())
  const pid = Number(lines[0])
  if (!Number.isInteger(pid) || pid <= 0) return undefined
  return { pid, socketFolder: lines[4] ?? '', status: lines[7] ?? '' }
}

/**
 * Whether the process of a `postmaster.pid` is really the server of this folder. After a crash of the machine, or in a
 * container that was started again, the number may belong to any process.
 */
export async function isPostmasterOf(pid: number, folder: string): Promise<boolean> {
  if (!isRunning(pid)) return false
  if (process.platform !== 'linux') return commandOf(pid).includes('postgres')
  // The server's working folder is its data folder. Only its own account and root may look: whoever may not is a stranger.
  const [workingFolder, dataFolder] = await Promise.all([
    readlink(`/proc/${pid}/cwd`).catch(() => undefined),
    realpath(folder).catch(() => undefined),
  ])
  return workingFolder !== undefined && workingFolder === dataFolder
}

export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function commandOf(pid: number): string {
  try {
    return execFileSync('ps', ['-o', 'command=', '-p', String(pid)], { encoding: 'utf8', timeout: 5_000 })
  } catch {
    return ''
  }
}

export function socketPath(socketFolder: string): string {
  return join(socketFolder, `.s.PGSQL.${socketPort}`)
}

/** Whether something accepts connections on the socket. */
export function answers(socketFolder: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(socketPath(socketFolder))
    const finish = (answer: boolean): void => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2_000, () => finish(false))
    socket.once('connect', () => finish(true))
    socket.once('error', () => finish(false))
  })
}
