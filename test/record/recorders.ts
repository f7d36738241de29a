import { randomBytes } from 'node:crypto'
import type { Sql } from '../../src/database/sql.ts'
import { createRecorder, type Recorder, type RecorderOptions } from '../../src/record/writer.ts'
import { printValue } from './samples.ts'

export function recorderOn(sql: Sql, change: Partial<RecorderOptions> = {}): Recorder {
  return createRecorder({
    sql,
    node: 'node-1',
    random: randomBytes,
    printValue,
    clock: () => performance.now(),
    ...change,
  })
}
