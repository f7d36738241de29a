/** The regular expression functions of section A.3.13: the pattern is the first argument and may match anywhere in the text. */
import { Failure } from '../model/failure.ts'
import { compilePattern, matchPattern } from '../patterns/regular-expression.ts'
import { anyURI } from '../values/any-uri.ts'
import { boolean } from '../values/boolean.ts'
import { dnsName } from '../values/dns-name.ts'
import { ipAddress } from '../values/ip-address.ts'
import { rfc822Name } from '../values/rfc822-name.ts'
import type { DataType } from '../values/row.ts'
import { string } from '../values/string.ts'
import { x500Name } from '../values/x500-name.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, strict, type Version } from './signature.ts'

/** The value is matched in the form that string-from-type gives. */
const regexpMatch = (version: Version, type: DataType): StrictFunction => ({
  ...strict(
    functionId(version, `${type.name}-regexp-match`),
    [one(string), one(type)],
    one(boolean),
    (args, limits, work) => matchPattern(args[0] as string, type.print(args[1]!), limits, work),
  ),
  callWith: (pattern, limits, work) => {
    const expression = compilePattern(pattern as string, limits, work)
    if (expression instanceof Failure) return () => expression
    return (args, _, toPay) => expression.test(type.print(args[1]!), toPay)
  },
})

export const patternFunctions: readonly StrictFunction[] = [
  regexpMatch('1.0', string),
  regexpMatch('2.0', anyURI),
  regexpMatch('2.0', ipAddress),
  regexpMatch('2.0', dnsName),
  regexpMatch('2.0', rfc822Name),
  regexpMatch('2.0', x500Name),
]
