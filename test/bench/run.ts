/**
 * `npm run bench -- [engine | record | gateway | decision-api | small-requests | files | start | revocation …] [options]`: all of
 * them when none is named. Options are those of the benchmark (test/bench/README.md).
 */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { compileAll } from './gateway/compile.ts'

const here = dirname(fileURLToPath(import.meta.url))
const given = process.argv.slice(2)
const options = given.filter((argument) => argument.startsWith('--'))
const names = given.filter((argument) => !argument.startsWith('--'))

const own = new Set(['engine', 'record'])
const isWanted = (name: string): boolean => names.length === 0 || names.includes(name)
const ofGateway = names.filter((name) => !own.has(name) && name !== 'gateway')

function run(argv: readonly string[]): void {
  const { status } = spawnSync(process.execPath, argv, { stdio: 'inherit' })
  if (status !== 0) process.exitCode = 1
}

if (isWanted('engine')) run(['--expose-gc', '--import', 'tsx', join(here, 'engine', 'run.ts'), ...options])
if (isWanted('record')) run(['--import', 'tsx', join(here, 'record', 'record.ts')])
if (isWanted('gateway') || ofGateway.length > 0) {
  const compiled = join(compileAll(), 'test', 'bench', 'gateway', 'main.js')
  run([compiled, ...(names.includes('gateway') ? [] : ofGateway), ...options])
}
