/** The settings of a command: as everywhere, and on the command line under the names of the variables. */
import { fileVariable, loadSettings, names, optionOf, surroundings } from '../settings/load.ts'
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

/**
 * @param defaults variables that hold when nothing else says otherwise
 * Throws `InputError`, which says what is wrong with each setting, and `UsageError` for a secret, which everybody could read.
 */
export function readSettings(given: GivenOptions = {}, defaults: Readonly<Record<string, string>> = {}): Settings {
  const options: Record<string, string> = {}
  for (const [option, value] of Object.entries(given)) {
    const variable = variables.get(option)
    if (variable === undefined || typeof value !== 'string') continue
    if (secrets.has(option))
      throw new UsageError(`\`--${option}\` would show a password to everyone who lists processes; set \`${variable}\``)
    options[variable] = value
  }
  const around = surroundings()
  const loaded = loadSettings({ ...around, environment: { ...defaults, ...around.environment }, options })
  if (loaded.ok) return loaded.settings
  throw new InputError(`the settings are wrong:\n  ${loaded.problems.join('\n  ')}`)
}

/** Whether anything but the default says it. */
export function isSaid(given: GivenOptions, option: string): boolean {
  const name = names.find(({ variables: [own = ''] }) => optionOf(own) === option)
  return given[option] !== undefined || (name?.variables ?? []).some((variable) => (process.env[variable] ?? '') !== '')
}
