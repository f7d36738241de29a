/** The settings of a command: as everywhere, and on the command line under the names of the variables. */
import { fileVariable, loadSettings, names, optionOf, type Surroundings, surroundings } from '../settings/load.ts'
import type { Settings } from '../settings/settings.ts'
import type { Options } from './arguments.ts'
import { InputError, UsageError } from './command.ts'

const variables = new Map(
  [fileVariable, ...names.map((name) => name.variables[0] ?? '')].map((name) => [optionOf(name), name]),
)
const secrets = new Set(
  names.filter(({ about }) => about.isSecret === true).map(({ variables: [name = ''] }) => optionOf(name)),
)

/** `--port 9999` for `PORTVAKT_PORT=9999`, and so for every setting. */
export const settingOptions: Readonly<Record<string, { readonly type: 'string' }>> = Object.fromEntries(
  [...variables.keys()].map((option) => [option, { type: 'string' }] as const),
) satisfies Options

export const settingUsage = `  --port, --host, --data-folder, --log-level …
             any setting: \`--port 9999\` is \`PORTVAKT_PORT=9999\`, and wins over it
`

export type GivenOptions = Readonly<Record<string, string | boolean | readonly (string | boolean)[] | undefined>>

export interface Given {
  readonly settings: Settings
  /** The settings that somebody chose, by the names of the file. */
  readonly chosen: ReadonlySet<string>
}

/**
 * Throws an error that says what is wrong with each setting: `UsageError` when one of them was given on the command line, else
 * `InputError`. `UsageError` for a secret too, which everybody could read.
 */
export function readSettings(given: GivenOptions = {}): Settings {
  return readSettingsOver({}, given).settings
}

/** The same for a command with defaults of its own; everything that somebody says wins over them. */
export function readSettingsOver(defaults: NonNullable<Surroundings['defaults']>, given: GivenOptions): Given {
  const options: Record<string, string> = {}
  for (const [option, value] of Object.entries(given)) {
    const variable = variables.get(option)
    if (variable === undefined || typeof value !== 'string') continue
    if (secrets.has(option))
      throw new UsageError(`\`--${option}\` would show a password to everyone who lists processes; set \`${variable}\``)
    options[variable] = value
  }
  const loaded = loadSettings({ ...surroundings(), defaults, options })
  if (loaded.ok) return loaded
  const message = `the settings are wrong:\n  ${loaded.problems.join('\n  ')}`
  throw loaded.isMistyped ? new UsageError(message) : new InputError(message)
}

/** What a shell takes as it stands. */
const plainWord = /^[\w./:@,-]+$/

/**
 * `npm start --port 9999` gives the port to npm, which puts it into the environment, and the gateway would silently listen
 * elsewhere. Throws `UsageError` with the line that was meant.
 */
export function refuseTakenByNpm(options: Options, environment: NodeJS.ProcessEnv = process.env): void {
  const script = environment.npm_lifecycle_event
  if (script !== 'start' && script !== 'demo') return
  const taken = Object.keys(options).filter((name) => environment[`npm_config_${name.replaceAll('-', '_')}`])
  if (taken.length === 0) return
  const meant = taken.map((name) => {
    const value = environment[`npm_config_${name.replaceAll('-', '_')}`] ?? ''
    if (options[name]?.type === 'boolean') return `--${name}`
    return `--${name} ${!secrets.has(name) && plainWord.test(value) ? value : '…'}`
  })
  throw new UsageError(
    `npm has taken \`--${taken.join('`, `--')}\` for itself; write \`npm ${script === 'start' ? 'start' : 'run demo'} -- ${meant.join(' ')}\``,
  )
}
