/** Port ranges of ipAddress and dnsName (section A.2): `n`, `-n`, `n-`, `n-m`; an open end is 0 or 65535 by meaning only. */
export interface Ports {
  readonly from?: number
  readonly to?: number
}

const lexical = /^(?:([0-9]{1,5})|-([0-9]{1,5})|([0-9]{1,5})-([0-9]{1,5})?)$/
const highest = 65_535

/** Undefined when the text is no port range. */
export const parsePorts = (text: string): Ports | undefined => {
  const [match, only, upTo, from, to] = lexical.exec(text) ?? []
  if (match === undefined) return undefined
  const lower = only ?? from
  const upper = only ?? upTo ?? to
  if (Number(lower ?? 0) > highest || Number(upper ?? 0) > highest) return undefined
  if (lower !== undefined && upper !== undefined && Number(lower) > Number(upper)) return undefined
  return Object.freeze({
    ...(lower === undefined ? {} : { from: Number(lower) }),
    ...(upper === undefined ? {} : { to: Number(upper) }),
  })
}

/** With the colon; nothing for no range. */
export const printPorts = (ports: Ports | undefined): string => {
  if (ports === undefined) return ''
  if (ports.from === ports.to) return `:${ports.from}`
  return `:${ports.from ?? ''}-${ports.to ?? ''}`
}
