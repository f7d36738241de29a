/** The static shape of an expression (section 7.3): its data type, and whether it is a bag. No argument is looked at. */
import { functions } from '../functions/index.ts'
import type { Shape } from '../functions/row.ts'
import type { Expression, Policy } from '../model/policy.ts'
import { variablesOf } from '../model/variables.ts'
import { canonicalType } from '../values/index.ts'

const booleanType = 'http://www.w3.org/2001/XMLSchema#boolean'

/**
 * Undefined where there is none: a function reference by itself, or a name nobody knows. On a checked policy it is
 * always there. `depth` ends the search in variables that refer to each other.
 */
export function shapeOf(expression: Expression, policy: Policy | undefined, depth = 64): Shape | undefined {
  if (depth === 0) return undefined
  switch (expression.kind) {
    case 'AttributeValue':
      return { dataType: canonicalType(expression.dataType), bag: false }
    case 'AttributeDesignator':
    case 'AttributeSelector':
      return { dataType: canonicalType(expression.dataType), bag: true }
    case 'VariableReference': {
      const definition = policy && variablesOf(policy).get(expression.variableId)
      return definition && shapeOf(definition.expression, policy, depth - 1)
    }
    case 'Apply':
      return resultOf(expression.function, expression.arguments)
    case 'Function':
      return undefined
  }
}

function resultOf(id: string, args: readonly Expression[]): Shape | undefined {
  const row = functions.get(id)
  if (row === undefined) return undefined
  if (row.form !== 'higher-order') return row.result
  if (row.order !== 'map') return { dataType: booleanType, bag: false }
  const mapped = args[0]?.kind === 'Function' ? functions.get(args[0].function) : undefined
  if (mapped === undefined || mapped.form === 'higher-order') return undefined
  return { dataType: mapped.result.dataType, bag: true }
}
