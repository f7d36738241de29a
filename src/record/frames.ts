/** Frames by their hash, with what is known of them. Bounded: what was forgotten is written, and found there, again. */
import { contentHash, type Frame, printEntry } from './entry.ts'

export interface NamedFrame {
  /** Its hash. */
  readonly name: string
  readonly bytes: string
  /** The database is known to hold it. */
  isKept: boolean
}

const mostFrames = 10_000
const mostAlike = 4

export function createFrames(): (frame: Frame) => NamedFrame {
  const frames = new Map<string, NamedFrame>()
  /** The latest of each kind: comparing frames is cheaper than printing and hashing one. */
  const alike = new Map<string, Seen[]>()

  const name = (bytes: string): NamedFrame => {
    const hash = contentHash(bytes)
    const known = frames.get(hash)
    if (known !== undefined) return known
    if (frames.size >= mostFrames) {
      frames.clear()
      alike.clear()
    }
    const named = { name: hash, bytes, isKept: false }
    frames.set(hash, named)
    return named
  }
  return (frame) => {
    const parts = frame.parts.map(({ cache, determining }) => `${cache} ${determining.at(-1)}`).join(' ')
    const kind = `${frame.operation} ${frame.decision} ${frame.policies.at(-1)?.hash} ${parts}`
    const latest = alike.get(kind) ?? []
    const known = latest.find((seen) => isSame(seen.frame, frame))
    if (known !== undefined) return known.named
    const named = name(printEntry(frame))
    alike.set(kind, [{ frame, named }, ...latest.slice(0, mostAlike - 1)])
    return named
  }
}

/** An attribute as frames name it. */
export type FrameAttribute = Frame['attributes'][number]

const mostNames = 10_000
const mostOfOneId = 8
const names = new Map<string, FrameAttribute[]>()

/**
 * The same object for the same attribute, so that comparing frames is comparing references, and a frame costs little room.
 * Bounded: what was forgotten gets another object, which compares member by member.
 */
export function attributeNamed(
  category: string,
  dataType: string | undefined,
  id: string,
  issuer: string | undefined,
): FrameAttribute {
  let ofId = names.get(id)
  if (ofId === undefined) {
    if (names.size >= mostNames) names.clear()
    ofId = []
    names.set(id, ofId)
  }
  for (const known of ofId)
    if (known.category === category && known.dataType === dataType && known.issuer === issuer) return known
  const attribute: FrameAttribute = { category, dataType, id, issuer }
  if (ofId.length < mostOfOneId) ofId.push(attribute)
  return attribute
}

interface Seen {
  readonly frame: Frame
  readonly named: NamedFrame
}

/** Equality of plain data; a member that is undefined counts as absent. */
export function isSame(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false
  if (Array.isArray(a)) return Array.isArray(b) && isSameList(a, b)
  if (Array.isArray(b)) return false
  const left = a as Record<string, unknown>
  const right = b as Record<string, unknown>
  for (const name in left) if (!isSame(left[name], right[name])) return false
  for (const name in right) if (left[name] === undefined && right[name] !== undefined) return false
  return true
}

function isSameList(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false
  for (let index = 0; index < a.length; index++) if (!isSame(a[index], b[index])) return false
  return true
}

/** Those that must be written with a batch, each once, in the order of their names: then writers cannot deadlock. */
export function framesToKeep(frames: Iterable<NamedFrame>): readonly NamedFrame[] {
  const missing = new Map<string, NamedFrame>()
  for (const frame of frames) if (!frame.isKept) missing.set(frame.name, frame)
  return [...missing.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
