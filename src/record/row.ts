/** A decision as it is read back: from its row, and for people. */
import { type Columns, mostTags, storable } from './columns.ts'
import type { Entry, EntryPart, Frame, FrameObligation, FramePart, Text } from './entry.ts'
import { readText } from './personal.ts'

/** What a list shows. */
export interface DecisionRow extends Columns {
  readonly time: Date
  readonly id: string
  /** Null when there is none, and when it has been erased. */
  readonly systemUser: string | null
  /** Index of its leaf in the tree; null until it has one. */
  readonly sequence: string | null
}

export interface OutcomeRow {
  readonly at: Date
  readonly status: number
  readonly code: string | null
  readonly bytes: number | null
  readonly error: string | null
}

/** One decision with all that is kept of it. */
export interface StoredDecision {
  readonly row: DecisionRow
  readonly entry: Entry
  readonly frame: Frame
  /** Personal values by commitment; those that are missing have been erased. */
  readonly personal: ReadonlyMap<string, string>
  readonly erasedAt: Date | null
  /** Leaf hash, hexadecimal. */
  readonly hash: string
  readonly outcomes: readonly OutcomeRow[]
}

/** A row of a list, as JSON. */
export function decisionJson(row: DecisionRow) {
  return {
    id: row.id,
    time: row.time.toISOString(),
    decision: row.decision,
    refusal: row.code,
    operation: row.operation,
    action: row.action,
    resource: row.resource,
    instance: row.instance,
    party: row.party,
    caller: { organisation: row.organisation, vendor: row.vendor, systemUser: row.systemUser },
    rules: rulesOf(row),
    trace: row.trace,
    epoch: row.epoch,
    sequence: row.sequence,
  }
}

export function rulesOf(row: DecisionRow): string[] {
  return row.tags.filter((tag) => tag.startsWith('rule:')).map((tag) => tag.slice('rule:'.length))
}

/** Every resource that a part of it, advisory ones included, is about; one that has been erased is nobody's. */
export const resourcesOf = ({ entry, personal }: Pick<StoredDecision, 'entry' | 'personal'>): string[] => [
  ...new Set(
    entry.parts.flatMap(({ resource }) =>
      resource === undefined ? [] : [storable(readText(resource, personal) ?? '')],
    ),
  ),
]

/** The same, as far as a list can tell; undefined when there are more than a row has room for. */
export const listedResourcesOf = ({ tags }: DecisionRow): string[] | undefined =>
  tags.length >= mostTags
    ? undefined
    : tags.filter((tag) => tag.startsWith('resource:')).map((tag) => tag.slice('resource:'.length))

/** A row as it is shown to somebody who may read about these resources only, when it is about others too. */
export function veiledDecisionJson(row: DecisionRow, own: ReadonlySet<string>) {
  const shown = { ...decisionJson(row), rules: [] }
  // the columns are those of the first part
  return row.resource !== null && own.has(row.resource)
    ? shown
    : { ...shown, action: null, resource: null, instance: null, party: null }
}

/** What stands where a personal value has been erased. */
export const erased = { erased: true } as const

/** Everything that is known of one decision, as JSON. */
export function storedDecisionJson(stored: StoredDecision) {
  const { entry, frame, outcomes, row } = stored
  const show = (text: Text | undefined) =>
    text === undefined ? undefined : (readText(text, stored.personal) ?? erased)
  const { caller } = entry
  return {
    ...decisionJson(row),
    node: frame.node,
    engine: frame.engine,
    hash: stored.hash,
    erasedAt: stored.erasedAt?.toISOString(),
    caller: {
      ...frame.caller,
      client: show(caller.client),
      organisation: show(caller.organisation),
      vendor: show(caller.vendor),
      systemUser: show(caller.systemUser),
      session: show(caller.session),
      token: show(caller.token),
    },
    client: { address: show(entry.client.address), method: frame.method, path: show(entry.client.path) },
    combine: frame.combine,
    asked: frame.asked,
    durationMicroseconds: entry.duration,
    refusal: frame.refusal === undefined ? null : { ...frame.refusal, reason: show(entry.reason) },
    discharges: frame.discharges.map((discharge, index) => ({
      ...discharge,
      detail: show(entry.details?.[index] ?? undefined),
    })),
    parts: partsJson(entry, frame, show),
    outcomes: outcomes.map((outcome) => ({ ...outcome, at: outcome.at.toISOString() })),
  }
}

type Show = (text: Text | undefined) => string | typeof erased | undefined

function partsJson(entry: Entry, frame: Frame, show: Show) {
  const assigned = (entry.assigned ?? []).values()
  const obligations = (list: readonly FrameObligation[]) =>
    list.map(({ assignments, id }) => ({
      id,
      assignments: assignments.map((assignment) => ({ ...assignment, value: show(assigned.next().value) })),
    }))
  // in the order in which the values were written: obligations before advice, part after part
  return frame.parts.map((part, index) => partJson(part, entry.parts[index], entry, frame, show, obligations))
}

function partJson(
  part: FramePart,
  own: EntryPart | undefined,
  entry: Entry,
  frame: Frame,
  show: Show,
  obligations: (list: readonly FrameObligation[]) => unknown,
) {
  return {
    action: show(own?.action),
    resource: show(own?.resource),
    instance: show(own?.instance),
    party: show(own?.party),
    advisory: part.advisory,
    decision: part.decision,
    status: { codes: part.codes, message: show(own?.message), missing: part.missing },
    determining: part.determining,
    obligations: obligations(part.obligations),
    advice: obligations(part.advice ?? []),
    attributes: part.attributes.map((index) => ({
      ...frame.attributes[index],
      values: (entry.values[index] ?? []).map(show),
    })),
    policies: part.policies.map((index) => frame.policies[index]),
    cache: part.cache,
  }
}
