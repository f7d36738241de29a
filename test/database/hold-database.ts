/** Run as a process of its own: opens the embedded database of a folder, says so, and holds it until it is told to end. */
import { openDatabase } from '../../src/database/connect.ts'
import { DatabaseFailure } from '../../src/database/failure.ts'

try {
  const database = await openDatabase({ dataFolder: process.argv[2] ?? '', databasePoolSize: 2 })
  process.once('SIGTERM', () => void database.close().then(() => process.exit(0)))
  setInterval(() => {}, 1_000_000)
  console.log('open')
} catch (error) {
  console.log(error instanceof DatabaseFailure ? `${error.code} ${error.message}` : String(error))
}
