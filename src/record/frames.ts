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
  /** The latest of each kind: comparing texts is far cheaper than hashing one. */
  const alike = new Map<string, NamedFrame[]>()

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
    const bytes = printEntry(frame)
    const kind = `${frame.operation} ${frame.decision} ${frame.policies.at(-1)?.hash}`
    const latest = alike.get(kind) ?? []
    const known = latest.find((named) => named.bytes === bytes)
    if (known !== undefined) return known
    const named = name(bytes)
    alike.set(kind, [named, ...latest.slice(0, mostAlike - 1)])
    return named
  }
}

/** Those that must be written with a batch, each once, in the order of their names: then writers cannot deadlock. */
export function framesToKeep(frames: Iterable<NamedFrame>): readonly NamedFrame[] {
  const missing = new Map<string, NamedFrame>()
  for (const frame of frames) if (!frame.isKept) missing.set(frame.name, frame)
  return [...missing.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
