/** Section A.3.14: the pattern is the first argument. */
import { boolean } from '../values/boolean.ts'
import { type RFC822Name, rfc822Name } from '../values/rfc822-name.ts'
import { string } from '../values/string.ts'
import { endsWithX500Name, type X500Name, x500Name } from '../values/x500-name.ts'
import type { StrictFunction } from './row.ts'
import { functionId, one, strict } from './signature.ts'

/** A full address; or `.domain` for its sub-domains only; or a domain for itself only. */
const matchesRFC822Name = (pattern: string, name: RFC822Name): boolean => {
  const at = pattern.lastIndexOf('@')
  const domain = pattern.slice(at + 1).toLowerCase()
  if (at >= 0) return pattern.slice(0, at) === name.local && domain === name.domain
  return domain.startsWith('.') ? name.domain.endsWith(domain) : domain === name.domain
}

export const specialMatchFunctions: readonly StrictFunction[] = [
  strict(functionId('1.0', 'x500Name-match'), [one(x500Name), one(x500Name)], one(boolean), (args) =>
    endsWithX500Name(args[1] as X500Name, args[0] as X500Name),
  ),
  strict(functionId('1.0', 'rfc822Name-match'), [one(string), one(rfc822Name)], one(boolean), (args) =>
    matchesRFC822Name(args[0] as string, args[1] as RFC822Name),
  ),
]
