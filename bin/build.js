// Compiles `src` into `dist`. With `--or-keep`, where there is no compiler (`npm ci --omit=dev`), what has been built before is kept.
import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const folder = dirname(dirname(fileURLToPath(import.meta.url)))
const compiler = findCompiler()
if (compiler !== undefined)
  process.exitCode = spawnSync(process.execPath, [compiler, '-p', folder], { stdio: 'inherit' }).status ?? 1
else if (!process.argv.includes('--or-keep') || !existsSync(join(folder, 'dist', 'cli.js'))) {
  process.stderr.write(
    'portvakt: it has to be built, and the compiler is not installed: NODE_ENV=production and --omit=dev leave it out.\n' +
      'Run `npm ci --include=dev && npm run build` first; after that `npm prune --omit=dev` may take it away again.\n',
  )
  process.exitCode = 1
}

function findCompiler() {
  try {
    const root = dirname(createRequire(import.meta.url).resolve('typescript/package.json'))
    return join(root, 'bin', 'tsc')
  } catch {
    return undefined
  }
}
