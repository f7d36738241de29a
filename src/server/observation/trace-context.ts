/** W3C Trace Context, level 1: what is read from a request and written to those that follow from it. */
import { randomFillSync } from 'node:crypto'

export interface ParentContext {
  /** 32 hexadecimal digits, lower case, not all zero. */
  readonly traceId: string
  /** 16 hexadecimal digits, lower case, not all zero. */
  readonly spanId: string
  readonly sampled: boolean
}

/** Section 3.2; a higher version may carry more after the flags (section 3.2.4), version 00 may not, and ff is forbidden. */
const traceparent = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-[\x20-\x7e]{0,200})?$/

/** The parent that a traceparent header names; undefined when it is absent, repeated or invalid, and then a new trace begins. */
export const parseTraceparent = (header: string | undefined): ParentContext | undefined => {
  if (header === undefined || header.length > 300) return undefined
  const match = traceparent.exec(header)
  if (match === null) return undefined
  const [, version, traceId = '', spanId = '', flags = '', rest] = match
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 }
}

/** Section 3.3.1.3. */
const member =
  /^([a-z][_0-9a-z\-*/]{0,255}|[a-z0-9][_0-9a-z\-*/]{0,240}@[a-z][_0-9a-z\-*/]{0,13})=[\x20-\x2b\x2d-\x3c\x3e-\x7e]{0,255}[\x21-\x2b\x2d-\x3c\x3e-\x7e]$/

/** A tracestate that may be passed on: at most 32 members and 512 characters (section 3.3.1.5), each well-formed, none twice. */
export const parseTracestate = (header: string | undefined): string | undefined => {
  if (header === undefined || header.length > 512) return undefined
  const members = header
    .split(',')
    .map((text) => text.trim())
    .filter((text) => text !== '')
  if (members.length === 0 || members.length > 32 || !members.every((text) => member.test(text))) return undefined
  const keys = new Set(members.map((text) => text.slice(0, text.indexOf('='))))
  return keys.size === members.length ? members.join(',') : undefined
}

export const printTraceparent = ({ traceId, spanId, sampled }: ParentContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`

/** Random ids, from a pool: one call for 4 KiB costs as much as one for 8 bytes. */
const pool = Buffer.alloc(4096)
let used = pool.length

const randomHex = (bytes: number): string => {
  if (used + bytes > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  const text = pool.toString('hex', used, used + bytes)
  used += bytes
  return text
}

export const newTraceId = (): string => randomHex(16)

export const newSpanId = (): string => randomHex(8)
