/** Writes decisions as fast as it can and prints the id of each that was acknowledged, until it is killed. */
import { randomBytes } from 'node:crypto'
import { openSql } from '../../src/database/sql.ts'
import { recorderOn } from './recorders.ts'
import { idAt, sample } from './samples.ts'

const sql = openSql({ place: { kind: 'url', url: process.argv[2]! }, size: 4, name: 'portvakt test' })
const recorder = recorderOn(sql)
let number = randomBytes(4).readUInt32BE()

async function write(): Promise<void> {
  for (;;) {
    const now = new Date()
    const id = idAt(now, number++)
    await recorder.decision(sample({ id, now }))
    // a pipe may be full for a moment: `writeSync` would throw then
    await new Promise<void>((resolve) => process.stdout.write(`${id}\n`, () => resolve()))
  }
}
await Promise.all(Array.from({ length: 50 }, write))
