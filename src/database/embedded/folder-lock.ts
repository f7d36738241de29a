/**
 * One data folder, one copy of Portvakt. The lock is a session advisory lock in the database itself: it ends with the
 * connection, and the connection ends with the process, however that ends.
 */
import { setTimeout as sleep } from 'node:timers/promises'
import { DatabaseFailure } from '../failure.ts'
import { lockKeys } from '../lock-keys.ts'
import { embeddedDatabase, embeddedUser, openSql, type Sql } from '../sql.ts'
import { isRunning } from './postmaster.ts'

const lockKey = lockKeys.folder
const namePrefix = 'portvakt lock of process '
/** A process that was killed keeps its lock until the server has noticed. */
const patienceMilliseconds = 5_000

export interface FolderLock {
  release(): Promise<void>
}

/** `onLost` is called when the connection, and so the lock, is gone without `release`. */
export async function lockFolder(socketFolder: string, folder: string, onLost: () => void): Promise<FolderLock> {
  let state: 'taking' | 'held' | 'over' = 'taking'
  const sql = openSql({
    place: { kind: 'socket', folder: socketFolder, database: embeddedDatabase, user: embeddedUser },
    size: 1,
    name: namePrefix + process.pid,
    lifetimeSeconds: 0,
    onClose: () => {
      if (state !== 'held') return
      state = 'over'
      onLost()
    },
  })
  try {
    await take(sql, folder)
    state = 'held'
  } catch (error) {
    state = 'over'
    await sql.end({ timeout: 1 })
    throw error
  }
  return {
    release: async () => {
      state = 'over'
      await sql.end({ timeout: 1 })
    },
  }
}

async function take(sql: Sql, folder: string): Promise<void> {
  const deadline = performance.now() + patienceMilliseconds
  for (;;) {
    const [row] = await sql.unsafe<{ taken: boolean }[]>(`select pg_try_advisory_lock(${lockKey}) as taken`)
    if (row?.taken === true) return
    const holder = await holderOf(sql)
    const isAlive = holder !== undefined && isRunning(holder)
    if (isAlive || performance.now() > deadline) {
      throw new DatabaseFailure(
        'DATABASE_IN_USE',
        `this data folder is in use by process ${holder ?? 'unknown'}: \`${folder}\`; ` +
          'stop that process, or set `PORTVAKT_DATA_FOLDER` to another folder',
      )
    }
    await sleep(50)
  }
}

async function holderOf(sql: Sql): Promise<number | undefined> {
  const rows = await sql.unsafe<{ name: string }[]>(`
    select application_name as name from pg_stat_activity a join pg_locks l on l.pid = a.pid
    where l.locktype = 'advisory' and l.granted
      and (l.classid::bigint << 32) | l.objid::bigint = ${lockKey}`)
  const pid = Number(rows[0]?.name.slice(namePrefix.length))
  return Number.isInteger(pid) && pid > 0 ? pid : undefined
}
