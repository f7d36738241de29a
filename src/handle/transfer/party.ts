/** Organisations as clients write them, and as we do: nine digits inside, `0192:` and nine digits on the wire. */

const partyPattern = /^(?:[0-9]{4}:|urn:altinn:organization:identifier-no:)([0-9]{9})$/

/** Nine digits, or `undefined` when this is no organisation (broker API 1.4). */
export const parseParty = (text: string): string | undefined => partyPattern.exec(text)?.[1]

export const printParty = (party: string): string => `0192:${party}`

/** For values an owner wrote by hand: any prefix, or none. */
export const lastSegment = (text: string): string => text.slice(text.lastIndexOf(':') + 1).trim()
