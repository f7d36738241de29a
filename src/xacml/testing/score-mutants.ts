/** How many small mistakes in a policy its cases would notice. */
import { checkPolicy } from '../checking/check-policy.ts'
import { defaultLimits, type Limits } from '../limits.ts'
import type { Policy, PolicySet } from '../model/policy.ts'
import { type Assembly, exchange } from './assemble.ts'
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
  /** The documents to change; the root of the assembly when absent. */
  readonly documents?: readonly (Policy | PolicySet)[]
}

/** The cases must pass on the policy itself: a case that fails anyway notices every mutant. */
export function scoreMutants(
  assembly: Assembly,
  cases: readonly DecisionCase[],
  { maximum = 1_000, limits = defaultLimits, documents = [assembly.root] }: ScoreOptions = {},
): MutationScore {
  const all = documents.flatMap((original) => [...mutatePolicy(original)].map((mutant) => ({ original, mutant })))
  const every = Math.max(1, Math.ceil(all.length / Math.max(1, maximum)))
  const chosen = all.filter((_, index) => index % every === 0)
  const sound = chosen.filter(({ mutant }) => isSound(mutant, limits))
  const unnoticed = sound.filter(({ original, mutant }) => {
    const changed = exchange(assembly, original, mutant.document)
    return !cases.some((one) => differsPlainly(changed, one, limits))
  })
  return { tried: sound.length, unnoticed: unnoticed.map(({ mutant }) => mutant), possible: all.length }
}

/** A mutant that is no policy any more would have been refused: no case has to notice it. */
const isSound = ({ document }: Mutant, limits: Limits): boolean =>
  checkPolicy(document, { limits }).every(({ severity }) => severity !== 'error')
