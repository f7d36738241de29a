import { type Ports, parsePorts, printPorts } from './ports.ts'
import type { DataType } from './row.ts'
import { trimWhiteSpace } from './white-space.ts'

/** Section A.2: `a.b.c.d[/mask][:ports]` or `[v6][/[mask]][:ports]`; a mask is itself an address. */
export interface IPAddress {
  readonly version: 4 | 6
  /** Canonical text without brackets: dotted decimal, or RFC 5952. */
  readonly address: string
  readonly mask: string | undefined
  readonly ports: Ports | undefined
  /** As written, which is how string-from-ipAddress gives it back (A.3.9). */
  readonly text: string
}

const version4 = /^([0-9.]+)(?:\/([0-9.]+))?(?::(.*))?$/
const version6 = /^\[([0-9a-fA-F:.]+)\](?:\/\[([0-9a-fA-F:.]+)\])?(?::(.*))?$/
const longest = 200

/** Leading zeros are refused: half the world reads them as octal. */
const parseVersion4 = (text: string): readonly number[] | undefined => {
  const parts = text.split('.')
  if (parts.length !== 4 || !parts.every((part) => /^(?:0|[1-9][0-9]{0,2})$/.test(part) && Number(part) <= 255))
    return undefined
  return parts.map(Number)
}

/** 16-bit groups of one side of `::`; dotted decimal may end the address. */
const parseGroups = (text: string, last: boolean): readonly number[] | undefined => {
  if (text === '') return []
  const groups: number[] = []
  const parts = text.split(':')
  for (const [index, part] of parts.entries()) {
    if (part.includes('.')) {
      const octets = last && index === parts.length - 1 ? parseVersion4(part) : undefined
      if (octets === undefined) return undefined
      const [a = 0, b = 0, c = 0, d = 0] = octets
      groups.push(a * 256 + b, c * 256 + d)
    } else if (/^[0-9a-fA-F]{1,4}$/.test(part)) groups.push(Number.parseInt(part, 16))
    else return undefined
  }
  return groups
}

/** RFC 4291 section 2.2; `::` stands for at least one group. */
const parseVersion6 = (text: string): readonly number[] | undefined => {
  const sides = text.split('::')
  if (sides.length > 2) return undefined
  const [head = '', tail] = sides
  const left = parseGroups(head, tail === undefined)
  const right = tail === undefined ? [] : parseGroups(tail, true)
  if (left === undefined || right === undefined) return undefined
  const missing = 8 - left.length - right.length
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined
  return [...left, ...new Array<number>(missing).fill(0), ...right]
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
const printVersion6 = (groups: readonly number[]): string => {
  let start = -1
  let length = 1
  for (let from = 0; from < groups.length; from++) {
    let to = from
    while (to < groups.length && groups[to] === 0) to++
    if (to - from > length) {
      start = from
      length = to - from
    }
  }
  const hex = groups.map((group) => group.toString(16))
  if (start < 0) return hex.join(':')
  return `${hex.slice(0, start).join(':')}::${hex.slice(start + length).join(':')}`
}

const canonical4 = (text: string): string | undefined => parseVersion4(text)?.join('.')

const canonical6 = (text: string): string | undefined => {
  const groups = parseVersion6(text)
  return groups && printVersion6(groups)
}

const parse = (text: string): IPAddress | undefined => {
  const trimmed = trimWhiteSpace(text)
  if (trimmed.length > longest) return undefined
  const version = trimmed.startsWith('[') ? 6 : 4
  const canonical = version === 6 ? canonical6 : canonical4
  const [match, addressText = '', maskText, range = ''] = (version === 6 ? version6 : version4).exec(trimmed) ?? []
  const address = match === undefined ? undefined : canonical(addressText)
  const mask = maskText === undefined ? undefined : canonical(maskText)
  const ports = range === '' ? undefined : parsePorts(range)
  if (address === undefined || (maskText !== undefined && mask === undefined)) return undefined
  if (range !== '' && ports === undefined) return undefined
  return Object.freeze({ version, address, mask, ports, text: trimmed })
}

const key = ({ version, address, mask, ports }: IPAddress): string => {
  const bracketed = (text: string): string => (version === 6 ? `[${text}]` : text)
  return `${bracketed(address)}${mask === undefined ? '' : `/${bracketed(mask)}`}${printPorts(ports)}`
}

/** Equality of all parts: core has no equality function for this type. */
export const ipAddress: DataType = {
  id: 'urn:oasis:names:tc:xacml:2.0:data-type:ipAddress',
  name: 'ipAddress',
  parse,
  print: (value) => (value as IPAddress).text,
  equal: (a, b) => key(a as IPAddress) === key(b as IPAddress),
  key: (value) => key(value as IPAddress),
}
