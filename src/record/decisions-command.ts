/** `portvakt decisions`: the record on the command line. */
import { parseArgs } from 'node:util'
import type { Sql } from '../database/sql.ts'
import { ExportTooSlow, exportDecisions } from './export.ts'
import { type DecisionFilter, getDecision, listDecisions, longestPage } from './query.ts'
import { type DecisionRow, decisionJson, storedDecisionJson } from './row.ts'
import { verifyRecords } from './verify.ts'

export interface CommandResult {
  readonly exitCode: number
  readonly out: string
  readonly err: string
}

export interface CommandContext {
  readonly sql: Sql
  readonly now: () => Date
}

const usage = `usage: portvakt decisions [conditions] [--limit N] [--format table|json|csv|ndjson]
       portvakt decisions show ID
       portvakt decisions verify [--since TIME] [--until TIME]

conditions
  --since TIME, --until TIME   2026-11-20T08:00:00Z, 2026-11-20, or an age: 30m, 12h, 7d
  --caller ID                  organisation number (of the caller or its vendor), or id of a system user
  --resource ID  --transfer ID  --party NUMBER  --rule ID  --trace ID
  --action NAME  --operation NAME  --decision Permit|Deny|NotApplicable|Indeterminate  --code CODE
`

const options = {
  since: { type: 'string' },
  until: { type: 'string' },
  caller: { type: 'string' },
  resource: { type: 'string' },
  transfer: { type: 'string' },
  party: { type: 'string' },
  rule: { type: 'string' },
  trace: { type: 'string' },
  action: { type: 'string' },
  operation: { type: 'string' },
  decision: { type: 'string' },
  code: { type: 'string' },
  limit: { type: 'string' },
  format: { type: 'string' },
} as const

type Options = { readonly [Name in keyof typeof options]?: string }

/** Exit codes: 0 done, 1 not found or broken, 2 not understood. */
export async function decisionsCommand(argv: readonly string[], context: CommandContext): Promise<CommandResult> {
  let parsed: { values: Options; positionals: string[] }
  try {
    parsed = parseArgs({ args: [...argv], options, allowPositionals: true })
  } catch (error) {
    return misuse(error instanceof Error ? error.message : String(error))
  }
  const [verb, id, ...rest] = parsed.positionals
  if (rest.length > 0) return misuse(`unexpected \`${rest[0]}\``)
  try {
    if (verb === undefined) return await list(parsed.values, context)
    if (verb === 'show' && id !== undefined) return await show(id, context)
    if (verb === 'verify' && id === undefined) return await verify(parsed.values, context)
  } catch (error) {
    if (error instanceof Misuse) return misuse(error.message)
    throw error
  }
  return misuse(`unexpected \`${parsed.positionals.join(' ')}\``)
}

class Misuse extends Error {}

function misuse(message: string): CommandResult {
  return { exitCode: 2, out: '', err: `${message}\n\n${usage}` }
}

function done(out: string): CommandResult {
  return { exitCode: 0, out, err: '' }
}

function failed(message: string): CommandResult {
  return { exitCode: 1, out: '', err: `${message}\n` }
}

async function list(values: Options, context: CommandContext): Promise<CommandResult> {
  const now = context.now()
  const filter = filterOf(values, now)
  const { format = 'table' } = values
  if (format === 'csv' || format === 'ndjson') return exportAll(context, { until: now, ...filter }, format)
  if (format !== 'table' && format !== 'json') throw new Misuse(`\`${format}\` is not a format`)
  const page = await listDecisions(context.sql, filter, { limit: limitOf(values.limit) })
  if (page.kind === 'too-slow') return failed('the search takes too long; narrow the time with --since and --until')
  if (page.kind === 'bad-cursor') throw new Error('a list without a cursor was refused for its cursor')
  const rows = page.rows
  return done(format === 'json' ? `${JSON.stringify(rows.map(decisionJson), null, 2)}\n` : table(rows))
}

async function exportAll(
  { sql }: CommandContext,
  filter: DecisionFilter,
  format: 'csv' | 'ndjson',
): Promise<CommandResult> {
  let out = ''
  try {
    for await (const piece of exportDecisions(sql, filter, format)) out += piece
  } catch (error) {
    if (error instanceof ExportTooSlow) return failed(error.message)
    throw error
  }
  return done(out)
}

async function show(id: string, { sql }: CommandContext): Promise<CommandResult> {
  const stored = await getDecision(sql, id)
  if (stored === undefined) return failed(`there is no decision \`${id}\``)
  return done(`${JSON.stringify(storedDecisionJson(stored), null, 2)}\n`)
}

async function verify(values: Options, { now, sql }: CommandContext): Promise<CommandResult> {
  const { from, until } = filterOf({ since: values.since, until: values.until } as Options, now())
  const result = await verifyRecords(sql, {
    ...(from === undefined ? {} : { from }),
    ...(until === undefined ? {} : { until }),
  })
  if (result.kind === 'broken')
    return failed(
      `${result.what} ${result.id} of ${result.time.toISOString()} is broken: ${result.reason} (${result.checked} before it hold)`,
    )
  return done(
    `${result.decisions} decisions and ${result.outcomes} outcomes hold; of ${result.erased} personal values have been erased\n`,
  )
}

function limitOf(text: string | undefined): number {
  if (text === undefined) return 50
  const limit = Number(text)
  if (Number.isInteger(limit) && limit >= 1 && limit <= longestPage) return limit
  throw new Misuse(`--limit \`${text}\` is not a number from 1 to ${longestPage}`)
}

function filterOf(values: Options, now: Date): DecisionFilter {
  const { action, caller, code, decision, operation, party, resource, rule, since, trace, transfer, until } = values
  const given = {
    ...(caller === undefined ? {} : callerOf(caller)),
    action,
    code,
    decision,
    operation,
    party,
    resource,
    rule,
    trace,
    instance: transfer,
    from: since === undefined ? undefined : timeOf(since, now),
    until: until === undefined ? undefined : timeOf(until, now),
  }
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
}

function callerOf(caller: string): DecisionFilter {
  if (/^\d{9}$/.test(caller)) return { caller }
  if (/^[0-9a-f-]{36}$/i.test(caller)) return { systemUser: caller.toLowerCase() }
  throw new Misuse(`--caller \`${caller}\` is neither an organisation number nor the id of a system user`)
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function timeOf(text: string, now: Date): Date {
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (amount !== undefined && unit !== undefined)
    return new Date(now.getTime() - Number(amount) * units[unit as keyof typeof units])
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return time
  throw new Misuse(`\`${text}\` is neither a time like 2026-11-20T08:00:00Z nor an age like 12h`)
}

function table(rows: readonly DecisionRow[]): string {
  const header = ['TIME', 'DECISION', 'CODE', 'OPERATION', 'RESOURCE', 'CALLER', 'PARTY', 'ID']
  const lines = rows.map((row) => [
    row.time.toISOString(),
    row.decision,
    row.code ?? '',
    row.operation,
    row.resource ?? '',
    row.systemUser ?? row.organisation ?? '',
    row.party ?? '',
    row.id,
  ])
  const all = [header, ...lines].map((cells) => cells.map(printable))
  const widths = header.map((_, column) => Math.max(...all.map((cells) => cells[column]?.length ?? 0)))
  return all
    .map(
      (cells) =>
        `${cells
          .map((cell, column) => cell.padEnd(widths[column] ?? 0))
          .join('  ')
          .trimEnd()}\n`,
    )
    .join('')
}

/** What a client wrote must not steer the terminal, nor fill it. */
function printable(cell: string): string {
  const plain = cell.replace(/\p{C}/gu, '\ufffd')
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain
}
