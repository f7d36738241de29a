/**
 * Run as a process of its own: waits for an external database that is not there, is told to stop while it waits, and says what
 * would keep the process then.
 */
import { openDatabase } from '../../src/database/connect.ts'

const stop = new AbortController()
const databaseUrl = { reveal: () => 'postgres://127.0.0.1:1/none' }
try {
  await openDatabase(
    { dataFolder: '/nowhere', databasePoolSize: 1, databaseUrl },
    // a moment later: the pause has begun
    { signal: stop.signal, onWait: () => setTimeout(() => stop.abort(new Error('stop')), 20) },
  )
} catch (error) {
  const kept = process.getActiveResourcesInfo().filter((name) => name === 'Timeout')
  console.log(`${String(error)}, kept by ${kept.length}`)
}
