/** Decisions as a table for people, or as JSON, CSV and NDJSON for machines; newest first. */
import { ExportTooSlow, exportDecisions } from '../../record/export.ts'
import { type DecisionFilter, listDecisions } from '../../record/query.ts'
import { type DecisionRow, decisionJson } from '../../record/row.ts'
import { InputError } from '../command.ts'
import type { Asking } from './asking.ts'

export const formats = ['table', 'json', 'csv', 'ndjson'] as const

export interface ListOptions {
  readonly format: (typeof formats)[number]
  /** All of them when left out, which only an export may. */
  readonly limit?: number
}

/** Throws `InputError` when the search takes too long. */
export async function list(asking: Asking, filter: DecisionFilter, { format, limit }: ListOptions): Promise<number> {
  if (format === 'csv' || format === 'ndjson') return exportAll(asking, filter, format, limit)
  const { sql, print, signal } = asking
  const page = await listDecisions(sql, filter, limit === undefined ? {} : { limit }, signal)
  if (page.kind === 'too-slow') throw new InputError(tooSlow)
  if (page.kind === 'bad-cursor') throw new Error('a list without a cursor was refused for its cursor')
  await print(format === 'json' ? `${JSON.stringify(page.rows.map(decisionJson), null, 2)}\n` : table(page.rows))
  return 0
}

const tooSlow = 'the search takes too long; narrow the time with `--since` and `--until`'

async function exportAll(
  { sql, print, signal }: Asking,
  filter: DecisionFilter,
  format: 'csv' | 'ndjson',
  limit: number | undefined,
): Promise<number> {
  try {
    for await (const piece of exportDecisions(sql, filter, format, limit, signal)) await print(piece)
    return 0
  } catch (error) {
    if (error instanceof ExportTooSlow) throw new InputError(tooSlow)
    throw error
  }
}

const header = ['TIME', 'DECISION', 'CODE', 'OPERATION', 'RESOURCE', 'CALLER', 'PARTY', 'ID']

function table(rows: readonly DecisionRow[]): string {
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
  const padded = all.map((cells) => cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join('  '))
  return padded.map((line) => `${line.trimEnd()}\n`).join('')
}

/** What a client wrote must not steer the terminal, nor fill it. */
function printable(cell: string): string {
  const plain = cell.replace(/\p{C}/gu, '\ufffd')
  return plain.length > 60 ? `${plain.slice(0, 59)}…` : plain
}
