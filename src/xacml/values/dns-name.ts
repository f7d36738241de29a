import { type Ports, parsePorts, printPorts } from './ports.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

/** Section A.2: a host name of RFC 2396, `*` allowed as its leftmost label, then an optional port range. */
export interface DNSName {
  /** In lower case, without the final dot of a rooted name. */
  readonly host: string
  readonly ports: Ports | undefined
  /** As written, which is how string-from-dnsName gives it back (A.3.9). */
  readonly text: string
}

const label = '[a-z0-9](?:[a-z0-9-]*[a-z0-9])?'
const topLabel = '[a-z](?:[a-z0-9-]*[a-z0-9])?'
const lexical = new RegExp(`^((?:\\*\\.)?(?:${label}\\.)*${topLabel})\\.?(?::(.+))?$`, 'i')
/** RFC 1035 section 2.3.4. */
const longestName = 253
const longestLabel = 63

const isHost = (host: string): boolean =>
  host.length <= longestName && host.split('.').every((part) => part.length <= longestLabel)

const parse = (text: string): DNSName | undefined => {
  const trimmed = trimWhiteSpace(text)
  if (trimmed.length > longestName + 13) return undefined
  const [match, host = '', range] = lexical.exec(trimmed) ?? []
  if (match === undefined || !isHost(host)) return undefined
  const ports = range === undefined ? undefined : parsePorts(range)
  if (range !== undefined && ports === undefined) return undefined
  return Object.freeze({ host: host.toLowerCase(), ports, text: trimmed })
}

const key = ({ host, ports }: DNSName): string => host + printPorts(ports)

/** Equality of all parts: core has no equality function for this type. */
export const dnsName: DataType = {
  id: 'urn:oasis:names:tc:xacml:2.0:data-type:dnsName',
  name: 'dnsName',
  parse,
  print: (value) => (value as DNSName).text,
  equal: (a, b) => key(a as DNSName) === key(b as DNSName),
  key: (value) => key(value as DNSName),
}
