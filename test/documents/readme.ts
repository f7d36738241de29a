/** The parts of the README that are printed from the code, each between markers of its own. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { problems } from '../../src/problems.ts'
import { createGatewayMetrics } from '../../src/server/observation/gateway-metrics.ts'
import type { OperationObject } from '../../src/server/openapi/document.ts'
import { settingsTable } from '../../src/settings/table.ts'
import { describedApi } from './api.ts'

export const root = new URL('../../', import.meta.url)
export const readmeFile = new URL('README.md', root)
export const readReadme = (): string => readFileSync(readmeFile, 'utf8')
export const openApiFile = new URL('schemas/openapi.json', root)

/** Throws when a pair of markers is missing: a table that nobody sees cannot be current. */
export function withSections(readme: string): string {
  let text = readme
  for (const [name, print] of Object.entries(sections)) {
    const begin = `<!-- printed: ${name} -->\n`
    const end = `\n<!-- /printed: ${name} -->`
    const from = text.indexOf(begin)
    const to = text.indexOf(end, from)
    if (from < 0 || to < 0) throw new Error(`README.md has no markers \`printed: ${name}\``)
    text = `${text.slice(0, from + begin.length)}\n${print()}\n${text.slice(to)}`
  }
  return text
}

export const printOpenApi = (): string => `${JSON.stringify(describedApi(), null, 2)}\n`

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n')
}

function endpointsTable(): string {
  const rows = Object.entries(describedApi().paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => [
      `\`${method.toUpperCase()} ${path}\``,
      operation.summary,
      operation['x-portvakt-operation'] === undefined ? '' : `\`${operation['x-portvakt-operation']}\``,
      scopesOf(operation),
    ]),
  )
  return table(['endpoint', 'what it does', 'operation', 'scope, one of'], rows)
}

const scopesOf = ({ description }: OperationObject): string =>
  /Scope: (.*)\.$/s.exec(String(description))?.[1]?.replaceAll(' or ', '<br>') ?? 'none'

const problemsTable = (): string =>
  table(
    ['code', 'status', 'what it says'],
    Object.entries(problems).map(([code, { status, detail }]) => [`\`${code}\``, String(status), detail]),
  )

function metricsTable(): string {
  const metrics = createGatewayMetrics()
  const text = metrics.expose()
  metrics.close()
  const types = new Map([...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].map(([, name, type]) => [name, type]))
  const rows = [...text.matchAll(/^# HELP (\S+) (.+)$/gm)]
  return table(
    ['metric', 'type', 'what it counts'],
    rows.map(([, name, help]) => [`\`${name}\``, types.get(name) ?? '', help ?? '']),
  )
}

const commandList = (): string =>
  `\`\`\`text\n${execFileSync(process.execPath, ['--import', 'tsx', 'src/cli.ts', '--help'], { cwd: fileURLToPath(root), encoding: 'utf8' }).trim()}\n\`\`\``

const sections: Readonly<Record<string, () => string>> = {
  settings: settingsTable,
  endpoints: endpointsTable,
  problems: problemsTable,
  metrics: metricsTable,
  commands: commandList,
}
