/** Programs of the embedded database that do not do what they should, and what the operator is told of it. */
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { serverAccount } from '../../src/database/embedded/account.ts'
import { inDataFolder, makeFolder } from '../../src/database/embedded/folder.ts'
import { initialise } from '../../src/database/embedded/initialise.ts'
import { startServer } from '../../src/database/embedded/start-server.ts'

let root = ''
let count = 0
beforeAll(async () => {
  root = await mkdtemp('/tmp/portvakt-programs-')
  await rm(root, { recursive: true })
  await makeFolder(root)
})
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))

/** Makes a database in a folder of its own with this for `initdb`; its `$2` is the folder that it is to fill. */
async function make(script: string, { signal, patience }: { signal?: AbortSignal; patience?: number } = {}) {
  const folder = await makeFolder(join(root, String(++count)))
  const initdb = join(folder, 'initdb')
  await writeFile(initdb, `#!/bin/sh\n${script}\n`, { mode: 0o755 })
  const options = { durable: false, ...(signal === undefined ? {} : { signal }) }
  const binaries = { initdb, postgres: '/nowhere' }
  const made = initialise(folder, join(folder, 'database'), binaries, await serverAccount(), options, patience)
  return {
    folder,
    failure: made.then(
      () => undefined,
      (error: unknown) => error,
    ),
  }
}

describe('a database that is being made', () => {
  test.each([
    ['fails', 'echo no room >&2; exit 1', 'the database could not be made: no room'],
    ['is killed and leaves what it was running', 'sleep 50 & kill -9 $$', 'could not be made: SIGKILL ended it'],
    ['takes too long', 'sleep 50', 'could not be made: it did not end within 0.3 s'],
  ])('its program %s', async (_name, script, message) => {
    const { folder, failure } = await make(script, { patience: script === 'sleep 50' ? 300 : 30_000 })
    expect(await failure).toMatchObject({ code: 'DATABASE_START_FAILED', message: expect.stringContaining(message) })
    expect(await readdir(folder)).toEqual(['initdb'])
  })

  test.runIf(process.platform === 'linux')(
    'is given up while something else still holds what a killed program wrote to (needs setsid)',
    async () => {
      const stop = new AbortController()
      // one that has left the group, and says when the program has gone altogether
      const other = 'while kill -0 $0; do sleep 0.02; done 2> /dev/null; touch "$1/gone"; sleep 1'
      const { folder, failure } = await make(`setsid sh -c '${other}' $$ "$2" & sleep 0.3; kill -9 $$`, stop)
      const made = async () => (await readdir(folder, { recursive: true })).some((name) => name.endsWith('/gone'))
      await expect.poll(made, { timeout: 20_000 }).toBe(true)
      const reason = new Error('stop')
      stop.abort(reason)
      expect(await failure).toBe(reason)
    },
  )

  describe('where its program must be copied', () => {
    afterEach(() => vi.unstubAllEnvs())

    test('a temporary folder that is missing is not taken for the data folder', async () => {
      vi.stubEnv('TMPDIR', join(root, 'missing'))
      const folder = await makeFolder(join(root, 'temporary'))
      const programs = { initdb: join(root, 'a $name', 'initdb'), postgres: '/nowhere' }
      const made = initialise(folder, join(folder, 'database'), programs, undefined, {})
      await expect(made).rejects.toMatchObject({
        code: 'DATABASE_START_FAILED',
        message: expect.stringMatching(/no temporary folder can be made in `.*missing`: .*; set `TMPDIR`/),
      })
      expect(await readdir(folder)).toEqual([])
    })
  })
})

test('a server program that cannot be run is named with the reason', async () => {
  const folder = await makeFolder(join(root, 'server'))
  const binaries = { initdb: '/nowhere', postgres: join(root, 'no-postgres') }
  await expect(startServer(folder, join(folder, 'database'), binaries, undefined, {})).rejects.toMatchObject({
    code: 'DATABASE_START_FAILED',
    message: expect.stringMatching(/did not start: spawn .*no-postgres ENOENT/),
  })
})

describe('what the file system says', () => {
  const failure = (code: string) => Object.assign(new Error(`${code}: said so`), { code, syscall: 'open' })
  const work = (error: Error) => inDataFolder('/data', () => Promise.reject(error))

  test.each(['EACCES', 'EROFS', 'ENOSPC', 'EIO'])('against the data folder names the setting: %s', async (code) => {
    await expect(work(failure(code))).rejects.toMatchObject({
      code: 'DATABASE_FOLDER_UNUSABLE',
      message: expect.stringContaining('PORTVAKT_DATA_FOLDER'),
    })
  })

  test.each(['EMFILE', 'ENFILE', 'ENOMEM'])('for want of something else stays what it is: %s', async (code) => {
    const error = failure(code)
    await expect(work(error)).rejects.toBe(error)
  })
})
