/**
 * Names that a token may not put among the attributes of its subject, because our own registries or steps provide them: what
 * an issuer signs about a party must not stand beside, or instead of, what the registry says about it.
 */

/** Ours, or XACML's own: the whole branch. */
const reservedBranches = [
  'urn:portvakt',
  'urn:oasis',
  // the organisation: from the order of claims in `caller.ts` and nothing else
  'urn:altinn:organization',
  'urn:altinn:organizationnumber',
  'urn:altinn:orgnumber',
  // the system user and its rights: from authorization_details and the system-user registry
  'urn:altinn:systemuser',
  'urn:altinn:accesspackage',
  // parties and what they are members of: from the party and access-list registries
  'urn:altinn:party',
  'urn:altinn:partytype',
  'urn:altinn:access-list',
  'urn:altinn:rolecode',
  'urn:altinn:role',
  'urn:altinn:external-role',
  'urn:digitaltdodsbo:rolecode',
  // a person: from `pid`
  'urn:altinn:person:identifier-no',
  // the resource and the action of the request
  'urn:altinn:resource',
  'urn:altinn:appresource',
  'urn:altinn:app',
  'urn:altinn:task',
  'urn:altinn:end-event',
  'urn:altinn:instance-id',
  // said by fields of the caller
  'urn:scope',
  'urn:altinn:scope',
  'urn:altinn:sessionid',
] as const

/** Names of persons and organisations: a system user is the only subject of its requests, whoever else its token mentions. */
const identityBranches = [
  'urn:altinn:userid',
  'urn:altinn:username',
  'urn:altinn:partyid',
  'urn:altinn:person',
  'urn:altinn:org',
]

const isWithin = (name: string, branches: readonly string[]): boolean =>
  branches.some((branch) => name === branch || name.startsWith(`${branch}:`))

/** Compared without regard to case, although attribute names are not: a look-alike has no honest use. */
export const isReservedClaim = (name: string): boolean => isWithin(name.toLowerCase(), reservedBranches)

export const isOtherIdentityClaim = (name: string): boolean => isWithin(name.toLowerCase(), identityBranches)
