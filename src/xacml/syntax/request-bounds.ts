/** What a request or a response may be, as text. */
import type { Limits } from '../limits.ts'

export const requestBounds = ({ requestCharacters, documentDepth }: Limits) =>
  ({ characters: requestCharacters, depth: documentDepth, setting: 'requestCharacters' }) as const
