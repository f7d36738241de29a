/** UUID version 7 (RFC 9562, section 5.7): ids of decisions sort by the time of the request. */
import { randomFillSync } from 'node:crypto'

export function decisionId(at: Date, random: (size: number) => Uint8Array = fromPool): string {
  const bytes = random(10)
  const time = at.getTime().toString(16).padStart(12, '0')
  const hex = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('hex')
  const variant = ((bytes[2]! & 0x3f) | 0x80).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-${variant}${hex.slice(6, 8)}-${hex.slice(8)}`
}

/** One call for 4 KiB costs as much as one for ten bytes. What has been given out is never given again. */
const pool = Buffer.alloc(4096)
let used = pool.length

function fromPool(size: number): Uint8Array {
  if (used + size > pool.length) {
    randomFillSync(pool)
    used = 0
  }
  used += size
  return pool.subarray(used - size, used)
}
