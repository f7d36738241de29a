/** Testing policies: cases, coverage of rules, mutants. Pure, like the rest of the engine: reading files is the caller's business. */
export { type Assembly, assemble } from './assemble.ts'
export type { CaseFile, DecisionCase, ExpectedAssignment, ExpectedObligation } from './cases.ts'
export { coverRules, type RuleCoverage } from './coverage.ts'
export { type Mutant, mutatePolicy } from './mutate.ts'
export { parseCases } from './parse-cases.ts'
export { type DecidingRule, decidingRules, ruleName } from './rule-names.ts'
export { type CaseResult, runCases } from './run-cases.ts'
export { type MutationScore, type ScoreOptions, scoreMutants } from './score-mutants.ts'
