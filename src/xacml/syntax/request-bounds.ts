/** What a request or a response may be, as text. */
import type { Limits } from '../limits.ts'

export const requestBounds = ({ requestCharacters, documentDepth, namespacesInScope }: Limits) =>
  ({
    characters: requestCharacters,
    depth: documentDepth,
    namespaces: namespacesInScope,
    setting: 'requestCharacters',
  }) as const
