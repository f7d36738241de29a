/** What of an entry is repeated in columns, to be searched. Never a personal value: these columns cannot be erased. */
import type { Entry, EntryPart, Frame, Text } from './entry.ts'

export interface Columns {
  readonly operation: string
  /** Of the first part, as the next three. */
  readonly action: string | null
  readonly resource: string | null
  readonly instance: string | null
  readonly party: string | null
  /** Of the other parts, where they differ from the first: `action:read`, `party:991825827` … */
  readonly others: readonly string[] | null
  readonly organisation: string | null
  readonly vendor: string | null
  readonly decision: string
  readonly code: string | null
  /** Rules and policies that determined the decision, of all parts, without repetition. */
  readonly determining: readonly string[]
  readonly trace: string
  readonly epoch: string
}

const partColumns = ['action', 'resource', 'instance', 'party'] as const
export type PartColumn = (typeof partColumns)[number]

export function columnsOf(entry: Entry, frame: Frame): Columns {
  const [first] = entry.parts
  const column = (name: PartColumn): string | null => ordinary(first?.[name])
  return {
    operation: storable(frame.operation),
    action: column('action'),
    resource: column('resource'),
    instance: column('instance'),
    party: column('party'),
    others: othersOf(entry.parts),
    organisation: ordinary(entry.caller.organisation),
    vendor: ordinary(entry.caller.vendor),
    decision: frame.decision,
    code: frame.refusal?.code ?? null,
    determining: determiningOf(frame.parts),
    trace: storable(entry.trace.trace),
    epoch: entry.epoch,
  }
}

export function otherTag(name: PartColumn, value: string): string {
  return `${name}:${value}`
}

function othersOf(parts: readonly EntryPart[]): readonly string[] | null {
  const [first] = parts
  if (parts.length < 2 || first === undefined) return null
  const tags = new Set<string>()
  for (const part of parts)
    for (const name of partColumns) {
      const value = ordinary(part[name])
      if (value !== null && value !== ordinary(first[name])) tags.add(otherTag(name, value))
    }
  return tags.size === 0 ? null : [...tags]
}

function determiningOf(parts: Frame['parts']): readonly string[] {
  const [first] = parts
  if (parts.length === 1 && first !== undefined) return first.determining.map(storable)
  return [...new Set(parts.flatMap((part) => part.determining.map(storable)))]
}

function ordinary(text: Text | undefined): string | null {
  return typeof text === 'string' ? storable(text) : null
}

/** PostgreSQL's text cannot hold NUL, and what is searched need not be longer than this. */
const longestColumn = 1_000
const unstorable = /[\0\ud800-\udfff]/

export function storable(text: string): string {
  const short = text.length > longestColumn ? text.slice(0, longestColumn) : text
  if (!unstorable.test(short)) return short
  return Buffer.from(short).toString().replaceAll('\0', '\ufffd')
}
