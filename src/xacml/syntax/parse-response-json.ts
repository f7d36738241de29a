/** Responses of the JSON profile 1.1, section 5, in its own spelling or in that of Altinn's API. */
import { defaultLimits, type Limits } from '../limits.ts'
import { statusUri } from '../model/failure.ts'
import type {
  AttributeAssignment,
  Decision,
  MissingAttribute,
  Obligation,
  PolicyIdentifier,
  PolicyIdentifiers,
  Response,
  Result,
  Status,
} from '../model/response.ts'
import type { Outcome } from '../problems.ts'
import {
  isAbsent,
  itemsOf,
  type JsonReading,
  memberNames,
  membersOf,
  report,
  requiredIn,
  stringIn,
} from './json/members.ts'
import { readJsonCategory } from './json/parse-category-json.ts'
import { readJsonValues } from './json/parse-value-json.ts'
import { type JsonValue, readJson } from './json/read-json.ts'
import { outcome } from './outcome.ts'
import { requestBounds } from './request-bounds.ts'

const rootNames = memberNames('the document', ['Response'])
const resultNames = memberNames(
  'Result',
  ['Decision', 'Status', 'Obligations', 'AssociatedAdvice', 'Category', 'PolicyIdentifierList'],
  ['', '', '', 'AssociateAdvice'],
)
const statusNames = memberNames('Status', ['StatusCode', 'StatusMessage', 'StatusDetail'], ['', '', 'StatusDetails'])
const codeNames = memberNames('StatusCode', ['Value', 'StatusCode'])
const obligationNames = memberNames('Obligation', ['Id', 'AttributeAssignment'])
const assignmentNames = memberNames('AttributeAssignment', ['AttributeId', 'Value', 'DataType', 'Category', 'Issuer'])
const missingNames = memberNames('MissingAttributeDetail', ['AttributeId', 'Value', 'DataType', 'Category', 'Issuer'])
const policiesNames = memberNames('PolicyIdentifierList', ['PolicyIdReference', 'PolicySetIdReference'])
const identifierNames = memberNames('IdReference', ['Id', 'Version'])

/** As `parseResponseXml`. Lists that are there but empty are refused, except those of policy identifiers. */
export function parseResponseJson(text: string, limits: Limits = defaultLimits): Outcome<Response> {
  const document = readJson(text, requestBounds(limits))
  if (!document.ok) return document
  const reading: JsonReading = { text, problems: [] }
  const list = membersOf(reading, document.value, rootNames)?.[0]
  if (isAbsent(list)) report(reading, document.value, 'XACML-JSON-MISSING-MEMBER', '`Response` is missing')
  const results = filled(reading, list, 'Response').flatMap((item) => readResult(reading, item, limits))
  return outcome({ results }, reading.problems)
}

function filled(reading: JsonReading, value: JsonValue | undefined, name: string): readonly JsonValue[] {
  const items = itemsOf(value)
  if (!isAbsent(value) && items.length === 0) report(reading, value, 'XACML-JSON-TYPE', `\`${name}\` must not be empty`)
  return items
}

const decisions: ReadonlySet<string> = new Set(['Permit', 'Deny', 'NotApplicable', 'Indeterminate'])

function readResult(reading: JsonReading, value: JsonValue, limits: Limits): readonly Result[] {
  const members = membersOf(reading, value, resultNames)
  if (members === undefined) return []
  const [decision, status, obligations, advice, category, policies] = members
  const read = requiredIn(reading, value, decision, 'Decision')
  if (!isAbsent(decision) && !decisions.has(read)) {
    report(reading, decision, 'XACML-BAD-VALUE', `\`${read}\` is not a decision`)
  }
  return [
    {
      decision: read as Decision,
      status: readStatus(reading, status),
      obligations: filled(reading, obligations, 'Obligations').flatMap((item) => readObligation(reading, item)),
      advice: filled(reading, advice, 'AssociatedAdvice').flatMap((item) => readObligation(reading, item)),
      attributes: itemsOf(category).flatMap((item) => readJsonCategory(reading, item, limits) ?? []),
      ...(isAbsent(policies) ? {} : { policies: readPolicies(reading, policies) }),
    },
  ]
}

function readStatus(reading: JsonReading, value: JsonValue | undefined): Status {
  const members = isAbsent(value) ? undefined : membersOf(reading, value, statusNames)
  if (members === undefined) return { codes: [statusUri('ok')] }
  const [code, message, detail] = members
  const codes = isAbsent(code) ? [] : readCodes(reading, code)
  const text = stringIn(reading, message, 'StatusMessage')
  const missing = readMissing(reading, detail)
  return {
    codes: [codes[0] ?? statusUri('ok'), ...codes.slice(1)],
    ...(text === undefined ? {} : { message: text }),
    ...(missing.length === 0 ? {} : { missingAttributes: missing }),
  }
}

function readCodes(reading: JsonReading, value: JsonValue): readonly string[] {
  const members = membersOf(reading, value, codeNames)
  if (members === undefined) return []
  const [code, inner] = members
  return [requiredIn(reading, value, code, 'Value'), ...(isAbsent(inner) ? [] : readCodes(reading, inner))]
}

/** Section 5.3: any other kind of detail is free text or XML, which nothing here looks at. */
function readMissing(reading: JsonReading, detail: JsonValue | undefined): readonly MissingAttribute[] {
  if (isAbsent(detail) || detail.kind !== 'object') return []
  const index = detail.names.findIndex((name) => name.toLowerCase() === 'missingattributedetail')
  return itemsOf(detail.values[index]).flatMap((item) => {
    const members = membersOf(reading, item, missingNames)
    if (members === undefined) return []
    const [attributeId, value, dataType, category, issuer] = members
    const values = isAbsent(value) ? [] : readJsonValues(reading, value, dataType)
    const readIssuer = stringIn(reading, issuer, 'Issuer')
    return {
      category: requiredIn(reading, item, category, 'Category'),
      attributeId: requiredIn(reading, item, attributeId, 'AttributeId'),
      dataType: requiredIn(reading, item, dataType, 'DataType'),
      ...(readIssuer === undefined ? {} : { issuer: readIssuer }),
      ...(values.length === 0 ? {} : { values }),
    }
  })
}

function readObligation(reading: JsonReading, value: JsonValue): readonly Obligation[] {
  const members = membersOf(reading, value, obligationNames)
  if (members === undefined) return []
  const assignments = itemsOf(members[1]).flatMap((item) => readAssignment(reading, item))
  return [{ id: requiredIn(reading, value, members[0], 'Id'), assignments }]
}

function readAssignment(reading: JsonReading, object: JsonValue): readonly AttributeAssignment[] {
  const members = membersOf(reading, object, assignmentNames)
  if (members === undefined) return []
  const [attributeId, value, dataType, category, issuer] = members
  const id = requiredIn(reading, object, attributeId, 'AttributeId')
  if (value === undefined) report(reading, object, 'XACML-JSON-MISSING-MEMBER', '`Value` is missing')
  const values = value === undefined ? [] : readJsonValues(reading, value, dataType)
  const readCategory = stringIn(reading, category, 'Category')
  const readIssuer = stringIn(reading, issuer, 'Issuer')
  return values.map((typed) => ({
    attributeId: id,
    ...(readCategory === undefined ? {} : { category: readCategory }),
    ...(readIssuer === undefined ? {} : { issuer: readIssuer }),
    ...typed,
  }))
}

function readPolicies(reading: JsonReading, value: JsonValue): PolicyIdentifiers {
  const members = membersOf(reading, value, policiesNames) ?? []
  const [policies, policySets] = members.map((list) => itemsOf(list).flatMap((item) => readIdentifier(reading, item)))
  return { policies: policies ?? [], policySets: policySets ?? [] }
}

function readIdentifier(reading: JsonReading, value: JsonValue): readonly PolicyIdentifier[] {
  const members = membersOf(reading, value, identifierNames)
  if (members === undefined) return []
  const version = stringIn(reading, members[1], 'Version')
  return [{ id: requiredIn(reading, value, members[0], 'Id'), version: version ?? '' }]
}
