/** What is asked for each kind of operation: the one place that says which party, action and facts a request stands for. */
import type { Ask, AttributeFact, Question } from '../steps.ts'
import { strings, truth } from './fact.ts'
import { integer, resource, string } from './vocabulary.ts'

/**
 * What can be the id of a resource at all. Anything else is asked about as what is not there, and goes no further: ids are
 * keys of caches and of the change feed, and come from people who need no token.
 */
const isResourceId = (id: string): boolean => /^[a-z0-9_-]{1,255}$/.test(id)

const named = (id: string): Pick<Ask, 'resource'> => (isResourceId(id) ? { resource: id } : {})

const all = (...parts: Ask[]): Question => ({ combine: 'all', parts })

/** A request that is too malformed to say what it is about: it may only be told so, and only by those who may come here. */
export const askUnnamed = (action: string): Question => ({
  ...all({ action, facts: [truth('resource', resource.unnamed, true)] }),
  unnamed: true,
})

export interface ToInitialize {
  readonly resource: string
  /** Nine digits each. */
  readonly sender: string
  readonly recipients: readonly string[]
}

/** Sending as `sender`; every recipient must be one that the resource lets receive. */
export const askToInitialize = ({ resource: id, sender, recipients }: ToInitialize): Question =>
  all({ action: 'write', ...named(id), party: sender, recipients, facts: [] })

/** The parts of a transfer that questions are about. */
export interface TransferFacts {
  readonly id: string
  readonly resource: string
  readonly sender: string
  readonly recipients: readonly string[]
  readonly status: string
  /** Bytes; null before there is a file. */
  readonly size: number | null
  readonly properties: readonly (readonly [key: string, value: string])[]
}

/** The id is well-formed, but there is no such transfer. */
export const askAboutNoTransfer = (action: string, id: string): Question =>
  all({ action, instance: id, facts: [truth('resource', resource.transferFound, false)] })

export const askToUpload = (transfer: TransferFacts): Question =>
  all({
    action: 'write',
    resource: transfer.resource,
    party: transfer.sender,
    instance: transfer.id,
    facts: transferFacts(transfer),
  })

/** Write as the sender, or read as any recipient. */
export const askToLook = (transfer: TransferFacts, caller: string | undefined): Question => ({
  combine: 'any',
  parts: [askToUpload(transfer).parts[0]!, ...readers(transfer, caller)],
})

/** Read as any recipient: the first that permits is the party acted for. */
export const askToReceive = (transfer: TransferFacts, caller: string | undefined): Question => ({
  combine: 'any',
  parts: readers(transfer, caller),
})

/** The caller's own organisation is asked about first: nearly always that settles it. */
function readers(transfer: TransferFacts, caller: string | undefined): readonly Ask[] {
  const facts = transferFacts(transfer)
  const own = transfer.recipients.filter((party) => party === caller)
  const others = transfer.recipients.filter((party) => party !== caller)
  return [...own, ...others].map((party) => ({
    action: 'read',
    resource: transfer.resource,
    party,
    instance: transfer.id,
    facts,
  }))
}

/** Whoever may read or write on the resource may find its own transfers there, and no others are looked for. */
export const askToSearch = (id: string, party: string | undefined): Question => ({
  combine: 'any',
  parts: ['read', 'write'].map((action) => ({
    action,
    ...named(id),
    ...(party === undefined ? {} : { party }),
    facts: [],
  })),
})

/** An administrative act on an entry that is looked up by resource id: who owns it comes from the stored resource. */
export const askAboutResource = (action: string, id: string): Question =>
  all(isResourceId(id) ? { action, resource: id, facts: [] } : { action, facts: notThere })

const notThere: readonly AttributeFact[] = [
  truth('resource', resource.found, false),
  truth('resource', resource.configured, false),
]

/** An administrative act on something whose owner is known: nine digits each; none when nobody owns it. */
export const askAboutOwned = (action: string, owners: readonly string[], found?: boolean): Question =>
  all({
    action,
    facts: [ownerFact(owners), ...(found === undefined ? [] : [truth('resource', resource.found, found)])],
  })

/** The resource that somebody asks the decision API about, where it can be one. */
export const askedResource = named

export const ownerFact = (owners: readonly string[]): AttributeFact => strings('resource', resource.owner, owners)

/** These change without a change in the registry: a policy that looks at them is never answered from the cache. */
function transferFacts({ status, size, properties }: TransferFacts): readonly AttributeFact[] {
  return [
    truth('resource', resource.transferFound, true),
    {
      category: 'resource',
      id: resource.transferStatus,
      values: [{ dataType: string, value: status }],
      volatile: true,
    },
    {
      category: 'resource',
      id: resource.transferSize,
      values: size === null ? [] : [{ dataType: integer, value: BigInt(size) }],
      volatile: true,
    },
    strings(
      'resource',
      resource.transferProperty,
      properties.map(([key, value]) => `${key}=${value}`),
    ),
  ]
}
