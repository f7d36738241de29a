/** The process is killed while it writes: what it has acknowledged is there, and what is there is whole. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import { expect, it } from 'vitest'
import { recordMigrations } from '../../src/record/migrations.ts'
import { verifyRecords } from '../../src/record/verify.ts'
import { withDatabase } from '../support/database.ts'

const database = withDatabase({ migrations: recordMigrations })
const child = fileURLToPath(new URL('kill-child.ts', import.meta.url))

/** Ids acknowledged before the process was killed, in the middle of its work. */
async function writeUntilKilled(atLeast: number): Promise<string[]> {
  const writer = spawn(process.execPath, ['--import', 'tsx', child, database.url], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = once(writer, 'close')
  let printed = ''
  writer.stdout.setEncoding('latin1').on('data', (text: string) => {
    printed += text
    if (printed.length > atLeast * 37) writer.kill('SIGKILL')
  })
  const [, signal] = await ended
  expect(signal).toBe('SIGKILL')
  // the last line may have been cut in the middle
  return printed.split('\n').slice(0, -1)
}

it('loses nothing that was acknowledged when the process is killed', { timeout: 60_000 }, async () => {
  for (const atLeast of [100, 1_500]) {
    const acknowledged = await writeUntilKilled(atLeast)
    expect(acknowledged.length).toBeGreaterThanOrEqual(atLeast - 1)
    const [lost] = await database.sql`
      select count(*) as records from unnest(${acknowledged}::text[]::uuid[]) as given(id)
      where not exists (select from decision d where d.id = given.id)`
    expect(lost?.records).toBe(0)
  }
  expect(await verifyRecords(database.sql)).toMatchObject({ kind: 'intact' })
})
