/** Sections A.3.4 and A.3.9: strings and anyURIs. The fragment is the first argument, the whole the second. */
import type { Failure } from '../model/failure.ts'
import { anyURI, isURIReference } from '../values/any-uri.ts'
import { boolean } from '../values/boolean.ts'
import { maximumCharacters } from '../values/bounds.ts'
import { integer } from '../values/integer.ts'
import type { DataType } from '../values/row.ts'
import { string } from '../values/string.ts'
import { trimWhiteSpace } from '../values/white-space.ts'
import { countCodePoints, sliceCodePoints } from './code-points.ts'
import { lowerCase } from './lower-case.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, processingError, strict, variadic } from './signature.ts'

const concatenate: StrictFunction['call'] = (args) => {
  let length = 0
  for (const arg of args) length += (arg as string).length
  return length > maximumCharacters
    ? processingError(`string result has ${length} characters, more than ${maximumCharacters}`)
    : args.join('')
}

/** Positions count characters from 0, `end` is not included, -1 stands for the end of the text. */
const substring = (text: string, begin: bigint, end: bigint): string | Failure => {
  const length = BigInt(countCodePoints(text))
  const stop = end === -1n ? length : end
  if (begin < 0n || begin > stop || stop > length)
    return processingError(`no substring from ${begin} to ${end} in a text of ${length} characters`)
  return sliceCodePoints(text, Number(begin), Number(stop))
}

const fragment = (type: DataType, name: string, test: (part: string, whole: string) => boolean): StrictFunction =>
  strict(functionId('3.0', `${type.name}-${name}`), [one(string), one(type)], one(boolean), (args) =>
    test(args[0] as string, args[1] as string),
  )

const searching = (type: DataType): readonly StrictFunction[] => [
  fragment(type, 'starts-with', (part, whole) => whole.startsWith(part)),
  fragment(type, 'ends-with', (part, whole) => whole.endsWith(part)),
  fragment(type, 'contains', (part, whole) => whole.includes(part)),
  strict(functionId('3.0', `${type.name}-substring`), [one(type), one(integer), one(integer)], one(string), (args) => {
    const part = substring(args[0] as string, args[1] as bigint, args[2] as bigint)
    if (type !== anyURI || typeof part !== 'string' || isURIReference(part)) return part
    return processingError('the part of the URI is not a URI itself')
  }),
]

export const stringFunctions: readonly StrictFunction[] = [
  strict(functionId('1.0', 'string-normalize-space'), [one(string)], one(string), (args) =>
    trimWhiteSpace(args[0] as string),
  ),
  strict(functionId('1.0', 'string-normalize-to-lower-case'), [one(string)], one(string), (args) =>
    lowerCase(args[0] as string),
  ),
  variadic(functionId('2.0', 'string-concatenate'), [one(string), one(string)], one(string), one(string), concatenate),
  ...searching(string),
  ...searching(anyURI),
  {
    ...variadic(
      functionId('2.0', 'uri-string-concatenate'),
      [one(anyURI), one(string)],
      one(string),
      one(anyURI),
      concatenate,
    ),
    successor: functionId('2.0', 'string-concatenate'),
  },
]
