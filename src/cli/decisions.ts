/** `portvakt decisions`: reads the record straight from the database, beside a gateway that may be running. */
import { visitDatabase } from '../database/connect.ts'
import { decisionsCommand } from '../record/decisions-command.ts'
import { readSettings } from './start.ts'

export async function decisions(argv: readonly string[]): Promise<number> {
  const database = await visitDatabase(readSettings())
  try {
    const { exitCode, out, err } = await decisionsCommand(argv, { sql: database.sql, now: () => new Date() })
    process.stdout.write(out)
    process.stderr.write(err)
    return exitCode
  } finally {
    await database.close()
  }
}
