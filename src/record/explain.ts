/** What is needed to make a past decision again: the request as it was given to the engine, and the policies of then. */
import type { Sql } from '../database/sql.ts'
import type { EntryPart, Frame, Text } from './entry.ts'
import { readText } from './personal.ts'
import { getDecision } from './query.ts'
import type { StoredDecision } from './row.ts'

export interface PastAttribute {
  readonly category: string
  readonly id: string
  readonly issuer?: string
  readonly dataType: string
  /** Lexical forms. */
  readonly values: readonly string[]
}

export interface PastPolicy {
  readonly id: string
  readonly version: string
  /** SHA-256 of its text, hexadecimal. */
  readonly hash: string
  readonly text: string
}

/** One part of the question, ready to be evaluated. */
export interface PastPart {
  readonly decision: string
  readonly determining: readonly string[]
  readonly isAdvisory: boolean
  readonly request: readonly PastAttribute[]
  readonly policies: readonly PastPolicy[]
}

export type PastDecision =
  | { readonly kind: 'past'; readonly stored: StoredDecision; readonly parts: readonly PastPart[] }
  | { readonly kind: 'not-found' }
  /** Attributes whose values have been erased: nobody can make this decision again. */
  | { readonly kind: 'erased'; readonly stored: StoredDecision; readonly attributes: readonly string[] }
  | { readonly kind: 'policy-missing'; readonly stored: StoredDecision; readonly hash: string }

export type LoadPolicyByHash = (hash: string) => Promise<string | undefined>

export async function loadPast(sql: Sql, id: string, loadPolicyByHash: LoadPolicyByHash): Promise<PastDecision> {
  const stored = await getDecision(sql, id)
  if (stored === undefined) return { kind: 'not-found' }
  const { entry, frame } = stored
  const gone = frame.attributes.filter((_, index) => isErased(entry.values[index] ?? [], stored))
  if (gone.length > 0) return { kind: 'erased', stored, attributes: gone.map(({ id: attribute }) => attribute) }
  const texts = new Map<string, string>()
  for (const { hash } of frame.policies) {
    const text = texts.get(hash) ?? (await loadPolicyByHash(hash))
    if (text === undefined) return { kind: 'policy-missing', stored, hash }
    texts.set(hash, text)
  }
  return { kind: 'past', stored, parts: frame.parts.map((part) => pastPart(part, stored, texts)) }
}

function isErased(values: readonly Text[], { personal }: StoredDecision): boolean {
  return values.some((value) => readText(value, personal) === undefined)
}

const stringType = 'http://www.w3.org/2001/XMLSchema#string'

function pastPart(
  part: Frame['parts'][number],
  { entry, frame, personal }: StoredDecision,
  texts: ReadonlyMap<string, string>,
): PastPart {
  const attribute = (index: number): PastAttribute => {
    const { category, dataType = stringType, id, issuer } = at(frame.attributes, index)
    const values = at(entry.values, index).map((value) => readText(value, personal) ?? '')
    return { category, id, dataType, values, ...(issuer === undefined ? {} : { issuer }) }
  }
  const policy = (index: number): PastPolicy => {
    const { hash, id, version } = at(frame.policies, index)
    return { id, version, hash, text: texts.get(hash) ?? '' }
  }
  return {
    decision: part.decision,
    determining: part.determining,
    isAdvisory: part.advisory === true,
    request: part.attributes.map(attribute),
    policies: part.policies.map(policy),
  }
}

/** Throws when an index of the frame leads nowhere: the record has been altered. */
function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new RangeError(`the record refers to number ${index} of ${list.length}`)
  return item
}

/** Evaluates one request under these policies, and says why: a tree. Handed in by whoever owns the engine. */
export type Explain<Tree> = (policies: readonly PastPolicy[], request: readonly PastAttribute[]) => Tree

export interface ExplainedPart<Tree> {
  readonly action: EntryPart['action']
  /** As it was recorded. */
  readonly decision: string
  readonly tree: Tree
}

/** Why the decision was made, part by part, evaluated again with the policies of then. */
export function explainPast<Tree>(
  past: Extract<PastDecision, { kind: 'past' }>,
  explain: Explain<Tree>,
): readonly ExplainedPart<Tree>[] {
  return past.parts.map(({ decision, policies, request }, index) => ({
    action: past.stored.entry.parts[index]?.action ?? '',
    decision,
    tree: explain(policies, request),
  }))
}
