/** Puts one case to every engine, in every form its request has, and says where an answer is not the expected one. */
import { defaultLimits } from '../../src/xacml/limits.ts'
import { statusUri } from '../../src/xacml/model/failure.ts'
import type { Request } from '../../src/xacml/model/request.ts'
import type { Response } from '../../src/xacml/model/response.ts'
import type { Outcome, Problem } from '../../src/xacml/problems.ts'
import { parseRequestJson } from '../../src/xacml/syntax/parse-request-json.ts'
import { parseRequestXml } from '../../src/xacml/syntax/parse-request-xml.ts'
import { parseResponseJson } from '../../src/xacml/syntax/parse-response-json.ts'
import { parseResponseXml } from '../../src/xacml/syntax/parse-response-xml.ts'
import { printResponseJson } from '../../src/xacml/syntax/print-response-json.ts'
import { printResponseXml } from '../../src/xacml/syntax/print-response-xml.ts'
import { readCaseFile, requireCaseFile } from './case-files.ts'
import { sameResponse } from './compare-responses.ts'
import { engines } from './engines.ts'
import type { ConformanceCase } from './manifest.ts'
import { isAccepted, prepareCase } from './prepare-case.ts'

export interface Mismatch {
  /** `plain, Request.xml`, and so on. */
  readonly where: string
  readonly expected: string
  readonly actual: string
}

interface Form {
  readonly extension: 'xml' | 'json'
  readonly parseRequest: (text: string) => Outcome<Request>
  readonly parseResponse: (text: string) => Outcome<Response>
  readonly print: (response: Response) => string
}

const forms: readonly Form[] = [
  { extension: 'xml', parseRequest: parseRequestXml, parseResponse: parseResponseXml, print: printResponseXml },
  { extension: 'json', parseRequest: parseRequestJson, parseResponse: parseResponseJson, print: printResponseJson },
]

/** Empty when the case passes. A case that cannot be run, for want of a file, fails with the reason. */
export function runCase(folder: string, one: ConformanceCase): readonly Mismatch[] {
  try {
    return runAny(folder, one)
  } catch (error) {
    return [{ where: 'case', expected: one.expect.outcome, actual: (error as Error).message }]
  }
}

function runAny(folder: string, one: ConformanceCase): readonly Mismatch[] {
  switch (one.expect.outcome) {
    case 'json-request-valid':
    case 'json-request-invalid':
    case 'json-response-valid':
    case 'json-response-invalid':
      return runSyntaxCase(folder, one)
    default:
      return runDecisionCase(folder, one)
  }
}

function runSyntaxCase(folder: string, one: ConformanceCase): readonly Mismatch[] {
  const isRequest = one.expect.outcome.startsWith('json-request')
  const name = isRequest ? 'Request.json' : 'Response.json'
  const text = requireCaseFile(folder, one, name)
  const parsed = isRequest ? parseRequestJson(text, defaultLimits) : parseResponseJson(text, defaultLimits)
  const wanted = one.expect.outcome.endsWith('-valid')
  if (parsed.ok === wanted) return []
  return [{ where: name, expected: one.expect.outcome, actual: parsed.ok ? 'accepted' : describe(parsed.problems) }]
}

function runDecisionCase(folder: string, one: ConformanceCase): readonly Mismatch[] {
  const policy = prepareCase(folder, one)
  if (policy.kind === 'policy-rejected') {
    if (isAccepted(one, 'policy-rejected')) return []
    return [{ where: 'policy', expected: one.expect.outcome, actual: describe(policy.problems) }]
  }
  const { prepared } = policy
  const found: Mismatch[] = []
  const requests = forms.flatMap((form) => {
    const text = readCaseFile(folder, one, `Request.${form.extension}`)
    return text === undefined ? [] : [{ form, text }]
  })
  if (requests.length === 0) {
    const isRefusal = one.expect.outcome === 'policy-rejected'
    throw new Error(isRefusal ? 'the policy was accepted' : 'the file `Request.xml` or `Request.json` is missing')
  }
  for (const { form, text } of requests) {
    const request = form.parseRequest(text)
    if (!request.ok) {
      if (isAccepted(one, 'request-rejected')) continue
      found.push(...compare(folder, one, form, 'request', refusal(request.problems)))
      continue
    }
    for (const [name, engine] of Object.entries(engines)) {
      found.push(...compare(folder, one, form, name, engine(prepared)(request.value)))
    }
  }
  return found
}

/** What a decision point answers to a request that it cannot read. */
const refusal = (problems: readonly Problem[]): Response => ({
  results: [
    {
      decision: 'Indeterminate',
      extended: 'DP',
      status: { codes: [statusUri('syntax-error')], message: describe(problems) },
      obligations: [],
      advice: [],
      attributes: [],
    },
  ],
})

function compare(
  folder: string,
  one: ConformanceCase,
  form: Form,
  who: string,
  response: Response,
): readonly Mismatch[] {
  const where = `${who}, Request.${form.extension}`
  const comparing = { statusDetail: one.flags.includes('statusDetail') }
  const printed = form.print(response)
  const read = form.parseResponse(printed)
  if (!read.ok || !sameResponse(read.value, response, { statusDetail: true })) {
    const expected = 'a response that reads back as it was printed'
    return [{ where, expected, actual: read.ok ? printed : describe(read.problems) }]
  }
  if (isAlternative(one, response)) return []
  if (one.expect.outcome === 'policy-rejected' || one.expect.outcome === 'request-rejected') {
    return [{ where, expected: one.expect.outcome, actual: printed }]
  }
  const expected = expectedResponses(folder, one, form)
  if (expected.some((wanted) => sameResponse(response, wanted, comparing))) return []
  return [{ where, expected: expected.map(form.print).join('\nor\n'), actual: printed }]
}

function isAlternative({ expect }: ConformanceCase, { results }: Response): boolean {
  const decisions = results.map(({ decision }) => decision)
  return (expect.alternatives ?? []).some((alternative) => {
    if (alternative === 'response-indeterminate') return decisions.every((decision) => decision === 'Indeterminate')
    return alternative.startsWith('decision:') && decisions.every((one) => `decision:${one}` === alternative)
  })
}

/** In the form of the request where there is one, else in the other: both say the same. */
function expectedResponses(folder: string, one: ConformanceCase, form: Form): readonly Response[] {
  const inForm = readCaseFile(folder, one, `Response.${form.extension}`)
  const names = [
    inForm === undefined ? `Response.${form.extension === 'xml' ? 'json' : 'xml'}` : `Response.${form.extension}`,
    ...(one.expect.alternativeResponses ?? []),
  ]
  return names.map((name) => {
    const parse = name.endsWith('.json') ? parseResponseJson : parseResponseXml
    const parsed = parse(requireCaseFile(folder, one, name), defaultLimits)
    if (!parsed.ok) throw new Error(`${one.id}/${name} cannot be read: ${describe(parsed.problems)}`)
    return parsed.value
  })
}

function describe(problems: readonly Problem[]): string {
  return problems
    .slice(0, 3)
    .map(({ code, message, at }) => `${code} ${at ? `${at.line}:${at.column} ` : ''}${message}`)
    .join('; ')
}
