/** Runs cases against a policy, through both evaluators: they must give the same answer, and that must be the expected one. */
import { compile } from '../compiling/compile.ts'
import { evaluate } from '../compiling/evaluate.ts'
import { explainPlain } from '../evaluating/evaluate-plain.ts'
import type { Evaluation } from '../evaluating/evaluation.ts'
import { expandRequest } from '../evaluating/multiple-decisions.ts'
import { applicablePolicies, buildResult } from '../evaluating/result.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import { Failure, statusUri } from '../model/failure.ts'
import type { Obligation, Result } from '../model/response.ts'
import { printResponseJson } from '../syntax/print-response-json.ts'
import { dataTypes } from '../values/index.ts'
import type { Assembly } from './assemble.ts'
import type { DecisionCase, ExpectedObligation } from './cases.ts'
import { decidingRules, namesRule, ruleName } from './rule-names.ts'

export interface CaseResult {
  readonly case: DecisionCase
  /** What is not as expected, for people; empty when the case passes. */
  readonly differences: readonly string[]
  /** What every policy and rule came to. */
  readonly evaluation: Evaluation
}

/** On policies that `checkPolicy` finds no error in. A case asks one question: requests of the multiple decision profile differ. */
export function runCases(
  assembly: Assembly,
  cases: readonly DecisionCase[],
  limits: Limits = defaultLimits,
): readonly CaseResult[] {
  const { root, resolve } = assembly
  const compiled = compile(root, { resolve, limits })
  if (!compiled.ok) throw new Error(`a checked policy does not compile: ${compiled.problems[0].message}`)
  return cases.map((one) => {
    const plain = runPlain(assembly, one, limits)
    const fast = evaluate(compiled.value, one.request, { now: one.now, limits })
    const isOne = fast.results.length === 1
    const same = printResponseJson(fast) === printResponseJson({ results: [plain.result] })
    const disagreement = same || !isOne ? [] : [`the evaluators disagree: compiled says ${printResponseJson(fast)}`]
    return { case: one, differences: [...plain.differences, ...disagreement], evaluation: plain.evaluation }
  })
}

/** The plain evaluator alone: enough to see whether a mutant is noticed. */
export function differsPlainly(assembly: Assembly, one: DecisionCase, limits: Limits): boolean {
  return runPlain(assembly, one, limits).differences.length > 0
}

interface PlainRun {
  readonly result: Result
  readonly evaluation: Evaluation
  readonly differences: readonly string[]
}

/** What `evaluatePlain` does with a request of one question, with the evaluation kept. */
function runPlain({ root, resolve }: Assembly, one: DecisionCase, limits: Limits): PlainRun {
  const questions = expandRequest(one.request, limits)
  const [only, ...more] = questions instanceof Failure ? [] : questions
  const evaluation = explainPlain(root, only?.request ?? one.request, { resolve, now: one.now, limits })
  const result = buildResult(evaluation, only?.request ?? one.request, () => applicablePolicies(evaluation))
  if (only === undefined || only.failure !== undefined || more.length > 0 || one.request.combinedDecision) {
    return { result, evaluation, differences: ['a case asks one question, and this request asks several'] }
  }
  return { result, evaluation, differences: compare(one, result, evaluation) }
}

function compare(one: DecisionCase, result: Result, evaluation: Evaluation): readonly string[] {
  return [
    ...compareDecision(one, result),
    ...compareStatus(one, result),
    ...compareObligations('obligations', one.obligations, result.obligations),
    ...compareObligations('advice', one.advice, result.advice),
    ...compareRules(one, evaluation),
  ]
}

function compareDecision({ decision }: DecisionCase, result: Result): readonly string[] {
  if (result.decision === decision) return []
  const { message } = result.status
  return [`decision is ${result.decision}${message === undefined ? '' : ` (${message})`}, expected ${decision}`]
}

function compareStatus({ status }: DecisionCase, result: Result): readonly string[] {
  const [code] = result.status.codes
  if (status === undefined || code === statusUri(status)) return []
  return [`status is \`${code}\`, expected \`${statusUri(status)}\``]
}

function compareRules({ rules }: DecisionCase, evaluation: Evaluation): readonly string[] {
  if (rules === undefined) return []
  const decided = decidingRules(evaluation)
  const unexpected = decided.filter((rule) => !rules.some((name) => namesRule(name, rule)))
  const silent = rules.filter((name) => !decided.some((rule) => namesRule(name, rule)))
  return [
    ...unexpected.map((rule) => `rule \`${ruleName(rule)}\` decided, and was not expected to`),
    ...silent.map((name) => `rule \`${name}\` did not decide`),
  ]
}

/** Each expected one once, and no others. */
function compareObligations(
  what: string,
  expected: readonly ExpectedObligation[],
  actual: readonly Obligation[],
): readonly string[] {
  const left = [...actual]
  const missing = expected.filter((wanted) => {
    const found = left.findIndex((one) => fulfils(one, wanted))
    if (found >= 0) left.splice(found, 1)
    return found < 0
  })
  return [
    ...missing.map(({ id, assignments }) => `${what}: \`${id}\`${listed(assignments)} is missing`),
    ...left.map(({ id, assignments }) => `${what}: \`${id}\`${listed(assignments.map(asText))} is not expected`),
  ]
}

function fulfils({ id, assignments }: Obligation, wanted: ExpectedObligation): boolean {
  if (id !== wanted.id || assignments.length !== wanted.assignments.length) return false
  const texts = assignments.map(asText)
  return wanted.assignments.every((one, i) => {
    const text = texts[i]
    const sameCategory = one.category === undefined || one.category === text?.category
    return sameCategory && one.attributeId === text?.attributeId && one.value === text.value
  })
}

function asText({ attributeId, category, dataType, value }: Obligation['assignments'][number]) {
  const text = dataTypes.get(dataType)?.print(value) ?? String(value)
  return { attributeId, value: text, ...(category === undefined ? {} : { category }) }
}

const listed = (assignments: readonly { readonly attributeId: string; readonly value: string }[]): string =>
  assignments.length === 0
    ? ''
    : ` (${assignments.map(({ attributeId, value }) => `${attributeId} = ${value}`).join(', ')})`
