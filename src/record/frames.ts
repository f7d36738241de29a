/** Frames by their bytes, with what is known of them. Bounded: what was forgotten is written, and found there, again. */
import { contentHash, type Frame, printEntry } from './entry.ts'

export interface NamedFrame {
  /** Its hash. */
  readonly name: string
  readonly bytes: string
  /** The database is known to hold it. */
  isKept: boolean
}

const mostFrames = 5_000

export function createFrames(): (frame: Frame) => NamedFrame {
  const frames = new Map<string, NamedFrame>()
  return (frame) => {
    const bytes = printEntry(frame)
    const known = frames.get(bytes)
    if (known !== undefined) return known
    if (frames.size >= mostFrames) frames.clear()
    const named = { name: contentHash(bytes), bytes, isKept: false }
    frames.set(bytes, named)
    return named
  }
}

/** Those that must be written with a batch, each once, in the order of their names: then writers cannot deadlock. */
export function framesToKeep(frames: Iterable<NamedFrame>): readonly NamedFrame[] {
  const missing = new Map<string, NamedFrame>()
  for (const frame of frames) if (!frame.isKept) missing.set(frame.name, frame)
  return [...missing.values()].sort((a, b) => (a.name < b.name ? -1 : 1))
}
