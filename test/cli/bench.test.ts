/** `npm run bench`: asked how it is used it measures nothing, and what it does not know it names. */
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test.each([
  ['--help', 0, /^usage: npm run bench/],
  ['engin', 2, /no benchmark `engin`; did you mean `engine`\?/],
  ['--sed=4', 2, /unknown option `--sed`; did you mean `--seed`\?/],
])('%s', async (argument, code, said) => {
  const ended = await new Promise<{ code: number; text: string }>((resolve) => {
    const argv = ['--import', 'tsx', 'test/bench/run.ts', argument]
    const child = execFile(process.execPath, argv, { cwd: root, timeout: 30_000 }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, text: out + err }),
    )
  })
  expect(ended.text).toMatch(said)
  expect(ended.code).toBe(code)
})
