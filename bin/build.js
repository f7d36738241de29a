// Compiles `src` into `dist`. `--or-keep`, before `npm start`, is content with what was built before, unless anything is newer
// and there is a compiler; there is none after `npm ci --omit=dev`. It compiles aside and changes over by names: a command
// that starts meanwhile finds nothing half-written, and of two builds at once both end well.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { existsSync, readdirSync, renameSync, rmSync, statSync, utimesSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const built = join(folder, 'dist')
const mayKeep = process.argv.includes('--or-keep')

if (findPackage('zod') === undefined)
  end('what it needs is not installed yet; run `npm ci` first, in the folder of Portvakt')
else if (!mayKeep || !isFresh()) build(findCompiler())

function build(compiler) {
  if (compiler !== undefined) return compile(compiler)
  if (mayKeep && existsSync(join(built, 'cli.js'))) return
  end(
    'it has to be built, and the compiler is not installed: NODE_ENV=production and --omit=dev leave it out.\n' +
      'Run `npm ci --include=dev && npm run build` first; after that `npm prune --omit=dev` may take it away again.',
  )
}

function compile(compiler) {
  removeLeftOvers()
  const began = new Date()
  const aside = nameAside()
  const { status } = spawnSync(process.execPath, [compiler, '-p', folder, '--outDir', aside], { stdio: 'inherit' })
  if (status !== 0) {
    rmSync(aside, { recursive: true, force: true })
    process.exitCode = status ?? 1
    return
  }
  // what is saved while it compiles is newer than what was built
  utimesSync(join(aside, 'cli.js'), began, began)
  changeOver(aside)
}

/** A folder cannot take the place of another in one step, so the old one goes aside first; another build may come between. */
function changeOver(aside) {
  const old = nameAside()
  for (let tries = 0; ; tries++)
    try {
      if (existsSync(built)) renameSync(built, old)
      renameSync(aside, built)
      break
    } catch (error) {
      rmSync(old, { recursive: true, force: true })
      if (!['ENOENT', 'ENOTEMPTY', 'EEXIST', 'EPERM'].includes(error.code) || tries === 20) throw error
    }
  rmSync(old, { recursive: true, force: true })
}

function nameAside() {
  return join(folder, `dist.${Date.now()}.${randomBytes(4).toString('hex')}`)
}

/** Of builds that were ended before they could clean up, long ago. */
function removeLeftOvers() {
  for (const name of readdirSync(folder)) {
    const [, at] = /^dist\.(\d+)\.[0-9a-f]{8}$/.exec(name) ?? []
    if (at !== undefined && Date.now() - Number(at) > 600_000)
      rmSync(join(folder, name), { recursive: true, force: true })
  }
}

/** Nothing that it is built from has changed since: neither a file, nor, by a file that has gone, a folder. */
function isFresh() {
  const entry = join(built, 'cli.js')
  if (!existsSync(entry)) return false
  // the package as it is published has no sources
  if (!existsSync(join(folder, 'src'))) return true
  const at = statSync(entry).mtimeMs
  return ['src', 'tsconfig.json', 'package.json', 'bin/build.js'].every((name) => isOlder(join(folder, name), at))
}

function isOlder(path, at) {
  const about = statSync(path, { throwIfNoEntry: false })
  if (about === undefined) return true
  if (about.mtimeMs >= at) return false
  return !about.isDirectory() || readdirSync(path).every((name) => isOlder(join(path, name), at))
}

function findCompiler() {
  const root = findPackage('typescript')
  return root === undefined ? undefined : join(root, 'bin', 'tsc')
}

function findPackage(name) {
  try {
    return dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
  } catch {
    return undefined
  }
}

function end(text) {
  process.stderr.write(`portvakt: ${text}\n`)
  process.exitCode = 1
}
