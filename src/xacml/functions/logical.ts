/** Section A.3.5. */
import { boolean } from '../values/boolean.ts'
import { integer } from '../values/integer.ts'
import type { LogicalFunction, StrictFunction } from './row.ts'
import { functionId, one, strict } from './signature.ts'

const logical = (logic: LogicalFunction['logic'], parameters: LogicalFunction['parameters']): LogicalFunction => ({
  form: 'logical',
  id: functionId('1.0', logic),
  logic,
  parameters,
  rest: one(boolean),
  result: one(boolean),
})

export const logicalFunctions: readonly (LogicalFunction | StrictFunction)[] = [
  logical('or', []),
  logical('and', []),
  logical('n-of', [one(integer)]),
  strict(functionId('1.0', 'not'), [one(boolean)], one(boolean), (args) => args[0] !== true),
]
