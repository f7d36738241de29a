/**
 * The engine as a library: everything here is pure, synchronous and total.
 *
 * The way of a policy: `parsePolicy`, `checkPolicy`, and when that finds no error `compile`. The way of a request:
 * `parseRequestXml` or `parseRequestJson`, `evaluate` (or `prepare` and `decide`, to ask several policies), `print…`.
 */

export type { CheckOptions } from './checking/check.ts'
export { checkPolicy } from './checking/check-policy.ts'
export { combiningAlgorithms } from './combining/index.ts'
export { type CompiledPolicy, type CompileOptions, compile } from './compiling/compile.ts'
export { type DecidedResult, type Determining, decide } from './compiling/decide.ts'
export { type DecidedResponse, type EvaluateOptions, evaluate } from './compiling/evaluate.ts'
export type { DecideOptions } from './compiling/evaluation.ts'
export { type NeededAttribute, type NeededAttributes, neededAttributes } from './compiling/needed-attributes.ts'
export { createPolicyIndex, type PolicyIndex } from './compiling/policy-index.ts'
export { type PreparedRequest, prepare } from './compiling/prepare.ts'
export { restorePolicy, storePolicy } from './compiling/stored-policy.ts'
export { createVocabulary, type Vocabulary } from './compiling/vocabulary.ts'
export type { FindAttribute, Hierarchy, Resolve } from './evaluating/context.ts'
export { evaluatePlain, explainPlain, type PlainOptions } from './evaluating/evaluate-plain.ts'
export type { Evaluation } from './evaluating/evaluation.ts'
export { expandRequest, type Question } from './evaluating/multiple-decisions.ts'
export { functions } from './functions/index.ts'
export { defaultLimits, type Limits } from './limits.ts'
export { Failure, type StatusCode, statusUri } from './model/failure.ts'
export type * from './model/policy.ts'
export type * from './model/request.ts'
export type * from './model/response.ts'
export type * from './model/value.ts'
export type * from './problems.ts'
export { buildResolver } from './references/repository.ts'
export { parsePolicy } from './syntax/parse-policy-xml.ts'
export { parseRequestJson } from './syntax/parse-request-json.ts'
export { parseRequestXml } from './syntax/parse-request-xml.ts'
export { parseResponseJson } from './syntax/parse-response-json.ts'
export { parseResponseXml } from './syntax/parse-response-xml.ts'
export { printPolicy } from './syntax/print-policy-xml.ts'
export { printRequestJson } from './syntax/print-request-json.ts'
export { printRequestXml } from './syntax/print-request-xml.ts'
export { printResponseJson } from './syntax/print-response-json.ts'
export { printResponseXml } from './syntax/print-response-xml.ts'
export { dataTypes } from './values/index.ts'
export {
  type Assembly,
  assemble,
  type CaseFile,
  type CaseResult,
  coverRules,
  type DecisionCase,
  type MutationScore,
  parseCases,
  type RuleCoverage,
  runCases,
  scoreMutants,
} from './testing/index.ts'
export type * from './explaining/explanation.ts'
export { type ExplainOptions, explain } from './explaining/explain.ts'
export { printExplanation } from './explaining/print-explanation.ts'
