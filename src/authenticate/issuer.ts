/** An issuer of tokens as the settings name it, and the checks that a start must not get past. */
import { isLoopback } from '../settings/loopback.ts'
import { isSignatureAlgorithm, type SignatureAlgorithm } from './algorithms.ts'

export interface IssuerSettings {
  /** Exactly as in the `iss` claim. */
  readonly issuer: string
  /** Address of the key set. Without it, and without `jwks`, the issuer's metadata document says where it is. */
  readonly jwksUri?: string | undefined
  /** The keys themselves, public ones; nothing is fetched. */
  readonly jwks?: { readonly keys: readonly unknown[] } | undefined
  /** Address of the metadata document; default: the two well-known places of RFC 8414 and OpenID Connect Discovery. */
  readonly discovery?: string | undefined
  /** One of these must be in `aud`; not checked when absent. */
  readonly audience?: string | readonly string[] | undefined
  /** Default: every asymmetric algorithm. */
  readonly algorithms?: readonly SignatureAlgorithm[] | undefined
  /** Authentication level of tokens without the claim `urn:altinn:authlevel`; default 3 for Maskinporten, else 0. */
  readonly level?: number | undefined
  /** Default: whether the issuer is a name under maskinporten.no. */
  readonly maskinporten?: boolean | undefined
}

/** What is wrong with the issuers of the settings; empty when they can be used. Errors are for people. */
export const checkIssuers = (issuers: readonly IssuerSettings[], allowInsecureLoopback: boolean): readonly string[] => {
  const problems: string[] = []
  const seen = new Set<string>()
  for (const settings of issuers) {
    const name = `issuer \`${settings.issuer}\``
    if (settings.issuer.length === 0)
      problems.push('an issuer has no name; set `issuer` to the value of its `iss` claim')
    if (seen.has(settings.issuer)) problems.push(`${name} is configured twice; keep one of them`)
    seen.add(settings.issuer)
    for (const problem of problemsOf(settings, allowInsecureLoopback)) problems.push(`${name}: ${problem}`)
  }
  return problems
}

const problemsOf = (settings: IssuerSettings, allowInsecureLoopback: boolean): string[] => {
  const problems: string[] = []
  const { jwks, jwksUri, discovery, audience, algorithms, level } = settings
  if ([jwks, jwksUri, discovery].filter((source) => source !== undefined).length > 1)
    problems.push('give one of `jwks`, `jwksUri` and `discovery`, not several')
  for (const address of keyAddresses(settings))
    if (!isFetchable(address, allowInsecureLoopback))
      problems.push(`\`${address}\` is not an https address; keys are fetched over https only`)
  if (algorithms?.length === 0) problems.push('`algorithms` is empty; leave it out to allow every asymmetric one')
  for (const name of algorithms ?? [])
    if (!isSignatureAlgorithm(name)) problems.push(`\`${String(name)}\` is not an asymmetric signature algorithm`)
  if (audience !== undefined && [audience].flat().some((value) => value === ''))
    problems.push('an audience is empty; leave it out to accept every audience')
  if (Array.isArray(audience) && audience.length === 0)
    problems.push('`audience` is empty; leave it out to accept every audience')
  if (level !== undefined && !(Number.isInteger(level) && level >= 0 && level <= 9))
    problems.push('`level` is not a whole number from 0 to 9')
  return problems
}

const keyAddresses = (settings: IssuerSettings): readonly string[] => {
  if (settings.jwks !== undefined) return []
  const given = [settings.jwksUri, settings.discovery].filter((address) => address !== undefined)
  return given.length > 0 ? given : [settings.issuer]
}

/** The authentication level of tokens that do not say it. */
export const levelOf = ({ issuer, level, maskinporten }: IssuerSettings): number => {
  if (level !== undefined) return level
  return (maskinporten ?? /^https:\/\/([a-z0-9-]+\.)*maskinporten\.no(\/|$)/.test(issuer)) ? 3 : 0
}

/** Keys come over https, or in development over http from this machine. Credentials in the address are refused. */
export const isFetchable = (address: string, allowInsecureLoopback: boolean): boolean => {
  const url = URL.canParse(address) ? new URL(address) : undefined
  if (url === undefined || url.username !== '' || url.password !== '') return false
  if (url.protocol === 'https:') return true
  return url.protocol === 'http:' && allowInsecureLoopback && isLoopback(url.hostname)
}

/** Where the metadata document of an issuer may be, in the order to try. */
export const discoveryAddresses = (settings: IssuerSettings): readonly string[] => {
  if (settings.discovery !== undefined) return [settings.discovery]
  const url = new URL(settings.issuer)
  const path = url.pathname.replace(/\/$/, '')
  return [
    // RFC 8414 section 3: the well-known part goes between host and path
    `${url.origin}/.well-known/oauth-authorization-server${path}`,
    // OpenID Connect Discovery section 4: it is appended
    `${url.origin}${path}/.well-known/openid-configuration`,
  ]
}
