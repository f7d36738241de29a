/** How a decision is kept in Redis: JSON, with values in their lexical form. Anything that does not read back is a miss. */
import type { AttributeFact } from '../steps.ts'
import { dataTypes, type Obligation, type TypedValue } from '../xacml/index.ts'
import type { CachedPart } from './decide.ts'
import { bytesOf } from './decision-cache.ts'

/** Raised when the shape changes: entries of another version are misses. */
const version = 1

export const printCachedPart = (part: CachedPart): string =>
  JSON.stringify({
    version,
    ...part,
    obligations: part.obligations.map(printObligation),
    advice: part.advice.map(printObligation),
    lookedUp: part.lookedUp.map((fact) => ({ ...fact, values: fact.values.map(printValue) })),
  })

const printObligation = ({ id, assignments }: Obligation) => ({
  id,
  assignments: assignments.map(({ dataType, value, ...rest }) => ({ ...rest, ...printValue({ dataType, value }) })),
})

const printValue = ({ dataType, value }: TypedValue) => ({ dataType, text: typeOf(dataType).print(value) })

function typeOf(dataType: string) {
  const type = dataTypes.get(dataType)
  if (type === undefined) throw new Error(`a decision holds a value of unknown data type \`${dataType}\``)
  return type
}

/** About the bytes that it takes in memory: what belongs to the compiled policies is shared and not counted. */
export function sizeOfCachedPart({ obligations, advice, lookedUp, determining, policies, status }: CachedPart): number {
  let size = 300 + 8 * (determining.length + policies.length) + bytesOf(status.message ?? '')
  for (const { assignments } of [...obligations, ...advice]) {
    size += 120
    for (const assignment of assignments) size += 120 + sizeOfValue(assignment)
  }
  for (const { values } of lookedUp) {
    size += 100
    for (const typed of values) size += 40 + sizeOfValue(typed)
  }
  return size
}

const sizeOfValue = ({ dataType, value }: TypedValue): number =>
  typeof value === 'string'
    ? bytesOf(value)
    : 64 + (typeof value === 'object' ? typeOf(dataType).print(value).length : 0)

type Printed<T> = T extends TypedValue ? { readonly dataType: string; readonly text: string } : T

interface PrintedObligation {
  readonly id: string
  readonly assignments: readonly (Omit<Obligation['assignments'][number], 'value'> & { readonly text: string })[]
}

interface PrintedPart extends Omit<CachedPart, 'obligations' | 'advice' | 'lookedUp'> {
  readonly version: number
  readonly obligations: readonly PrintedObligation[]
  readonly advice: readonly PrintedObligation[]
  readonly lookedUp: readonly (Omit<AttributeFact, 'values'> & { readonly values: readonly Printed<TypedValue>[] })[]
}

/** undefined for text that this version did not write. */
export function parseCachedPart(text: string): CachedPart | undefined {
  try {
    const printed = JSON.parse(text) as PrintedPart
    if (printed.version !== version) return undefined
    const { version: _, ...part } = printed
    if (part.decision !== 'Permit' && part.decision !== 'Deny' && part.decision !== 'NotApplicable') return undefined
    return {
      ...part,
      obligations: part.obligations.map(parseObligation),
      advice: part.advice.map(parseObligation),
      lookedUp: part.lookedUp.map((fact) => ({ ...fact, values: fact.values.map(parseValue) })),
    }
  } catch {
    return undefined
  }
}

const parseObligation = ({ id, assignments }: PrintedObligation): Obligation => ({
  id,
  assignments: assignments.map(({ text, ...rest }) => ({
    ...rest,
    value: parseValue({ dataType: rest.dataType, text }).value,
  })),
})

function parseValue({ dataType, text }: { readonly dataType: string; readonly text: string }): TypedValue {
  const value = typeOf(dataType).parse(text)
  if (value === undefined) throw new Error('not a value of its type')
  return { dataType, value }
}
