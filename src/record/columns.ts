/** What of an entry is repeated in columns, to be searched. Never a personal value: these columns cannot be erased. */
import type { Entry, Frame, Text } from './entry.ts'

export interface Columns {
  readonly operation: string
  /** Of the first part, as the next three. */
  readonly action: string | null
  readonly resource: string | null
  readonly instance: string | null
  readonly party: string | null
  readonly organisation: string | null
  readonly vendor: string | null
  readonly decision: string
  readonly code: string | null
  /** What the record is found by, of all its parts: `resource:…`, `party:…`, `organisation:…`, `rule:…` … */
  readonly tags: readonly string[]
  readonly trace: string
  readonly epoch: string
}

const partColumns = ['resource', 'instance', 'party'] as const
export type TagName = (typeof partColumns)[number] | 'organisation' | 'vendor' | 'rule'

export function columnsOf(entry: Entry, frame: Frame): Columns {
  const [first] = entry.parts
  return {
    operation: storable(frame.operation),
    action: ordinary(first?.action),
    resource: ordinary(first?.resource),
    instance: ordinary(first?.instance),
    party: ordinary(first?.party),
    organisation: ordinary(entry.caller.organisation),
    vendor: ordinary(entry.caller.vendor),
    decision: frame.decision,
    code: frame.refusal?.code ?? null,
    tags: tagsOf(entry, frame),
    trace: storable(entry.trace.trace),
    epoch: entry.epoch,
  }
}

/** One index over these finds a record by any of them, and by several at once. */
export function tag(name: TagName, value: string): string {
  return `${name}:${storable(value)}`
}

/** Stands for a resource whose id is personal: the record is about something that no tag may name, and nobody owns. */
const unnamedResource = 'resource:'

function tagsOf(entry: Entry, frame: Frame): readonly string[] {
  const tags = new Set<string>()
  const add = (name: TagName, text: Text | undefined): void => {
    if (typeof text === 'string') tags.add(tag(name, text))
  }
  add('organisation', entry.caller.organisation)
  if (entry.caller.vendor !== entry.caller.organisation) add('vendor', entry.caller.vendor)
  for (const part of entry.parts) {
    for (const name of partColumns) add(name, part[name])
    if (typeof part.resource === 'object') tags.add(unnamedResource)
  }
  for (const part of frame.parts) for (const id of part.determining) add('rule', id)
  return tags.size > mostTags ? [...tags].slice(0, mostTags) : [...tags]
}

/** A record with more is found by the first of them only. */
export const mostTags = 3_000

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
