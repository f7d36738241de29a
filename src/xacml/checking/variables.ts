/** Section 7.8: variable ids are unique in their policy, defined, and never lead back to themselves. */
import type { Expression, Policy, VariableDefinition } from '../model/policy.ts'
import { variablesOf } from '../model/variables.ts'
import type { Problem } from '../problems.ts'
import { type Check, error } from './check.ts'

export const variables: Check = function* ({ policies, expressions }) {
  for (const policy of policies) {
    yield* findDuplicates(policy)
    yield* findCycles(policy)
  }
  for (const { expression, policy } of expressions) {
    if (expression.kind !== 'VariableReference') continue
    if (policy !== undefined && variablesOf(policy).has(expression.variableId)) continue
    const where = policy === undefined ? 'variables are known inside a policy only' : 'define it in this policy'
    yield error(
      'XACML-UNDEFINED-VARIABLE',
      expression.at,
      `variable \`${expression.variableId}\` is not defined; ${where}`,
    )
  }
}

function* findDuplicates(policy: Policy): Iterable<Problem> {
  const seen = new Set<string>()
  for (const { variableId, at } of policy.variables) {
    if (seen.has(variableId)) {
      yield error('XACML-DUPLICATE-VARIABLE', at, `variable \`${variableId}\` is defined more than once in this policy`)
    }
    seen.add(variableId)
  }
}

function* findCycles(policy: Policy): Iterable<Problem> {
  const cycle = findCycle(variablesOf(policy))
  const [start] = cycle
  if (start === undefined) return
  const path = [...cycle, start].map(({ variableId }) => `\`${variableId}\``)
  const shown = path.length > shownInPath ? [...path.slice(0, shownInPath), '…'] : path
  yield error(
    'XACML-VARIABLE-CYCLE',
    start.at,
    `variable \`${start.variableId}\` depends on itself: ${shown.join(' → ')}`,
  )
}

const shownInPath = 10

/** On the way from `at`: the ids that it refers to, and how many of them have been followed. */
interface Visit {
  readonly at: VariableDefinition
  readonly refers: readonly string[]
  next: number
}

/** The first cycle met, depth first; by a loop, because a chain may be as long as the document. Empty when there is none. */
function findCycle(byId: ReadonlyMap<string, VariableDefinition>): readonly VariableDefinition[] {
  const met = new Set<VariableDefinition>()
  const open = new Set<VariableDefinition>()
  const way: Visit[] = []
  const enter = (at: VariableDefinition): void => {
    met.add(at)
    open.add(at)
    way.push({ at, refers: variablesIn(at.expression), next: 0 })
  }
  for (const start of byId.values()) {
    if (!met.has(start)) enter(start)
    for (let visit = way.at(-1); visit !== undefined; visit = way.at(-1)) {
      const id = visit.refers[visit.next++]
      if (id === undefined) {
        open.delete(visit.at)
        way.pop()
        continue
      }
      const next = byId.get(id)
      if (next === undefined) continue
      if (open.has(next)) return way.slice(way.findIndex(({ at }) => at === next)).map(({ at }) => at)
      if (!met.has(next)) enter(next)
    }
  }
  return []
}

export function variablesIn(expression: Expression): readonly string[] {
  if (expression.kind === 'VariableReference') return [expression.variableId]
  return expression.kind === 'Apply' ? expression.arguments.flatMap(variablesIn) : []
}
