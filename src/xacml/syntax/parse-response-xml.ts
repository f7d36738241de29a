/** Responses from their XML form: XACML 3.0 core, sections 5.47 to 5.57. For clients of the engine, and for comparing. */
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
import type { Outcome, Problem } from '../problems.ts'
import { childOf, childrenOf, optionalString, optionalUri, stringOf, uriOf } from './access.ts'
import { checkShape } from './check-shape.ts'
import { outcome } from './outcome.ts'
import { readCategory, readValues } from './parse-attributes-xml.ts'
import { readValue } from './parse-value.ts'
import { requestBounds } from './request-bounds.ts'
import { collapse } from './xml/characters.ts'
import { attributeOf, type XmlElement } from './xml/element.ts'
import { readXml } from './xml/read-xml.ts'

/**
 * Reads one response document. A result without `Status` gets the code ok, whatever the decision; `extended` is never
 * present, for it is not written. Limits are those of requests.
 */
export function parseResponseXml(text: string, limits: Limits = defaultLimits): Outcome<Response> {
  const document = readXml(text, requestBounds(limits))
  if (!document.ok) return document
  const problems: Problem[] = [...checkShape(document.value, ['Response'])]
  if (problems.length > 0) return outcome(undefined as never, problems)
  const results = document.value.children.map((element) => readResult(problems, element))
  return outcome({ results }, problems)
}

function readResult(problems: Problem[], element: XmlElement): Result {
  const policies = childOf(element, 'PolicyIdentifierList')
  return {
    decision: (childOf(element, 'Decision')?.text ?? '') as Decision,
    status: readStatus(problems, childOf(element, 'Status')),
    obligations: readList(problems, childOf(element, 'Obligations'), 'ObligationId'),
    advice: readList(problems, childOf(element, 'AssociatedAdvice'), 'AdviceId'),
    attributes: childrenOf(element, 'Attributes').map((child) => readCategory(problems, child)),
    ...(policies === undefined ? {} : { policies: readPolicies(policies) }),
  }
}

function readStatus(problems: Problem[], element: XmlElement | undefined): Status {
  const outermost = element && childOf(element, 'StatusCode')
  if (element === undefined || outermost === undefined) return { codes: [statusUri('ok')] }
  const message = childOf(element, 'StatusMessage')
  const detail = childOf(element, 'StatusDetail')
  const missing = detail === undefined ? [] : childrenOf(detail, 'MissingAttributeDetail')
  return {
    codes: readCodes(outermost),
    ...(message === undefined ? {} : { message: message.text }),
    ...(missing.length === 0 ? {} : { missingAttributes: missing.map((child) => readMissing(problems, child)) }),
  }
}

function readCodes(outermost: XmlElement): readonly [string, ...string[]] {
  const inner: string[] = []
  let code = childOf(outermost, 'StatusCode')
  while (code !== undefined) {
    inner.push(uriOf(code, 'Value'))
    code = childOf(code, 'StatusCode')
  }
  return [uriOf(outermost, 'Value'), ...inner]
}

function readMissing(problems: Problem[], element: XmlElement): MissingAttribute {
  const values = readValues(problems, element)
  return {
    category: uriOf(element, 'Category'),
    attributeId: uriOf(element, 'AttributeId'),
    dataType: uriOf(element, 'DataType'),
    ...optionalString(element, 'Issuer', 'issuer'),
    ...(values.length === 0 ? {} : { values }),
  }
}

function readList(problems: Problem[], list: XmlElement | undefined, idName: string): readonly Obligation[] {
  return (list?.children ?? []).map((element) => ({
    id: uriOf(element, idName),
    assignments: element.children.flatMap((child) => readAssignment(problems, child)),
  }))
}

function readAssignment(problems: Problem[], element: XmlElement): readonly AttributeAssignment[] {
  const value = readValue(problems, element)
  if (value === undefined) return []
  const attributeId = uriOf(element, 'AttributeId')
  return [
    {
      attributeId,
      ...optionalUri(element, 'Category', 'category'),
      ...optionalString(element, 'Issuer', 'issuer'),
      ...value,
    },
  ]
}

function readPolicies(list: XmlElement): PolicyIdentifiers {
  const read = (element: XmlElement): PolicyIdentifier => ({
    id: collapse(element.text),
    version: attributeOf(element, 'Version') === undefined ? '' : stringOf(element, 'Version'),
  })
  return {
    policies: childrenOf(list, 'PolicyIdReference').map(read),
    policySets: childrenOf(list, 'PolicySetIdReference').map(read),
  }
}
