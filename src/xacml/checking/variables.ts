/** Section 7.8: variable ids are unique in their policy, defined, and never lead back to themselves. */
import type { Expression, Policy, VariableDefinition } from '../model/policy.ts'
import type { Problem } from '../problems.ts'
import { type Check, error } from './check.ts'

export const variables: Check = function* ({ policies, expressions }) {
  for (const policy of policies) {
    yield* findDuplicates(policy)
    yield* findCycles(policy)
  }
  for (const { expression, policy } of expressions) {
    if (expression.kind !== 'VariableReference') continue
    if (policy?.variables.some(({ variableId }) => variableId === expression.variableId)) continue
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
  const byId = new Map(policy.variables.map((variable) => [variable.variableId, variable]))
  const finished = new Set<VariableDefinition>()
  for (const start of policy.variables) {
    const cycle = followFrom(start, byId, finished, [])
    if (cycle === undefined) continue
    const path = cycle.map(({ variableId }) => `\`${variableId}\``).join(' → ')
    yield error('XACML-VARIABLE-CYCLE', start.at, `variable \`${start.variableId}\` depends on itself: ${path}`)
    return
  }
}

/** The way back to a variable that is still open, or undefined. */
function followFrom(
  variable: VariableDefinition,
  byId: ReadonlyMap<string, VariableDefinition>,
  finished: Set<VariableDefinition>,
  open: readonly VariableDefinition[],
): readonly VariableDefinition[] | undefined {
  if (open.includes(variable)) return [...open.slice(open.indexOf(variable)), variable]
  if (finished.has(variable)) return undefined
  for (const id of variablesIn(variable.expression)) {
    const next = byId.get(id)
    const cycle = next && followFrom(next, byId, finished, [...open, variable])
    if (cycle !== undefined) return cycle
  }
  finished.add(variable)
  return undefined
}

export function variablesIn(expression: Expression): readonly string[] {
  if (expression.kind === 'VariableReference') return [expression.variableId]
  return expression.kind === 'Apply' ? expression.arguments.flatMap(variablesIn) : []
}
