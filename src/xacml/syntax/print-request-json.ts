/** Requests as JSON: profile 1.1, section 4. */
import type { Request } from '../model/request.ts'
import { jsonCategory } from './json/print-value-json.ts'

/**
 * What `parseRequestJson` reads back as the same request, except that an attribute whose values differ in data type comes
 * back as several. Data types are always written.
 */
export function printRequestJson(request: Request): string {
  const { returnPolicyIdList, combinedDecision, xpathVersion, references } = request
  return JSON.stringify({
    Request: {
      ReturnPolicyIdList: returnPolicyIdList,
      CombinedDecision: combinedDecision,
      XPathVersion: xpathVersion,
      Category: request.categories.map((category) => jsonCategory(category, 'profile')),
      MultiRequests: references && { RequestReference: references.map((ids) => ({ ReferenceId: ids })) },
    },
  })
}
