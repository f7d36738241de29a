/** Section A.3.16: asks the whole policy again, with one category of the request replaced. */
import type { Limits } from '../limits.ts'
import { Failure } from '../model/failure.ts'
import type { Request } from '../model/request.ts'
import { parseRequestXml } from '../syntax/parse-request-xml.ts'
import { exhaust, stepsOfSize, takeStep, type Work } from '../work.ts'
import type { DecisionContext } from './context.ts'

const xacmlNamespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'

/** `xml` is what stands inside an `<Attributes>` element. True on Permit alone; loops end at the number of nested requests. */
export function accessPermitted(category: string, xml: string, context: DecisionContext): boolean | Failure {
  const { work, limits } = context
  const refused = takeStep(work, stepsToRead(xml)) ?? refuseMore(work, limits)
  if (refused !== undefined) return refused
  const replacement = parseCategory(category, xml, context)
  if (replacement instanceof Failure) return replacement
  const categories = context.request.categories.filter((one) => one.category !== category).concat(replacement)
  work.nestedRequests += 1
  work.nesting += 1
  const outcome = context.askAgain({ ...context.request, categories })
  work.nesting -= 1
  return outcome === 'Permit'
}

/** Reading XML takes longer than looking at text. */
const stepsToRead = (xml: string) => 100 + stepsOfSize(4 * xml.length)

function refuseMore(work: Work, { nestedRequests, nestedRequestDepth }: Limits): Failure | undefined {
  if (work.nestedRequests >= nestedRequests) {
    return exhaust(work, '`access-permitted` is asked more often than the limit `nestedRequests` allows')
  }
  if (work.nesting < nestedRequestDepth) return undefined
  return exhaust(work, '`access-permitted` asks for itself deeper than the limit `nestedRequestDepth` allows')
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
