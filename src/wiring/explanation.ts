/** Makes a past decision again from what was recorded, and says why it came out as it did: `GET …/decisions/{id}/explanation`. */

import type { Sql } from '../database/sql.ts'
import { named, resourceReference, roots, wrapForResource } from '../decide/policy-store.ts'
import { buildRequest } from '../decide/request.ts'
import { loadPast, type PastAttribute, type PastDecision, type PastPart, type PastPolicy } from '../record/explain.ts'
import { findPolicyText } from '../registry/index.ts'
import type { AttributeFact } from '../steps.ts'
import { explain } from '../xacml/explaining/explain.ts'
import type { Explanation } from '../xacml/explaining/explanation.ts'
import { printExplanation } from '../xacml/explaining/print-explanation.ts'
import {
  dataTypes,
  type Limits,
  type Policy,
  type PolicyReference,
  type PolicySet,
  parsePolicy,
  type TypedValue,
} from '../xacml/index.ts'
import { fullCategory } from './decisions.ts'

export interface ExplainedDecision {
  readonly id: string
  /** For people: one line for each part of the question, and one for each way in which it would have been permitted. */
  readonly summary: readonly string[]
  readonly parts: readonly ExplainedPart[]
}

interface ExplainedPart {
  /** As it was recorded; the same as the explanation's, or the record and the policies contradict each other. */
  readonly recorded: string
  readonly explanation: Omit<Explanation, 'obligations' | 'advice'>
  /** The same as a tree for people to read. */
  readonly text: string
}

/** undefined when there is no such decision, or when its values or policies are gone. */
export async function explainDecision(sql: Sql, id: string, limits: Limits): Promise<ExplainedDecision | undefined> {
  const past = await loadPast(sql, id, (hash) => findPolicyText(sql, hash))
  if (past.kind !== 'past') return undefined
  const parts = past.parts.map((part): ExplainedPart => {
    // what was obliged stands in the record itself
    const { obligations: _, advice: __, ...explanation } = explainPart(past, part, limits)
    const text = printExplanation({ ...explanation, obligations: [], advice: [] })
    return { recorded: part.decision, explanation, text }
  })
  return { id, summary: parts.flatMap(summaryOf), parts }
}

function explainPart({ stored }: Extract<PastDecision, { kind: 'past' }>, part: PastPart, limits: Limits): Explanation {
  const parsed = part.policies.map((policy) => parseStored(policy, limits))
  const resource = part.request.find(({ id, values }) => id === 'urn:altinn:resource' && values.length === 1)?.values[0]
  const rootId = roots[part.isAdvisory ? 'decision-api' : 'gateway']
  const byId = new Map(parsed.flatMap(named).map((policy) => [policy.id, policy]))
  const root = byId.get(rootId)
  if (root === undefined) throw new Error(`decision \`${stored.row.id}\` does not name the policy set \`${rootId}\``)
  const own = new Set(Object.values(roots))
  const uploads = parsed.filter(({ id }) => !own.has(id) && !id.startsWith('urn:portvakt:'))
  const bound = wrapForResource(resource ?? 'none', uploads[0]?.version ?? '1', uploads)
  const resolve = ({ id }: PolicyReference): Policy | PolicySet | undefined =>
    id === resourceReference ? bound : byId.get(id)
  const request = buildRequest(part.request.map(factOf), fullCategory)
  return explain(root, request, { resolve, now: stored.row.time.toISOString(), limits, names: words, isFixed })
}

/** Nobody changes these: they say which question is asked, and by what kind of subject. */
const fixed: ReadonlySet<string> = new Set([
  'urn:portvakt:operation',
  'urn:portvakt:subject:kind',
  'urn:portvakt:request:unnamed',
  'urn:portvakt:transfer-found',
  'urn:portvakt:resource-found',
])
const isFixed = ({ attributeId }: { readonly attributeId: string }): boolean => fixed.has(attributeId)

/** What attributes are called in a summary. */
const words: ReadonlyMap<string, string> = new Map([
  ['urn:altinn:organization:identifier-no', 'organisation'],
  ['urn:altinn:access-list', 'access list'],
  ['urn:altinn:resource', ''],
  ['urn:oasis:names:tc:xacml:1.0:action:action-id', ''],
  ['urn:portvakt:operation', 'operation'],
  ['urn:portvakt:subject:acts-for', 'party acted for'],
  ['urn:portvakt:party:access-list', 'access list of the party'],
  ['urn:portvakt:systemuser:right', 'right'],
  ['urn:scope', 'scope'],
])

function parseStored({ text, hash }: PastPolicy, limits: Limits): Policy | PolicySet {
  const parsed = parsePolicy(text, limits)
  if (!parsed.ok) throw new Error(`the stored policy ${hash} does not parse: ${parsed.problems[0].message}`)
  return parsed.value
}

const factOf = ({ category, id, issuer, dataType, values }: PastAttribute): AttributeFact => ({
  category,
  id,
  ...(issuer === undefined ? {} : { issuer }),
  values: values.map((text) => readValue(dataType, text)),
})

function readValue(dataType: string, text: string): TypedValue {
  const value = dataTypes.get(dataType)?.parse(text)
  if (value === undefined) throw new Error(`a recorded value is not in the lexical space of \`${dataType}\``)
  return { dataType, value }
}

function summaryOf({ explanation }: ExplainedPart): readonly string[] {
  const { decision, rules, changes, status } = explanation
  const why = rules.map(({ policy, rule, at }) => `rule \`${rule}\` of \`${policy}\` (line ${at.line})`).join(', ')
  const first =
    why === '' ? `${decision}${status.message === undefined ? '' : `: ${status.message}`}` : `${decision} by ${why}`
  return [
    first,
    ...changes.map(
      ({ facts }) =>
        `it would have been permitted, had it not been that ${facts.map(({ text }) => text).join(' and that ')}`,
    ),
  ]
}
