/** Folders with names and places that nobody would choose, until somebody does. */
import { cp, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openDatabase } from '../../src/database/connect.ts'
import { serverAccount } from '../../src/database/embedded/account.ts'
import { prepareBinaries } from '../../src/database/embedded/binaries.ts'
import { makeFolder, makeMissing } from '../../src/database/embedded/folder.ts'
import { initialise } from '../../src/database/embedded/initialise.ts'
import { prepareFolder } from '../../src/wiring/unusable.ts'

let root = ''
beforeAll(async () => {
  root = await mkdtemp('/tmp/portvakt-folders-')
  await rm(root, { recursive: true })
  await makeFolder(root)
})
afterAll(() => rm(root, { recursive: true, force: true, maxRetries: 5 }))

const odd = `it's $HOME "and" \`more\` \\ åß`

describe('the embedded database', () => {
  test('lies in a folder of any name', async () => {
    const database = await openDatabase({ dataFolder: join(root, odd), databasePoolSize: 2 })
    expect(await database.sql`select 1 as n`).toEqual([{ n: 1 }])
    await database.close()
  })

  test('is made by programs in a folder of any name', async () => {
    const account = await serverAccount()
    const { initdb } = await prepareBinaries(account, root)
    const bin = join(initdb, '../..')
    const copy = join(await makeFolder(join(root, `programs ${odd}`)), 'native')
    await cp(bin, copy, { recursive: true, verbatimSymlinks: true })
    const folder = await makeFolder(join(root, 'made'))
    const programs = { initdb: join(copy, 'bin/initdb'), postgres: join(copy, 'bin/postgres') }
    await initialise(folder, join(folder, 'database'), programs, account, { durable: false })
    expect(await readdir(join(folder, 'database'))).toContain('PG_VERSION')
  })

  test('a folder that cannot be made is a failure that names the setting', async () => {
    await writeFile(join(root, 'file'), '')
    for (const [dataFolder, reason] of [
      ['/proc/portvakt/data', 'nothing can be made there'],
      [join(root, 'file', 'data'), 'a part of the path is a file'],
      [join(root, 'file'), 'there is a file of that name'],
    ] as const)
      await expect(openDatabase({ dataFolder, databasePoolSize: 1 })).rejects.toMatchObject({
        code: 'DATABASE_FOLDER_UNUSABLE',
        message: expect.stringMatching(new RegExp(`${reason}.*PORTVAKT_DATA_FOLDER`)),
      })
  })
})

test.runIf(process.getuid?.() === 0)(
  'a folder that is made as root lets the account of the database pass',
  async () => {
    const above = join(root, 'tokens first')
    await prepareFolder('dataFolder', 'PORTVAKT_DATA_FOLDER', 'data folder', join(above, 'data'))
    for (const folder of [above, join(above, 'data')]) expect((await stat(folder)).mode & 0o777).toBe(0o711)
  },
)

test('what is missing above a folder is made, and the topmost one is told', async () => {
  const [top, deep] = [join(root, 'top'), join(root, 'top/a/b/c')]
  expect(await makeMissing(deep)).toBe(top)
  expect(await makeMissing(deep)).toBeUndefined()
})
