/** Section A.3.16: asks the whole policy again, with one category of the request replaced. */
import { Failure } from '../model/failure.ts'
import type { Request } from '../model/request.ts'
import { parseRequestXml } from '../syntax/parse-request-xml.ts'
import type { DecisionContext } from './context.ts'

const xacmlNamespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'

/** `xml` is what stands inside an `<Attributes>` element. True on Permit alone; loops end at the number of nested requests. */
export function accessPermitted(category: string, xml: string, context: DecisionContext): boolean | Failure {
  const replacement = parseCategory(category, xml, context)
  if (replacement instanceof Failure) return replacement
  const { work } = context
  if (work.nestedRequestsLeft <= 0) {
    return new Failure('processing-error', '`access-permitted` was asked too many times in one decision')
  }
  work.nestedRequestsLeft -= 1
  const categories = context.request.categories.filter((one) => one.category !== category).concat(replacement)
  return context.askAgain({ ...context.request, categories }) === 'Permit'
}

function parseCategory(category: string, xml: string, { limits }: DecisionContext): Request['categories'] | Failure {
  const quoted = category.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')
  const parsed = parseRequestXml(
    `<Request xmlns="${xacmlNamespace}" ReturnPolicyIdList="false" CombinedDecision="false">` +
      `<Attributes Category="${quoted}">${xml}</Attributes></Request>`,
    limits,
  )
  if (!parsed.ok) return new Failure('syntax-error', `the nested request cannot be read: ${parsed.problems[0].message}`)
  const { categories } = parsed.value
  if (categories.length === 1 && categories[0]?.category === category) return categories
  return new Failure('syntax-error', 'the nested request is more than one category')
}
