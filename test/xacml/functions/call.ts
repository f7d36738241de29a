/** Calls a strict function with arguments given as text, and shows the result as text. */
import { functions } from '../../../src/xacml/functions/index.ts'
import { defaultLimits, type Limits } from '../../../src/xacml/limits.ts'
import { Failure } from '../../../src/xacml/model/failure.ts'
import type { Bag, Value } from '../../../src/xacml/model/value.ts'
import { dataTypes } from '../../../src/xacml/values/index.ts'
import type { DataType } from '../../../src/xacml/values/row.ts'
import { newWork } from '../../../src/xacml/work.ts'

export type Argument = string | readonly string[]

export const strictFunction = (id: string) => {
  const row = functions.get(`urn:oasis:names:tc:xacml:${id}`)
  if (row?.form !== 'strict') throw new Error(`no strict function ${id}`)
  return row
}

const parse = (type: DataType, text: string): Value => {
  const value = type.parse(text)
  if (value === undefined) throw new Error(`not of type ${type.name}: ${text}`)
  return value
}

/** The printed value, the printed members of a bag, or `! status-code`. */
export const call = (id: string, args: readonly Argument[], limits: Limits = defaultLimits): Argument => {
  const row = strictFunction(id)
  const values = args.map((arg, index) => {
    const shape = row.parameters[index] ?? row.rest
    if (shape === undefined || shape.bag === (typeof arg === 'string'))
      throw new Error(`${id}: wrong argument ${index}`)
    const type = dataTypes.get(shape.dataType)!
    return typeof arg === 'string' ? parse(type, arg) : arg.map((text) => parse(type, text))
  })
  const result = row.call(values, limits, newWork(limits.steps))
  if (result instanceof Failure) return `! ${result.code}`
  const type = dataTypes.get(row.result.dataType)!
  return row.result.bag ? (result as Bag).map((value) => type.print(value)) : type.print(result as Value)
}
