/** The words in which the rows of the function table are written. */
import { Failure } from '../model/failure.ts'
import type { DataType } from '../values/row.ts'
import type { Shape, StrictFunction } from './row.ts'

/** The version part is not predictable from the function: it is looked up in section 10.2.8, never derived. */
export type Version = '1.0' | '2.0' | '3.0'

export const functionId = (version: Version, name: string): string =>
  `urn:oasis:names:tc:xacml:${version}:function:${name}`

/** A single value of the type. */
export const one = (type: DataType): Shape => ({ dataType: type.id, bag: false })

/** A bag of values of the type. */
export const bagOf = (type: DataType): Shape => ({ dataType: type.id, bag: true })

export const strict = (
  id: string,
  parameters: readonly Shape[],
  result: Shape,
  call: StrictFunction['call'],
): StrictFunction => ({ form: 'strict', id, parameters, result, call })

/** `parameters`, then any number of `rest`. */
export const variadic = (
  id: string,
  parameters: readonly Shape[],
  rest: Shape,
  result: Shape,
  call: StrictFunction['call'],
): StrictFunction => ({ form: 'strict', id, parameters, rest, result, call })

export const processingError = (message: string): Failure => new Failure('processing-error', message)
