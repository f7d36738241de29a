/** Which decisions: the conditions of the command line as a filter of the record. */
import { problems } from '../../problems.ts'
import type { DecisionFilter } from '../../record/query.ts'
import { oneOf } from '../arguments.ts'
import { UsageError } from '../command.ts'

export const conditionUsage = `conditions
  --since TIME, --until TIME   2026-11-20T08:00:00Z, 2026-11-20, or an age: 30m, 12h, 7d
  --caller ID                  organisation number (of the caller or its vendor), or id of a system user
  --resource ID  --transfer ID  --party NUMBER  --rule ID  --trace ID
  --action NAME  --operation NAME  --decision Permit|Deny|NotApplicable|Indeterminate  --code CODE
`

export const conditionOptions = {
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
} as const

const known = ['Permit', 'Deny', 'NotApplicable', 'Indeterminate'] as const

type Given = Readonly<Record<string, string | undefined>>

/** Throws `UsageError`. */
export function readConditions(given: Given, now: Date): DecisionFilter {
  const { action, caller, code, decision, operation, party, resource, rule, since, trace, transfer, until } = given
  const filter = {
    ...(caller === undefined ? {} : callerOf(caller)),
    action,
    operation,
    party: party === undefined ? undefined : partyOf(party),
    resource,
    rule,
    trace: trace === undefined ? undefined : traceOf(trace),
    instance: transfer,
    code: code === undefined ? undefined : codeOf(code),
    decision: decision === undefined ? undefined : oneOf('--decision', decision, known),
    from: since === undefined ? undefined : timeOf('--since', since, now),
    until: until === undefined ? undefined : timeOf('--until', until, now),
  }
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined))
}

const organisation = /^\d{9}$/

function callerOf(caller: string): DecisionFilter {
  if (organisation.test(caller)) return { caller }
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(caller)) return { systemUser: caller.toLowerCase() }
  throw new UsageError(`\`--caller\` is \`${caller}\`; expected an organisation number or the id of a system user`)
}

function partyOf(party: string): string {
  if (organisation.test(party)) return party
  throw new UsageError(`\`--party\` is \`${party}\`; expected an organisation number, nine digits`)
}

function traceOf(trace: string): string {
  if (/^[0-9a-f]{32}$/i.test(trace)) return trace.toLowerCase()
  throw new UsageError(`\`--trace\` is \`${trace}\`; expected 32 hexadecimal digits, the \`traceId\` of a problem`)
}

function codeOf(code: string): string {
  const upper = code.toUpperCase()
  if (Object.hasOwn(problems, upper)) return upper
  throw new UsageError(
    `\`--code\` is \`${code}\`; expected a problem code such as \`BRO-00006\`, the README lists them`,
  )
}

const units = { m: 60_000, h: 3_600_000, d: 86_400_000 } as const

function timeOf(option: string, text: string, now: Date): Date {
  const [, amount, unit] = /^(\d{1,6})([mhd])$/.exec(text) ?? []
  if (amount !== undefined && unit !== undefined)
    return new Date(now.getTime() - Number(amount) * units[unit as keyof typeof units])
  const time = new Date(text)
  if (/^\d{4}-\d\d-\d\d/.test(text) && !Number.isNaN(time.getTime())) return time
  throw new UsageError(`\`${option}\` is \`${text}\`; expected a time like 2026-11-20T08:00:00Z or an age like 12h`)
}
