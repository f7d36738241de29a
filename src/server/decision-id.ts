/** UUID version 7 (RFC 9562, section 5.7): ids of decisions sort by the time of the request. */
import { randomBytes } from 'node:crypto'

export function decisionId(at: Date, random: (size: number) => Uint8Array = randomBytes): string {
  const bytes = random(10)
  const time = at.getTime().toString(16).padStart(12, '0')
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('')
  const variant = ((bytes[2]! & 0x3f) | 0x80).toString(16)
  return `${time.slice(0, 8)}-${time.slice(8)}-7${hex.slice(1, 4)}-${variant}${hex.slice(6, 8)}-${hex.slice(8)}`
}
