/** How many small mistakes in a policy its cases would notice. */
import { checkPolicy } from '../checking/check-policy.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import type { Policy, PolicySet } from '../model/policy.ts'
import { type Assembly, exchangeRoot } from './assemble.ts'
import type { DecisionCase } from './cases.ts'
import { type Mutant, mutatePolicy } from './mutate.ts'
import { differsPlainly } from './run-cases.ts'

export interface MutationScore {
  /** Mutants that were tried. */
  readonly tried: number
  /** Those that no case noticed, in document order. */
  readonly unnoticed: readonly Mutant[]
  /** Mutants there are; more than were tried when the bound is lower. */
  readonly possible: number
}

export interface ScoreOptions {
  /** At most so many, spread evenly over the document. */
  readonly maximum?: number
  readonly limits?: Limits
}

/** Cases with the policies they are run against. */
export interface Suite {
  readonly assembly: Assembly
  readonly cases: readonly DecisionCase[]
}

/**
 * Mutants of the root, which is the same document in every suite; noticed when a case of any suite fails on it. The cases
 * must pass on the policy itself: a case that fails anyway notices every mutant.
 */
export function scoreMutants(
  suites: readonly [Suite, ...Suite[]],
  { maximum = 1_000, limits = defaultLimits }: ScoreOptions = {},
): MutationScore {
  const all = [...mutatePolicy(suites[0].assembly.root)]
  const every = Math.max(1, Math.ceil(all.length / Math.max(1, maximum)))
  const sound = all.filter((mutant, index) => index % every === 0 && isSound(mutant, limits))
  const unnoticed = sound.filter(({ document }) => !suites.some((suite) => notices(suite, document, limits)))
  return { tried: sound.length, unnoticed, possible: all.length }
}

function notices({ assembly, cases }: Suite, document: Policy | PolicySet, limits: Limits): boolean {
  const changed = exchangeRoot(assembly, document)
  return cases.some((one) => differsPlainly(changed, one, limits))
}

/** A mutant that is no policy any more would have been refused: no case has to notice it. */
const isSound = ({ document }: Mutant, limits: Limits): boolean =>
  checkPolicy(document, { limits }).every(({ severity }) => severity !== 'error')
