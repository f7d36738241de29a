/** `portvakt decisions`: reads the record straight from the database, beside a gateway that may be running. */
import { visitDatabase } from '../database/connect.ts'
import type { Sql } from '../database/sql.ts'
import { untilStopped } from '../database/until-stopped.ts'
import { longestPage } from '../record/query.ts'
import { oneOf, readArguments, wholeNumber } from './arguments.ts'
import { type Command, InputError, UsageError } from './command.ts'
import type { Asking } from './decisions/asking.ts'
import { conditionOptions, conditionUsage, readConditions } from './decisions/conditions.ts'
import { formats, type ListOptions, list } from './decisions/list.ts'
import { showDecision, verify } from './decisions/one.ts'
import { readSettings, settingOptions, settingUsage } from './given-settings.ts'
import { exitCodeOf, Stopped } from './stop.ts'

const usage = `usage: portvakt decisions [conditions] [--limit N] [--format table|json|csv|ndjson]
       portvakt decisions show ID
       portvakt decisions verify [--since TIME] [--until TIME]

  --limit N  the newest N: 50 when left out, 1000 at most; as csv or ndjson all when left out, and any number
${settingUsage}
${conditionUsage}
exit code 1 when there is no such decision, or the record is broken; 129, 130 or 143 when a signal came before the end
`

const options = {
  ...settingOptions,
  ...conditionOptions,
  limit: { type: 'string' },
  format: { type: 'string' },
} as const

/** What is asked of the record; made of the arguments before anything is opened. */
type Question = (asking: Asking) => Promise<number>

export const decisions: Command = {
  usage,
  async run(argv, { print, listen }) {
    const { question, values } = readQuestion(argv, new Date())
    const settings = readSettings(values)
    const { signal } = listen()
    try {
      const database = await visitDatabase(settings, { signal, patience: 5_000 })
      try {
        await refuseWithoutRecord(database.sql, signal)
        return await question({ sql: database.sql, print, signal })
      } finally {
        await database.close()
      }
    } catch (error) {
      // a part of the record must not pass for the whole; whoever stopped reading wants no more of it
      if (error instanceof Stopped) return exitCodeOf(error.by)
      throw error
    }
  },
}

/** Throws `UsageError`. */
function readQuestion(argv: readonly string[], now: Date) {
  const { positionals, values } = readArguments(argv, options, 2)
  const [verb, id] = positionals
  return { values, question: questionOf(verb, id, values, now) }
}

function questionOf(verb: string | undefined, id: string | undefined, values: Values, now: Date): Question {
  const conditions = readConditions(values, now)
  if (verb === undefined) {
    const how = readListOptions(values)
    // an export goes on for a while: what is recorded meanwhile must not be left to chance
    const until = how.format === 'csv' || how.format === 'ndjson' ? { until: now } : {}
    return (asking) => list(asking, { ...until, ...conditions }, how)
  }
  const spare = Object.keys(values).find((name) => name in conditionOptions && !(verb === 'verify' && isTime(name)))
  if (spare !== undefined) throw new UsageError(`\`${verb}\` takes no \`--${spare}\``)
  if (verb === 'show' && id === undefined) throw new UsageError('say which decision: `show ID`')
  if (verb === 'show') return (asking) => showDecision(asking, String(id))
  if (verb === 'verify' && id === undefined) return (asking) => verify(asking, conditions)
  throw new UsageError(`unexpected \`${verb === 'verify' ? id : verb}\`; expected \`show\`, \`verify\` or options`)
}

type Values = Readonly<Record<string, string | undefined>>

const isTime = (name: string): boolean => name === 'since' || name === 'until'

function readListOptions({ format: given = 'table', limit }: Values): ListOptions {
  const format = oneOf('--format', given, formats)
  const isExport = format === 'csv' || format === 'ndjson'
  const most = isExport ? Number.MAX_SAFE_INTEGER : longestPage
  if (limit !== undefined) return { format, limit: wholeNumber('--limit', limit, 1, most) }
  return isExport ? { format } : { format, limit: 50 }
}

/** A database of somebody else's, or one that no gateway has been started with yet. */
async function refuseWithoutRecord(sql: Sql, signal: AbortSignal): Promise<void> {
  const look = sql<{ there: boolean }[]>`select to_regclass('portvakt.decision') is not null as there`
  const [row] = await untilStopped(look, signal)
  if (row?.there !== true)
    throw new InputError('there is no record in this database: no gateway has been started with it yet')
}
