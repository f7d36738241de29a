/**
 * The product and these benchmarks, compiled as `npm run build` compiles: a loader that transforms at run time wraps every
 * function and would slow one side of a comparison. A tree of its own, so that a build beside the run does not replace it.
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const here = dirname(fileURLToPath(import.meta.url))
const root = join(here, '..', '..', '..')

/** Returns the folder of the compiled tree, in which everything lies as in the repository. */
export function compileAll(): string {
  const folder = join(root, 'node_modules', '.cache', 'portvakt-bench')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n')
  const compiler = join(root, 'node_modules', 'typescript', 'bin', 'tsc')
  const { status, stdout } = spawnSync(process.execPath, [compiler, '-p', here], { encoding: 'utf8' })
  if (status !== 0) process.stderr.write(`the compiler finds fault, the run goes on with what it made:\n${stdout}\n`)
  return folder
}
