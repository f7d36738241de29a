/** Whose address a request came from: the socket's, unless a proxy that the operator trusts says otherwise. */
import ipaddr from 'ipaddr.js'

export type Proxies = readonly string[]

/**
 * Walks X-Forwarded-For from its end, past trusted proxies only. What an untrusted client writes there is never believed.
 */
export function clientAddress(
  socketAddress: string | undefined,
  forwardedFor: string | undefined,
  trusted: Proxies,
): string {
  const direct = canonicalSocket(socketAddress ?? '')
  if (forwardedFor === undefined || !isTrusted(direct, trusted)) return direct
  const hops = forwardedFor.split(',').map((hop) => canonical(hop.trim()))
  for (let index = hops.length - 1; index >= 0; index--) {
    const hop = hops[index]!
    if (hop === '') return direct
    if (!isTrusted(hop, trusted)) return hop
  }
  return direct
}

/** Few addresses send nearly all requests; the memory begins anew when it is full. */
const canonicals = new Map<string, string>()
const mostCanonicals = 1_000

function canonicalSocket(address: string): string {
  const known = canonicals.get(address)
  if (known !== undefined) return known
  if (canonicals.size >= mostCanonicals) canonicals.clear()
  const found = canonical(address)
  canonicals.set(address, found)
  return found
}

const canonical = (address: string): string => {
  const bare = address.replace(/^\[|\]$/g, '')
  return ipaddr.isValid(bare) ? ipaddr.process(bare).toString() : ''
}

function isTrusted(address: string, trusted: Proxies): boolean {
  if (address === '') return false
  const parsed = ipaddr.process(address)
  return trusted.some((entry) => {
    const [network, bits] = ipaddr.parseCIDR(
      entry.includes('/') ? entry : `${entry}/${parsed.kind() === 'ipv4' ? 32 : 128}`,
    )
    return network.kind() === parsed.kind() && parsed.match(network, bits)
  })
}
