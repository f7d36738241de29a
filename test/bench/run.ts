/** `npm run bench -- [benchmark …] [options]`: all of them when none is named (test/bench/README.md). */
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readArguments } from '../../src/cli/arguments.ts'
import { UsageError } from '../../src/cli/command.ts'
import { nearest } from '../../src/settings/nearest.ts'
import { compileAll } from './gateway/compile.ts'

const usage = `usage: npm run bench -- [benchmark …] [options]

  engine           the engine alone
                   --seed=1 --milliseconds=1000 of each measurement, --only=hospital, --peers (engines in Java beside ours)
  record           the decision record alone
  gateway          all of the following
  decision-api  small-requests  files  revocation  start
                   --seed=1 --seconds=10 of each measurement, --repeats=3, --mebibytes=512 of a file, --profile=FOLDER

runs all of them, for many minutes, when none is named
`

const text = { type: 'string' } as const
const optionsOf = {
  engine: ['seed', 'milliseconds', 'only', 'peers'],
  gateway: ['seed', 'seconds', 'repeats', 'mebibytes', 'profile'],
} as const
const ofGateway = ['decision-api', 'small-requests', 'files', 'revocation', 'start']
const known = ['engine', 'record', 'gateway', ...ofGateway]
const here = dirname(fileURLToPath(import.meta.url))

function main(argv: readonly string[]): number {
  if (argv.includes('--help') || argv.includes('-h')) {
    process.stdout.write(usage)
    return 0
  }
  const { values, positionals: names } = readArguments(
    argv,
    {
      seed: text,
      milliseconds: text,
      only: text,
      peers: { type: 'boolean' },
      seconds: text,
      repeats: text,
      mebibytes: text,
      profile: text,
    },
    known.length,
  )
  for (const name of names) refuseUnknown(name)
  const isWanted = (name: string): boolean => names.length === 0 || names.includes(name)
  const options = (of: keyof typeof optionsOf): readonly string[] =>
    optionsOf[of].flatMap((name) => {
      const value = values[name]
      return value === undefined ? [] : [value === true ? `--${name}` : `--${name}=${value}`]
    })
  const chosen = names.includes('gateway') ? [] : names.filter((name) => ofGateway.includes(name))
  const runs: (() => boolean)[] = []
  if (isWanted('engine'))
    runs.push(() => run(['--expose-gc', '--import', 'tsx', join(here, 'engine', 'run.ts'), ...options('engine')]))
  if (isWanted('record')) runs.push(() => run(['--import', 'tsx', join(here, 'record', 'record.ts')]))
  if (isWanted('gateway') || chosen.length > 0)
    runs.push(() => run([join(compileAll(), 'test', 'bench', 'gateway', 'main.js'), ...chosen, ...options('gateway')]))
  return runs.map((one) => one()).every(Boolean) ? 0 : 1
}

function refuseUnknown(name: string): void {
  if (known.includes(name)) return
  const near = nearest(name, known)
  throw new UsageError(`there is no benchmark \`${name}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}`)
}

const run = (argv: readonly string[]): boolean => spawnSync(process.execPath, argv, { stdio: 'inherit' }).status === 0

try {
  process.exitCode = main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof UsageError)) throw error
  process.stderr.write(`${error.message}\n\n${usage}`)
  process.exitCode = 2
}
