/** Responses as JSON: profile 1.1, section 5, or the spelling of Altinn's API. */
import type { MissingAttribute, Obligation, PolicyIdentifier, Response, Result, Status } from '../model/response.ts'
import { type Json, type JsonStyle, jsonCategory, jsonValue } from './json/print-value-json.ts'

/**
 * Indeterminate is printed without its extension. In the style `altinn` member names are in camel case, `AssociatedAdvice`
 * and `StatusDetail` are `associateAdvice` and `statusDetails`, and every value is a string.
 */
export function printResponseJson(response: Response, style: JsonStyle = 'profile'): string {
  const json = { Response: response.results.map((result) => jsonResult(result, style)) }
  return JSON.stringify(style === 'altinn' ? renamed(json) : json)
}

function jsonResult(result: Result, style: JsonStyle): Json {
  const { decision, status, obligations, advice, attributes, policies } = result
  return {
    Decision: decision,
    Status: jsonStatus(status, style),
    Obligations: jsonList(obligations, style),
    AssociatedAdvice: jsonList(advice, style),
    Category: attributes.length === 0 ? undefined : attributes.map((category) => jsonCategory(category, style)),
    PolicyIdentifierList: policies && {
      PolicyIdReference: policies.policies.map(jsonIdentifier),
      PolicySetIdReference: policies.policySets.map(jsonIdentifier),
    },
  }
}

function jsonIdentifier({ id, version }: PolicyIdentifier): Json {
  return { Id: id, Version: version }
}

function jsonStatus({ codes, message, missingAttributes }: Status, style: JsonStyle): Json {
  return {
    StatusMessage: message,
    StatusDetail:
      missingAttributes === undefined || missingAttributes.length === 0
        ? undefined
        : { MissingAttributeDetail: missingAttributes.map((missing) => jsonMissing(missing, style)) },
    StatusCode: jsonCode(codes),
  }
}

function jsonCode([value, ...inner]: readonly string[]): Json {
  return { Value: value, StatusCode: inner.length === 0 ? undefined : jsonCode(inner) }
}

function jsonMissing({ category, attributeId, dataType, issuer, values }: MissingAttribute, style: JsonStyle): Json {
  return {
    Category: category,
    AttributeId: attributeId,
    DataType: dataType,
    Issuer: issuer,
    Value: values?.map((value) => jsonValue(value, style)),
  }
}

function jsonList(all: readonly Obligation[], style: JsonStyle): Json | undefined {
  if (all.length === 0) return undefined
  return all.map(({ id, assignments }) => ({
    Id: id,
    AttributeAssignment: assignments.map((assignment) => ({
      AttributeId: assignment.attributeId,
      Value: jsonValue(assignment, style),
      Category: assignment.category,
      DataType: assignment.dataType,
      Issuer: assignment.issuer,
    })),
  }))
}

const altinnNames: ReadonlyMap<string, string> = new Map([
  ['AssociatedAdvice', 'associateAdvice'],
  ['StatusDetail', 'statusDetails'],
  ...[
    ...['Response', 'Decision', 'Status', 'StatusCode', 'StatusMessage', 'Value', 'Obligations', 'AttributeAssignment'],
    ...['AttributeId', 'Category', 'DataType', 'Issuer', 'Id', 'CategoryId', 'Content', 'Attribute', 'IncludeInResult'],
    ...['MissingAttributeDetail', 'PolicyIdentifierList', 'PolicyIdReference', 'PolicySetIdReference', 'Version'],
    ...['XPathCategory', 'XPath', 'Namespaces', 'Prefix', 'Namespace'],
  ].map((name) => [name, name.charAt(0).toLowerCase() + name.slice(1)] as const),
])

/** Member names only: no value of a response stands under a name of its own. */
function renamed(json: Json): Json {
  if (Array.isArray(json)) return json.map(renamed)
  if (typeof json !== 'object') return json
  const all = json as { readonly [name: string]: Json | undefined }
  const result: Record<string, Json> = {}
  for (const name in all) {
    const value = all[name]
    if (value !== undefined) result[altinnNames.get(name) ?? name] = renamed(value)
  }
  return result
}
