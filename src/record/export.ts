import type { Sql } from '../database/sql.ts'
import { type DecisionFilter, listDecisions, longestPage } from './query.ts'
import { type DecisionRow, decisionJson, rulesOf } from './row.ts'

export type ExportFormat = 'csv' | 'ndjson'

/** The selection takes too long: the export ends in the middle, and must be asked for again with a narrower time. */
export class ExportTooSlow extends Error {
  override readonly name = 'ExportTooSlow'
}

const columns: readonly (readonly [name: string, of: (row: DecisionRow) => string | null])[] = [
  ['time', ({ time }) => time.toISOString()],
  ['id', ({ id }) => id],
  ['decision', ({ decision }) => decision],
  ['refusal', ({ code }) => code],
  ['operation', ({ operation }) => operation],
  ['action', ({ action }) => action],
  ['resource', ({ resource }) => resource],
  ['transfer', ({ instance }) => instance],
  ['party', ({ party }) => party],
  ['organisation', ({ organisation }) => organisation],
  ['vendor', ({ vendor }) => vendor],
  ['systemUser', ({ systemUser }) => systemUser],
  ['rules', (row) => rulesOf(row).join(' ')],
  ['trace', ({ trace }) => trace],
  ['epoch', ({ epoch }) => epoch],
  ['sequence', ({ sequence }) => sequence],
]

/**
 * The whole selection, newest first, in pieces of many lines. Give `filter.until`, or what is recorded meanwhile is left to
 * chance. Holds one page in memory. Throws `ExportTooSlow`.
 * @param most decisions
 * @param signal ends it when it is aborted; then its reason is thrown
 */
export async function* exportDecisions(
  sql: Sql,
  filter: DecisionFilter,
  format: ExportFormat,
  most = Number.POSITIVE_INFINITY,
  signal?: AbortSignal,
): AsyncGenerator<string> {
  if (format === 'csv') yield csvLine(columns.map(([name]) => name))
  const print = format === 'csv' ? printCsv : printNdjson
  let cursor: string | undefined
  let left = most
  do {
    const limit = Math.min(longestPage, left)
    const page = await listDecisions(sql, filter, { limit, ...(cursor === undefined ? {} : { cursor }) }, signal)
    if (page.kind === 'bad-cursor') throw new Error('a cursor of our own was not understood')
    if (page.kind === 'too-slow')
      throw new ExportTooSlow('selecting the decisions takes too long; narrow the time with `from` and `until`')
    if (page.rows.length > 0) yield page.rows.map(print).join('')
    cursor = page.next
    left -= page.rows.length
  } while (cursor !== undefined && left > 0)
}

function printCsv(row: DecisionRow): string {
  return csvLine(columns.map(([, of]) => of(row) ?? ''))
}

function printNdjson(row: DecisionRow): string {
  return `${JSON.stringify(decisionJson(row))}\n`
}

const formula = /^[=+\-@\t\r]/
const needsQuotes = /[",\r\n]/
/** Control characters, which could steer a terminal; the JSON forms have them escaped. */
const steering = /(?![\t\r\n])\p{Cc}/gu

/** RFC 4180; a cell that a spreadsheet would take for a formula gets an apostrophe before it. */
function csvLine(cells: readonly string[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`
}

export function csvCell(text: string): string {
  const plain = text.replace(steering, '\ufffd')
  const safe = formula.test(plain) ? `'${plain}` : plain
  return needsQuotes.test(safe) || safe !== plain ? `"${safe.replaceAll('"', '""')}"` : safe
}
