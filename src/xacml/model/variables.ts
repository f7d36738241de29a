/** The variables of a policy by their ids (section 7.8). */
import type { Policy, VariableDefinition } from './policy.ts'

const known = new WeakMap<Policy, ReadonlyMap<string, VariableDefinition>>()

/** Of two definitions with one id the first. Made once for each policy: there may be as many references as variables. */
export function variablesOf(policy: Policy): ReadonlyMap<string, VariableDefinition> {
  const found = known.get(policy)
  if (found !== undefined) return found
  const byId = new Map<string, VariableDefinition>()
  for (const definition of policy.variables) {
    if (!byId.has(definition.variableId)) byId.set(definition.variableId, definition)
  }
  known.set(policy, byId)
  return byId
}
