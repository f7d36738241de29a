/** The functions that are one operator of JavaScript on the values as they are held (sections A.3.1 and A.3.6). */
import type { Operator, OrderTest } from './node.ts'

export const operatorOf = (functionId: string): Operator | undefined => operators.get(functionId)

/** The same relation with its sides exchanged, if the function is one of order. */
export function exchangedOrder(functionId: string): OrderTest['operator'] | undefined {
  const operator = operators.get(functionId)
  return operator === undefined || operator === '=' ? undefined : exchanged[operator]
}

const exchanged = { '>': '<', '>=': '<=', '<': '>', '<=': '>=' } as const

const core = 'urn:oasis:names:tc:xacml:1.0:function:'

const operators: ReadonlyMap<string, Operator> = new Map<string, Operator>([
  ...['string', 'anyURI', 'boolean', 'integer'].map((type) => [`${core}${type}-equal`, '='] as const),
  ...['integer', 'double'].flatMap((type) => [
    [`${core}${type}-greater-than`, '>'] as const,
    [`${core}${type}-greater-than-or-equal`, '>='] as const,
    [`${core}${type}-less-than`, '<'] as const,
    [`${core}${type}-less-than-or-equal`, '<='] as const,
  ]),
])
