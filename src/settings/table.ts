import { aboutOf, names } from './load.ts'
import { fields, limitFields, schema } from './schema.ts'

/** The settings as a markdown table: the README's, which a test compares with this. */
export function settingsTable(): string {
  const rows = names.map(({ path, variables, about }) => {
    const variable = variables.map((name) => `\`${name}\``).join(' or ')
    return `| ${variable} | \`${path.join('.')}\` | ${about.otherwise ?? defaultOf(path)} | ${about.about} |`
  })
  return ['| variable | in the file | default | what it does |', '| --- | --- | --- | --- |', ...rows].join('\n')
}

function defaultOf(path: readonly string[]): string {
  const fixed = schema.parse({}) as Record<string, unknown>
  const value = path.length === 1 ? fixed[path[0] ?? ''] : (fixed.limits as Record<string, unknown>)[path[1] ?? '']
  const field =
    path.length === 1 ? fields[path[0] as keyof typeof fields] : limitFields[path[1] as keyof typeof limitFields]
  const unit = aboutOf(field).unit
  return `\`${String(value)}\`${unit === undefined ? '' : ` ${unit}`}`
}
