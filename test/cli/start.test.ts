/** What somebody is told whose gateway does not start, or starts in a way they may not have meant. */
import { createServer } from 'node:net'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { withDatabase } from '../support/database.ts'
import { spawnGateway } from '../support/process.ts'
import { run } from './terminal.ts'

const database = withDatabase()
const taken = createServer()
const given = process.env.PORTVAKT_DATABASE_URL
let port = 0

beforeAll(async () => {
  await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
  port = (taken.address() as { readonly port: number }).port
  process.env.PORTVAKT_DATABASE_URL = database.url
})
afterAll(() => {
  taken.close()
  if (given === undefined) delete process.env.PORTVAKT_DATABASE_URL
  else process.env.PORTVAKT_DATABASE_URL = given
})

describe('an address or a folder that cannot be used is told by the name of its setting', () => {
  const cases: [what: string, argv: () => readonly string[], ...said: string[]][] = [
    ['a port in use', () => ['--port', String(port)], 'is in use by another process', '`--port` or `PORTVAKT_PORT`'],
    ['an address of others', () => ['--host', '192.0.2.1', '--port', '0'], 'no address `192.0.2.1`', 'PORTVAKT_HOST'],
    [
      'a name of nobody',
      () => ['--host', 'nobody.invalid', '--port', '0'],
      '`nobody.invalid` is not known',
      'PORTVAKT_HOST',
    ],
    [
      'storage where nothing can be made',
      () => ['--storage-folder', '/proc/portvakt/files', '--port', '0'],
      '`/proc/portvakt/files` cannot be used: nothing can be made there',
      'PORTVAKT_STORAGE_FOLDER',
    ],
    [
      'storage that is a file',
      () => ['--storage-folder', import.meta.filename, '--port', '0'],
      'there is a file of that name',
      'PORTVAKT_STORAGE_FOLDER',
    ],
  ]
  test.each(cases)('%s', async (_, argv, ...said) => {
    const { code, err } = await run('start', '--log-level', 'silent', ...argv())
    expect(code).toBe(1)
    expect(err).toMatch(/^portvakt: [^\n]*\n$/)
    for (const one of said) expect(err).toContain(one)
  })
})

test('the log names the data folder, warns that no token will do, and tells each attempt on a database', async () => {
  const gateway = spawnGateway('/nowhere/data', {
    PORTVAKT_LOG_LEVEL: 'info',
    PORTVAKT_DEVELOPMENT_ISSUER: 'off',
    PORTVAKT_DATABASE_URL: 'postgres://nobody:secret-word@127.0.0.1:1/none',
    PORTVAKT_DATABASE_WAIT_SECONDS: '1',
  })
  expect(await gateway.ended).toBe(1)
  const output = gateway.output()
  expect(output).toContain('"dataFolder":"/nowhere/data"')
  expect(output).toContain('every token will be refused; set `PORTVAKT_ISSUERS`')
  expect(output).toMatch(
    /"address":"127\.0\.0\.1:1","reason":"nothing accepts[^"]*","secondsLeft":1,"message":"the database does not answer yet"/,
  )
  expect(output).toMatch(/^portvakt: the database of `DATABASE_URL` \(127\.0\.0\.1:1\) cannot be used, after 1 s: /m)
  expect(output).not.toContain('secret-word')
})
