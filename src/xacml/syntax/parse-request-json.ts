/** Requests of the JSON profile 1.1, section 4, in the spellings that clients of Altinn use as well. */
import { defaultLimits, type Limits } from '../limits.ts'
import type { AttributeCategory, Request } from '../model/request.ts'
import type { Outcome } from '../problems.ts'
import { categoryShorthands } from './json/categories.ts'
import {
  booleanIn,
  described,
  isAbsent,
  itemsOf,
  type JsonReading,
  memberNames,
  membersOf,
  report,
  stringIn,
} from './json/members.ts'
import { readJsonCategory } from './json/parse-category-json.ts'
import { type JsonValue, readJson } from './json/read-json.ts'
import { outcome } from './outcome.ts'
import { requestBounds } from './request-bounds.ts'
import { withXPathVersion } from './request-xpath.ts'

const rootNames = memberNames('the document', ['Request'])
const multipleNames = memberNames('MultiRequests', ['RequestReference'])
const referenceNames = memberNames('RequestReference', ['ReferenceId'])

const plain = ['ReturnPolicyIdList', 'CombinedDecision', 'XPathVersion', 'MultiRequests', 'Category'] as const
const requestNames = memberNames('Request', [...plain, ...categoryShorthands.map(([name]) => name)])

/**
 * Reads one request. Member names in any case, `null` for an absent member, and a bare object where an array of one is
 * meant are accepted; unknown members, duplicates in any spelling, unknown data types and values outside their type are
 * refused, with every finding.
 */
export function parseRequestJson(text: string, limits: Limits = defaultLimits): Outcome<Request> {
  const document = readJson(text, requestBounds(limits))
  if (!document.ok) return document
  const reading: JsonReading = { text, problems: [] }
  const request = readRoot(reading, document.value, limits)
  return outcome(request as Request, reading.problems)
}

/** Undefined only after reporting. */
function readRoot(reading: JsonReading, root: JsonValue, limits: Limits): Request | undefined {
  const value = membersOf(reading, root, rootNames)?.[0]
  const members = membersOf(reading, value, requestNames)
  if (value === undefined && reading.problems.length === 0) {
    report(reading, root, 'XACML-JSON-MISSING-MEMBER', '`Request` is missing')
  }
  if (members === undefined) return undefined
  const [returnPolicyIdList, combinedDecision, version, multiple] = members
  const xpathVersion = stringIn(reading, version, 'XPathVersion')
  const references = readReferences(reading, multiple)
  const categories = readCategories(reading, value as JsonValue, members, limits)
  return withXPathVersion({
    returnPolicyIdList: booleanIn(reading, returnPolicyIdList, 'ReturnPolicyIdList'),
    combinedDecision: booleanIn(reading, combinedDecision, 'CombinedDecision'),
    ...(xpathVersion === undefined ? {} : { xpathVersion }),
    categories,
    ...(references === undefined ? {} : { references }),
  })
}

/** In the order of the document, whatever the order of the table: the order of categories is the order of results. */
function readCategories(
  reading: JsonReading,
  request: JsonValue,
  members: readonly (JsonValue | undefined)[],
  limits: Limits,
): readonly AttributeCategory[] {
  const categories: AttributeCategory[] = []
  const ids = new Set<string>()
  for (const value of request.kind === 'object' ? request.values : []) {
    const slot = members.indexOf(value)
    if (slot < plain.length - 1) continue
    const shorthand = categoryShorthands[slot - plain.length]?.[1]
    for (const item of itemsOf(value)) {
      const category = readJsonCategory(reading, item, limits, shorthand)
      if (category === undefined) continue
      categories.push(category)
      if (category.id !== undefined) checkId(reading, item, ids, category.id)
    }
  }
  return categories
}

function checkId(reading: JsonReading, value: JsonValue, ids: Set<string>, id: string): void {
  if (ids.has(id)) report(reading, value, 'XACML-DUPLICATE-XML-ID', `\`Id\` \`${id}\` stands on two categories`)
  ids.add(id)
}

/** Clients that always print the member send it empty when they mean a single request. */
function readReferences(
  reading: JsonReading,
  multiple: JsonValue | undefined,
): readonly (readonly string[])[] | undefined {
  if (isAbsent(multiple)) return undefined
  const all = itemsOf(membersOf(reading, multiple, multipleNames)?.[0])
  const references = all.map((item) => itemsOf(membersOf(reading, item, referenceNames)?.[0]).map(readId))
  return references.length === 0 ? undefined : references

  function readId(value: JsonValue): string {
    if (value.kind === 'string') return value.text
    report(reading, value, 'XACML-JSON-TYPE', `\`ReferenceId\` must be a string, not ${described(value)}`)
    return ''
  }
}
