/** Reads a file of cases, with every finding. Requests are the value of `Request` in the JSON profile, shorthands included. */
import { defaultLimits, type Limits } from '../limits.ts'
import type { Attribute, AttributeCategory, Request } from '../model/request.ts'
import type { Outcome, Problem } from '../problems.ts'
import { parseRequestJson } from '../syntax/parse-request-json.ts'
import type { CaseFile, DecisionCase, ExpectedAssignment, ExpectedObligation } from './cases.ts'

type Members = Readonly<Record<string, unknown>>

const defaultNow = '2026-06-01T12:00:00Z'
const casesPerFile = 1_000
const decisions = ['Permit', 'Deny', 'NotApplicable', 'Indeterminate'] as const
const statuses = ['ok', 'missing-attribute', 'syntax-error', 'processing-error'] as const
const nowPattern = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

const fileNames = ['$schema', 'description', 'policy', 'references', 'bindings', 'now', 'named', 'common', 'cases']
const caseNames = ['description', 'request', 'now', 'decision', 'obligations', 'advice', 'rules', 'status']

/** `common` is described where the format is: attributes of the request of every case that does not say otherwise. */
export function parseCases(text: string, limits: Limits = defaultLimits): Outcome<CaseFile> {
  const problems: Problem[] = []
  const file = readFile(parseJson(text, problems), { problems, limits })
  const [first, ...rest] = problems
  if (first !== undefined) return { ok: false, problems: [first, ...rest] }
  if (file === undefined) throw new Error('a file of cases was refused without a reason')
  return { ok: true, value: file, warnings: [] }
}

interface Reading {
  readonly problems: Problem[]
  readonly limits: Limits
}

function parseJson(text: string, problems: Problem[]): unknown {
  try {
    return JSON.parse(text)
  } catch (error) {
    report(problems, `the cases are not JSON: ${error instanceof Error ? error.message : 'unreadable'}`)
    return undefined
  }
}

function report(problems: Problem[], message: string): undefined {
  problems.push({ code: 'XACML-BAD-CASES', severity: 'error', message })
  return undefined
}

function readFile(json: unknown, reading: Reading): CaseFile | undefined {
  if (reading.problems.length > 0) return undefined
  const members = membersOf(json, 'the document', fileNames, reading)
  if (members === undefined) return undefined
  const common = members.common === undefined ? undefined : readRequest(members.common, '`common`', reading)
  const now = readNow(members.now ?? defaultNow, '`now`', reading)
  const named = readNamed(members.named ?? {}, reading)
  const list = members.cases
  if (!Array.isArray(list) || list.length === 0) return report(reading.problems, '`cases` must be a list of cases')
  if (list.length > casesPerFile)
    return report(reading.problems, `there are more than ${casesPerFile} cases in one file`)
  const cases = list.map((one, index) => readCase(one, `case ${index + 1}`, { now, common, named }, reading))
  return {
    policy: members.policy === undefined ? 'policy.xml' : text(members.policy, '`policy`', reading),
    references: texts(members.references ?? [], '`references`', reading),
    bindings: new Map(
      Object.entries(membersOf(members.bindings ?? {}, '`bindings`', undefined, reading) ?? {}).map(([id, name]) => [
        id,
        text(name, `binding \`${id}\``, reading),
      ]),
    ),
    cases: cases as [DecisionCase, ...DecisionCase[]],
  }
}

/** What the cases of a file have in common. */
interface Shared {
  readonly now: string
  readonly common: Request | undefined
  readonly named: ReadonlyMap<string, ExpectedObligation>
}

function readNamed(json: unknown, reading: Reading): ReadonlyMap<string, ExpectedObligation> {
  const members = membersOf(json, '`named`', undefined, reading) ?? {}
  return new Map(
    Object.entries(members).flatMap(([name, one]) =>
      readObligations([one], `\`${name}\` in \`named\``, new Map(), reading).map((read) => [name, read] as const),
    ),
  )
}

function readCase(
  json: unknown,
  place: string,
  { now, common, named }: Shared,
  reading: Reading,
): DecisionCase | undefined {
  const members = membersOf(json, place, caseNames, reading)
  if (members === undefined) return undefined
  const description = text(members.description, `\`description\` of ${place}`, reading)
  const where = `${place} (${description})`
  const own = readRequest(members.request ?? {}, `\`request\` of ${where}`, reading)
  const status = oneOf(members.status, statuses, `\`status\` of ${where}`, reading)
  const rules = members.rules
  return {
    description,
    request: withCommon(own ?? empty, common),
    now: members.now === undefined ? now : readNow(members.now, `\`now\` of ${where}`, reading),
    decision: oneOf(members.decision ?? null, decisions, `\`decision\` of ${where}`, reading) ?? 'Indeterminate',
    obligations: readObligations(members.obligations, `\`obligations\` of ${where}`, named, reading),
    advice: readObligations(members.advice, `\`advice\` of ${where}`, named, reading),
    ...(rules === undefined ? {} : { rules: texts(rules, `\`rules\` of ${where}`, reading) }),
    ...(status === undefined ? {} : { status }),
  }
}

const empty: Request = { returnPolicyIdList: false, combinedDecision: false, categories: [] }

function readRequest(json: unknown, place: string, { problems, limits }: Reading): Request | undefined {
  const parsed = parseRequestJson(JSON.stringify({ Request: json }), limits)
  if (parsed.ok) return parsed.value
  for (const { message } of parsed.problems) report(problems, `${place}: ${message}`)
  return undefined
}

/** An attribute of the case replaces the common one of the same id; one without values takes it away. */
function withCommon(own: Request, common: Request | undefined): Request {
  if (common === undefined) return { ...own, categories: own.categories.map(withValues) }
  const kept = common.categories
    .filter(({ category }) => !own.categories.some((one) => one.category === category))
    .concat(own.categories.map((category) => merge(category, common)))
  return { ...own, categories: kept.map(withValues) }
}

function merge(own: AttributeCategory, common: Request): AttributeCategory {
  const inherited = common.categories.find(({ category }) => category === own.category)?.attributes ?? []
  const named = new Set(own.attributes.map(({ id }) => id))
  return { ...own, attributes: [...inherited.filter(({ id }) => !named.has(id)), ...own.attributes] }
}

const withValues = (category: AttributeCategory): AttributeCategory => ({
  ...category,
  attributes: category.attributes.filter(({ values }: Attribute) => values.length > 0),
})

/** A name stands for the obligation of that name in `named`. */
function readObligations(
  json: unknown,
  place: string,
  named: ReadonlyMap<string, ExpectedObligation>,
  reading: Reading,
): readonly ExpectedObligation[] {
  return list(json, place, reading).flatMap((one) => {
    if (typeof one === 'string') {
      const known = named.get(one)
      return known === undefined
        ? (report(reading.problems, `${place}: \`${one}\` is not in \`named\``) ?? [])
        : [known]
    }
    const members = membersOf(one, place, ['id', 'assignments'], reading)
    if (members === undefined) return []
    const assignments = list(members.assignments, place, reading).map((item) => readAssignment(item, place, reading))
    return [{ id: text(members.id, `\`id\` in ${place}`, reading), assignments }]
  })
}

function readAssignment(json: unknown, place: string, reading: Reading): ExpectedAssignment {
  const members = membersOf(json, place, ['attributeId', 'category', 'value'], reading) ?? {}
  const { value, category } = members
  const isScalar = typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
  if (!isScalar) report(reading.problems, `\`value\` in ${place} must be a string, a number or a boolean`)
  return {
    attributeId: text(members.attributeId, `\`attributeId\` in ${place}`, reading),
    ...(category === undefined ? {} : { category: text(category, `\`category\` in ${place}`, reading) }),
    value: String(value),
  }
}

/* ── members ─────────────────────────────────────────────────────────────────────────────────────────────────── */

function membersOf(
  json: unknown,
  place: string,
  known: readonly string[] | undefined,
  { problems }: Reading,
): Members | undefined {
  if (typeof json !== 'object' || json === null || Array.isArray(json)) {
    return report(problems, `${place} must be an object`)
  }
  const unknown = Object.keys(json).filter((name) => known !== undefined && !known.includes(name))
  for (const name of unknown) report(problems, `${place} has the unknown member \`${name}\``)
  return json as Members
}

function text(json: unknown, place: string, { problems }: Reading): string {
  if (typeof json !== 'string' || json === '') report(problems, `${place} must be a text`)
  return typeof json === 'string' ? json : ''
}

function list(json: unknown, place: string, { problems }: Reading): readonly unknown[] {
  if (json === undefined) return []
  if (!Array.isArray(json)) report(problems, `${place} must be a list`)
  return Array.isArray(json) ? json : []
}

const texts = (json: unknown, place: string, reading: Reading): readonly string[] =>
  list(json, place, reading).map((one) => text(one, place, reading))

function oneOf<T extends string>(
  json: unknown,
  allowed: readonly T[],
  place: string,
  { problems }: Reading,
): T | undefined {
  if (json === undefined) return undefined
  const found = allowed.find((one) => one === json)
  return found ?? report(problems, `${place} must be one of ${allowed.join(', ')}`)
}

function readNow(json: unknown, place: string, reading: Reading): string {
  const now = text(json, place, reading)
  if (now !== '' && !nowPattern.test(now)) report(reading.problems, `${place} must be a dateTime with a time zone`)
  return now
}
