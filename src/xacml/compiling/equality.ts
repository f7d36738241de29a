/** Which functions are equality, and by what key: the ones that one look-up can decide (section A.3.1). */
import { functions } from '../functions/index.ts'
import { lowerCase } from '../functions/lower-case.ts'
import type { Value } from '../model/value.ts'
import { dataTypes } from '../values/index.ts'
import type { DataType } from '../values/row.ts'
import type { Key } from './node.ts'

export interface Equality {
  readonly type: DataType
  /** Compares after folding case. */
  readonly folded: boolean
}

const ignoringCase = 'urn:oasis:names:tc:xacml:3.0:function:string-equal-ignore-case'

/** The function as a comparison of keys, if it is one. It never fails then. */
export const equalityOf = (functionId: string): Equality | undefined => equalities.get(functionId)

/** Equal keys exactly when the function holds. */
export const equalityKey = ({ type, folded }: Equality, value: Value): Key =>
  folded ? foldCase(value as string) : type.key(value)

/** string-equal-ignore-case compares what string-normalize-to-lower-case gives. */
export const foldCase = lowerCase

const equalities: ReadonlyMap<string, Equality> = new Map(
  [...functions.values()].flatMap((row): readonly (readonly [string, Equality])[] => {
    if (row.form !== 'strict' || row.parameters.length !== 2 || row.rest !== undefined) return []
    const type = dataTypes.get(row.parameters[0]!.dataType)
    if (type === undefined || row.parameters.some((shape) => shape.bag)) return []
    if (row.id === ignoringCase) return [[row.id, { type, folded: true }]]
    return row.id.endsWith(`:function:${type.name}-equal`) ? [[row.id, { type, folded: false }]] : []
  }),
)
