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
])

/** Member names only: no value of a response stands under a name of its own. */
function renamed(json: Json): Json {
  if (Array.isArray(json)) return json.map(renamed)
  if (typeof json !== 'object') return json
  const entries = Object.entries(json).filter((entry): entry is [string, Json] => entry[1] !== undefined)
  return Object.fromEntries(entries.map(([name, value]) => [altinnName(name), renamed(value)]))
}

function altinnName(name: string): string {
  return altinnNames.get(name) ?? name.charAt(0).toLowerCase() + name.slice(1)
}
