/**
 * The bytes of a record, version 1: what is hashed, kept for ever, and checked by others.
 *
 * A record is an *entry* and the *frame* it names. The frame holds what many records have in common (names of attributes,
 * policies, rules, engine); it is kept once, under its hash. The entry holds the rest, and the hash of its frame. Both are
 * canonical JSON as RFC 8785 has it: UTF-8, no white space, members sorted by name, strings as ECMAScript prints them; every
 * number is a whole number from 0 to 2^53 - 1. (A lone surrogate, which RFC 8785 forbids, is printed as its `\udxxx` escape.)
 *
 * - The hash of a frame is the SHA-256 of its bytes, base64url without padding.
 * - The leaf hash of an entry is that of RFC 6962, section 2.1: SHA-256(0x00 ‖ bytes).
 * - A personal value stands in an entry as `{"sha256":"…"}`: base64url, without padding, of SHA-256(salt ‖ UTF-8 of the value).
 *   Salt and value lie beside the entry and can be erased; bytes and hash stay what they were. A frame holds none.
 * - `values`, `assigned` and `details` are the values of the frame's attributes, of the assignments of its obligations and advice
 *   in order, and of its discharges. `parts` go with the frame's parts. Parts refer to attributes and policies by index.
 * - A data type that is left out is `http://www.w3.org/2001/XMLSchema#string`.
 * - The epoch is a string of digits, because it may exceed 2^53.
 *
 * An entry longer than 65,535 bytes (the longest leaf of a C2SP tlog-tiles bundle) is kept beside the record as its `detail`, and the
 * record is a short entry of kind `detached` with the length and SHA-256 (base64url) of that.
 */
import { hash } from 'node:crypto'
import * as z from 'zod'

export const entryVersion = 1
export const longestEntry = 65_535

const text = z.union([z.string(), z.strictObject({ sha256: z.string().regex(/^[\w-]{43}$/) })])
const texts = z.array(text)
const count = z.int().min(0)
const digest = z.string().regex(/^[\w-]{43}$/)
const instant = z.iso.datetime({ precision: 3 })
/** `undefined` is never printed and never parsed; building an entry is faster when a member may hold it. */
const optional = <T extends z.ZodType>(type: T) => z.exactOptional(type).or(z.undefined()).optional()

// Members are declared, and must be built, in the order of their names: then `JSON.stringify` prints the canonical form.

const attribute = z.strictObject({
  category: z.string(),
  dataType: optional(z.string()),
  id: z.string(),
  issuer: optional(z.string()),
})
const assignment = z.strictObject({
  category: optional(z.string()),
  dataType: optional(z.string()),
  id: z.string(),
  issuer: optional(z.string()),
})
const obligation = z.strictObject({ assignments: z.array(assignment), id: z.string() })
const policy = z.strictObject({ hash: z.string(), id: z.string(), version: z.string() })
const framePart = z.strictObject({
  advice: optional(z.array(obligation)),
  /** True when the answer only informs: the request did not depend on it. */
  advisory: optional(z.literal(true)),
  attributes: z.array(count),
  cache: z.string(),
  /** Status codes, outermost first. */
  codes: z.array(z.string()).readonly(),
  decision: z.string(),
  determining: z.array(z.string()).readonly(),
  /** Missing attributes, as `category id`. */
  missing: optional(z.array(z.string())),
  obligations: z.array(obligation),
  policies: z.array(count),
})
const frame = z.strictObject({
  /** Parts that were asked; `parts` holds those that were decided. */
  asked: count,
  attributes: z.array(attribute),
  caller: z.strictObject({
    issuer: z.string(),
    kind: z.string(),
    level: count,
    scopes: z.array(z.string()).readonly(),
  }),
  combine: z.enum(['all', 'any']),
  decision: z.string(),
  discharges: z.array(z.strictObject({ id: z.string(), outcome: z.string() })),
  engine: z.string(),
  kind: z.literal('frame'),
  method: z.string(),
  node: z.string(),
  operation: z.string(),
  parts: z.array(framePart),
  policies: z.array(policy),
  refusal: optional(z.strictObject({ code: z.string(), silent: z.boolean(), status: count })),
  v: z.literal(entryVersion),
})
const entryPart = z.strictObject({
  action: text,
  instance: optional(text),
  message: optional(text),
  party: optional(text),
  resource: optional(text),
})
const entry = z.strictObject({
  assigned: optional(texts),
  caller: z.strictObject({
    client: optional(text),
    organisation: optional(text),
    session: optional(text),
    systemUser: optional(text),
    token: optional(text),
    vendor: optional(text),
  }),
  client: z.strictObject({ address: text, path: text }),
  details: optional(z.array(text.nullable())),
  /** Microseconds. */
  duration: count,
  epoch: z.string().regex(/^(0|[1-9]\d*)$/),
  frame: digest,
  id: z.string(),
  kind: z.literal('decision'),
  parts: z.array(entryPart),
  /** Why it was refused. */
  reason: optional(text),
  /** ISO 8601 in UTC, with milliseconds. */
  time: instant,
  trace: z.strictObject({ span: z.string(), trace: z.string() }),
  v: z.literal(entryVersion),
  values: z.array(texts),
})
const detached = z.strictObject({
  bytes: count,
  id: z.string(),
  kind: z.literal('detached'),
  sha256: digest,
  time: instant,
  v: z.literal(entryVersion),
})
const leaf = z.union([entry, detached])

/** Text as it is, or the commitment to a personal value. */
export type Text = z.infer<typeof text>
export type Entry = z.infer<typeof entry>
export type EntryPart = z.infer<typeof entryPart>
export type DetachedEntry = z.infer<typeof detached>
export type Frame = z.infer<typeof frame>
export type FramePart = z.infer<typeof framePart>
export type FrameObligation = z.infer<typeof obligation>

/** The canonical bytes, as the text whose UTF-8 they are. What is printed must come from `buildEntry` or from a parser below. */
export function printEntry(given: Entry | DetachedEntry | Frame): string {
  return JSON.stringify(given)
}

export type Parsed<T> =
  | { readonly kind: 'parsed'; readonly value: T }
  | { readonly kind: 'malformed'; readonly reason: string }

/** Accepts canonical bytes only: what it returns prints to exactly the same bytes. */
export function parseEntry(bytes: Uint8Array): Parsed<Entry | DetachedEntry> {
  return parseCanonical(bytes, leaf, 'an entry')
}

export function parseFrame(bytes: Uint8Array): Parsed<Frame> {
  return parseCanonical(bytes, frame, 'a frame')
}

function parseCanonical<T>(bytes: Uint8Array, shape: z.ZodType<T>, name: string): Parsed<T> {
  let given: unknown
  let source: string
  try {
    source = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    given = JSON.parse(source)
  } catch {
    return { kind: 'malformed', reason: 'the bytes are not JSON in UTF-8' }
  }
  const parsed = shape.safeParse(given)
  if (!parsed.success) return { kind: 'malformed', reason: `not ${name} of version 1: ${firstIssue(parsed.error)}` }
  if (JSON.stringify(parsed.data) !== source)
    return { kind: 'malformed', reason: 'the bytes are not in canonical form' }
  return { kind: 'parsed', value: parsed.data }
}

function firstIssue(error: z.ZodError): string {
  const issue = error.issues[0]
  return issue === undefined ? 'unknown' : `${issue.path.join('.') || 'the whole'}: ${issue.message.toLowerCase()}`
}

/** RFC 6962, section 2.1: the hash of a leaf, as hexadecimal digits. */
export function leafHash(bytes: string | Uint8Array): string {
  if (typeof bytes === 'string') return hash('sha256', `\0${bytes}`, 'hex')
  return hash('sha256', Buffer.concat([Buffer.of(0), bytes]), 'hex')
}

/** The hash by which an entry names its frame, and a detached entry its detail. */
export function contentHash(bytes: string | Uint8Array): string {
  return hash('sha256', bytes, 'base64url')
}

export interface Sealed {
  readonly bytes: string
  readonly detail?: string
}

/** Splits off what is too long for a leaf. */
export function sealEntry(whole: Entry): Sealed {
  const bytes = printEntry(whole)
  if (bytes.length <= longestEntry / 3) return { bytes }
  const length = Buffer.byteLength(bytes)
  if (length <= longestEntry) return { bytes }
  const { id, time } = whole
  const short = { bytes: length, id, kind: 'detached', sha256: contentHash(bytes), time, v: entryVersion } as const
  return { bytes: printEntry(short), detail: bytes }
}
