import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import type * as z from 'zod'
import { defaultDataFolder } from './data-folder.ts'
import { explainInside } from './inside.ts'
import { readJsonFile, UnreadableFile } from './json-file.ts'
import { type About, absolute } from './kinds.ts'
import { isLoopback } from './loopback.ts'
import { nearest } from './nearest.ts'
import { fields, limitFields, schema } from './schema.ts'
import type { Settings } from './settings.ts'

export type LoadedSettings =
  | {
      readonly ok: true
      readonly settings: Settings
      /** The settings that somebody chose, as the file calls them (`limits.steps`): what else holds are defaults. */
      readonly chosen: ReadonlySet<string>
    }
  /** One line per setting that is wrong, for the operator: what it is called, what was given, what is expected. */
  | {
      readonly ok: false
      readonly problems: readonly [string, ...string[]]
      /** One of the values that are wrong was said on the command line. */
      readonly isMistyped: boolean
    }

export interface Surroundings {
  /** What was said on the command line, by the names of the variables; it wins over everything. */
  readonly options?: Readonly<Record<string, string>>
  /** What holds where nothing else says otherwise, in place of the usual defaults. */
  readonly defaults?: { readonly [name in keyof typeof fields]?: unknown }
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly workingFolder: string
  readonly isRoot: boolean
}

/** The surroundings of this process. */
export function surroundings(): Surroundings {
  return { environment: process.env, workingFolder: process.cwd(), isRoot: process.getuid?.() === 0 }
}

const prefix = 'PORTVAKT_'
export const fileVariable = 'PORTVAKT_SETTINGS'

/** `--data-folder` is `PORTVAKT_DATA_FOLDER` on the command line. */
export const optionOf = (variable: string): string => variable.slice(prefix.length).toLowerCase().replaceAll('_', '-')

/** A setting as it is called in each place. */
interface Name {
  readonly path: readonly [string] | readonly ['limits', string]
  readonly variables: readonly string[]
  readonly about: About
}

export const names: readonly Name[] = [
  ...Object.entries(fields).map(([key, field]) => nameOf([key], aboutOf(field))),
  ...Object.entries(limitFields).map(([key, field]) => nameOf(['limits', key], aboutOf(field))),
]

export function aboutOf(field: z.ZodType): About {
  return field.meta() as unknown as About
}

function nameOf(path: Name['path'], about: About): Name {
  const own = prefix + path.map((part) => (part === 'limits' ? 'LIMIT' : screamingSnake(part))).join('_')
  return { path, about, variables: about.alias === undefined ? [own] : [own, about.alias] }
}

function screamingSnake(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase()
}

/**
 * Reads the settings: the JSON file that `PORTVAKT_SETTINGS` names, if any, the environment, which wins over it, and the
 * command line, which wins over both. Nothing is guessed: a setting that is unknown or wrong is a problem, and all of them are reported at once.
 */
export function loadSettings(around: Surroundings = surroundings()): LoadedSettings {
  const problems: string[] = []
  const file = readSettingsFile(around, problems)
  const sources = new Map<string, Source>()
  const given = merge(file, around, sources, problems)
  const checked = schema.safeParse(given, { reportInput: true })
  if (!checked.success) {
    for (const issue of checked.error.issues) problems.push(...explain(issue, sources))
    const isMistyped = checked.error.issues.some((issue) => sourceOf(issue, sources)?.isOption === true)
    return refused(problems, isMistyped)
  }
  const settings = complete(checked.data, around)
  problems.push(...contradictions(checked.data, settings))
  return problems.length > 0 ? refused(problems) : { ok: true, settings, chosen: new Set(sources.keys()) }
}

/** Where a value came from, for the errors. */
interface Source {
  readonly name: string
  readonly value: unknown
  /** It was said on the command line. */
  readonly isOption?: true
}

function refused(problems: readonly string[], isMistyped = false): LoadedSettings {
  const [first = 'the settings are wrong', ...rest] = [...new Set(problems)]
  return { ok: false, problems: [first, ...rest], isMistyped }
}

function readSettingsFile(around: Surroundings, problems: string[]): Record<string, unknown> {
  const given = around.options?.[fileVariable] ?? around.environment[fileVariable]
  if (given === undefined || given === '') return {}
  const path = absolute(given, around.workingFolder)
  try {
    const value = readJsonFile(path)
    if (isObject(value)) return value
    problems.push(`the settings file \`${path}\` must hold one JSON object`)
  } catch (error) {
    if (!(error instanceof UnreadableFile)) throw error
    problems.push(`the settings file \`${path}\` (${fileVariable}) cannot be read: ${error.message}`)
  }
  return {}
}

function merge(
  file: Record<string, unknown>,
  around: Surroundings,
  sources: Map<string, Source>,
  problems: string[],
): Record<string, unknown> {
  const limits = isObject(file.limits) ? { ...file.limits } : undefined
  const given: Record<string, unknown> = { ...around.defaults, ...file, ...(limits === undefined ? {} : { limits }) }
  for (const { path } of names) {
    const value = path.length === 1 ? file[path[0]] : limits?.[path[1]]
    if (value !== undefined) sources.set(path.join('.'), { name: `\`${path.join('.')}\` of the settings file`, value })
  }
  for (const { path, variables } of names) {
    const said = saidOf(around, variables)
    if (said === undefined) continue
    const { value } = said
    sources.set(path.join('.'), said)
    if (path.length === 1) given[path[0]] = value
    else given.limits = { ...(isObject(given.limits) ? given.limits : {}), [path[1]]: value }
  }
  problems.push(...unknownVariables(around.environment))
  return given
}

/** On the command line, else in the environment: there an empty variable is none. */
function saidOf({ options = {}, environment }: Surroundings, variables: readonly string[]): Source | undefined {
  const chosen = variables.find((name) => options[name] !== undefined)
  if (chosen !== undefined) return { name: `\`--${optionOf(chosen)}\``, value: options[chosen], isOption: true }
  const variable = variables.find((name) => isGiven(environment, name))
  return variable === undefined ? undefined : { name: `\`${variable}\``, value: environment[variable] }
}

/** Kubernetes gives every container variables about a service called `portvakt`; they are no settings. */
const serviceLink = /^PORTVAKT_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\d+_(TCP|UDP|SCTP)(_.*)?)$/

function isGiven(environment: Surroundings['environment'], name: string): boolean {
  const value = environment[name]
  return value !== undefined && value !== '' && !(name === 'PORTVAKT_PORT' && /^(tcp|udp|sctp):\/\//.test(value))
}

function unknownVariables(environment: Surroundings['environment']): string[] {
  const known = new Set([fileVariable, ...names.flatMap((name) => name.variables)])
  return Object.keys(environment)
    .filter((name) => name.startsWith(prefix) && !known.has(name) && !serviceLink.test(name))
    .map((name) => `\`${name}\` is not a setting; ${suggestion(name, [...known])}`)
}

const nameAt = (issue: z.core.$ZodIssue): Name | undefined =>
  names.find(({ path }) => path.every((part, index) => issue.path[index] === part))

const sourceOf = (issue: z.core.$ZodIssue, sources: ReadonlyMap<string, Source>): Source | undefined =>
  sources.get(nameAt(issue)?.path.join('.') ?? '')

function explain(issue: z.core.$ZodIssue, sources: ReadonlyMap<string, Source>): string[] {
  const name = nameAt(issue)
  if (name === undefined) return explainUnknown(issue)
  const key = name.path.join('.')
  const source = sources.get(key)
  const inside = explainInside(issue, name.path.length)
  const where = inside === undefined ? '' : ` (${inside})`
  return [
    `${source?.name ?? `\`${key}\``} is ${shown(name.about, source?.value)}; expected ${name.about.expected}${where}`,
  ]
}

function explainUnknown(issue: z.core.$ZodIssue): string[] {
  const place = issue.path.join('.')
  if (issue.code !== 'unrecognized_keys')
    return [`\`${place}\` of the settings file is wrong: ${issue.message.toLowerCase()}`]
  const known = names.map(({ path }) => path.join('.'))
  return issue.keys.map((key) => {
    const full = place === '' ? key : `${place}.${key}`
    return `\`${full}\` of the settings file is not a setting; ${suggestion(full, known)}`
  })
}

function shown(about: About, value: unknown): string {
  if (about.isSecret === true) return 'not usable (its value is not shown)'
  const printed = typeof value === 'string' ? value : (JSON.stringify(value) ?? 'missing')
  return `\`${printed.length > 200 ? `${printed.slice(0, 200)}…` : printed}\``
}

function suggestion(name: string, known: readonly string[]): string {
  const near = nearest(name, known)
  return near === undefined ? 'the README lists every setting' : `did you mean \`${near}\`?`
}

/** Fills in the defaults that depend on other settings. */
function complete(given: z.output<typeof schema>, around: Surroundings): Settings {
  const folder = around.workingFolder
  const dataFolder =
    given.dataFolder === undefined ? defaultDataFolder(folder, around.isRoot) : absolute(given.dataFolder, folder)
  return {
    ...given,
    dataFolder,
    storageFolder:
      given.storageFolder === undefined ? join(dataFolder, 'files') : absolute(given.storageFolder, folder),
    policiesFolder: given.policiesFolder === undefined ? packagedPolicies() : absolute(given.policiesFolder, folder),
    developmentIssuer: given.developmentIssuer ?? (given.issuers.length === 0 && isLoopback(given.host)),
    allowUnscannedFiles: given.allowUnscannedFiles ?? given.databaseUrl === undefined,
  }
}

/** `policies` beside `src` or `dist`. */
function packagedPolicies(): string {
  return resolve(dirname(fileURLToPath(import.meta.url)), '..', '..', 'policies')
}

function contradictions(given: z.output<typeof schema>, settings: Settings): string[] {
  if (given.developmentIssuer !== true) return []
  const found: string[] = []
  if (settings.issuers.length > 0) {
    found.push(
      '`PORTVAKT_DEVELOPMENT_ISSUER` is on beside real issuers; it makes tokens for anyone, so turn it off or remove `PORTVAKT_ISSUERS`',
    )
  }
  if (!isLoopback(settings.host)) {
    found.push(
      `\`PORTVAKT_DEVELOPMENT_ISSUER\` is on while \`PORTVAKT_HOST\` is \`${settings.host}\`; it makes tokens for anyone, so listen on \`127.0.0.1\` or turn it off`,
    )
  }
  return found
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
