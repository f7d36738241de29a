/** Whether two responses say the same: sets with counts, values by data type, no messages. */

import type {
  AttributeAssignment,
  MissingAttribute,
  Obligation,
  PolicyIdentifier,
  Response,
  Result,
} from '../../src/xacml/model/response.ts'
import type { Value } from '../../src/xacml/model/value.ts'
import { canonicalType, dataTypes } from '../../src/xacml/values/index.ts'
import { xpathExpression } from '../../src/xacml/values/xpath-expression.ts'

const ok = 'urn:oasis:names:tc:xacml:1.0:status:ok'

export interface Comparing {
  /** Compare missing attributes as well. */
  readonly statusDetail: boolean
}

/** True where `actual` answers as `expected` asks for; not symmetric: an expected Indeterminate may leave its status open. */
export function sameResponse(actual: Response, expected: Response, comparing: Comparing): boolean {
  if (actual.results.length !== expected.results.length) return false
  const left = [...actual.results]
  return expected.results.every((wanted) => {
    const found = left.findIndex((result) => sameResult(result, wanted, comparing))
    if (found < 0) return false
    left.splice(found, 1)
    return true
  })
}

function sameResult(actual: Result, expected: Result, comparing: Comparing): boolean {
  return (
    actual.decision === expected.decision &&
    sameStatus(actual, expected, comparing) &&
    same(actual.obligations.map(obligationKey), expected.obligations.map(obligationKey)) &&
    same(actual.advice.map(obligationKey), expected.advice.map(obligationKey)) &&
    same(attributeKeys(actual), attributeKeys(expected)) &&
    samePolicies(actual, expected)
  )
}

/** The list is optional: where it is not expected it is not compared. */
function samePolicies(actual: Result, { policies: expected }: Result): boolean {
  if (expected === undefined) return true
  const { policies = [], policySets = [] } = actual.policies ?? {}
  return (
    same(policies.map(idKey), expected.policies.map(idKey)) &&
    same(policySets.map(idKey), expected.policySets.map(idKey))
  )
}

function sameStatus(actual: Result, expected: Result, { statusDetail }: Comparing): boolean {
  const [wanted] = expected.status.codes
  const [code] = actual.status.codes
  if (expected.decision === 'Indeterminate' && wanted === ok) return true
  if (wanted !== code) return false
  if (!statusDetail || expected.status.missingAttributes === undefined) return true
  return same(
    (actual.status.missingAttributes ?? []).map(missingKey),
    expected.status.missingAttributes.map(missingKey),
  )
}

const same = (a: readonly string[], b: readonly string[]): boolean =>
  a.length === b.length && [...a].sort().join('\n') === [...b].sort().join('\n')

const obligationKey = ({ id, assignments }: Obligation): string =>
  JSON.stringify([id, assignments.map(assignmentKey).sort()])

const assignmentKey = ({ attributeId, category, issuer, dataType, value }: AttributeAssignment): string =>
  JSON.stringify([attributeId, category, issuer, ...valueKey(dataType, value)])

const attributeKeys = ({ attributes }: Result): readonly string[] =>
  attributes.flatMap(({ category, attributes: all }) =>
    all.flatMap(({ id, issuer, values }) =>
      values.map(({ dataType, value }) => JSON.stringify([category, id, issuer, ...valueKey(dataType, value)])),
    ),
  )

const missingKey = ({ category, attributeId, dataType, issuer, values = [] }: MissingAttribute): string =>
  JSON.stringify([category, attributeId, dataType, issuer, values.map((one) => valueKey(one.dataType, one.value))])

const idKey = ({ id, version }: PolicyIdentifier): string => JSON.stringify([id, version])

/** The namespaces of a path do not count: the suite's responses declare others than its policies. */
function valueKey(dataType: string, value: Value): readonly [string, string] {
  if (dataType === xpathExpression.id) return [dataType, JSON.stringify({ ...(value as object), namespaces: {} })]
  const key = dataTypes.get(dataType)?.key(value) ?? value
  return [canonicalType(dataType), `${typeof key} ${String(key)}`]
}
