/**
 * What the registries know, fetched only when a policy looks at it. Each source is one row of the table below: which
 * attributes it gives, what it rests on, and how it finds them. A source that fails throws, and the request is refused
 * with 503: an empty bag would be a statement nobody made.
 */
import type { Ask, AttributeFact } from '../steps.ts'
import { strings, truth } from './fact.ts'
import { integer, resource, subject } from './vocabulary.ts'

export interface ResourceEntry {
  readonly owner: string
  readonly accessListMode: 'Enabled' | 'Disabled'
  /** Has file transfer settings. */
  readonly configured: boolean
  /** Parties may give rights on it to their system users. */
  readonly delegable: boolean
}

export interface SystemUserEntry {
  /** Nine digits. */
  readonly party: string
  readonly withdrawn: boolean
  readonly rights: readonly { readonly resource: string; readonly action: string }[]
}

/** The registries as collect sees them; handed in by `main`. */
export interface Registry {
  resource(id: string): Promise<ResourceEntry | undefined>
  /** `{owner}:{list}` of every list the organisation is on. */
  listsOf(organisation: string): Promise<readonly string[]>
  /** The same, only lists that are connected to the resource and cover the action. */
  connectedListsOf(organisation: string, resource: string, action: string): Promise<readonly string[]>
  systemUser(id: string): Promise<SystemUserEntry | undefined>
  /** The authentication levels that the uploaded policy demands, the highest of each kind. */
  minimumLevels(resource: string): Promise<{ readonly level?: number; readonly organisation?: number }>
}

/** Who and what a source is asked about. The subject is the caller's, or the one that the decision API was asked about. */
export interface About {
  readonly systemUser: string | undefined
  readonly organisation: string | undefined
  readonly ask: Ask
}

export interface Source {
  readonly gives: readonly string[]
  /** Entities of the change feed; undefined when the source has nothing to look up for this request. */
  readonly restsOn: (about: About) => readonly string[] | undefined
  /**
   * What it finds depends on these too, in what role each entity stands included: a policy need not look at them. The
   * resource is part of every key; the first tells the sources apart.
   */
  readonly by?: (about: About) => readonly string[]
  readonly fetch: (registry: Registry, about: About) => Promise<readonly AttributeFact[]>
}

const key = (category: 'subject' | 'resource', id: string): string => `${category} ${id}`

export const sources: readonly Source[] = [
  {
    gives: [
      key('subject', subject.systemUserParty),
      key('subject', subject.systemUserRight),
      key('subject', subject.actsFor),
    ],
    restsOn: ({ systemUser }) => (systemUser === undefined ? undefined : [`system-user:${systemUser}`]),
    fetch: async (registry, { systemUser, ask }) => {
      const entry = await registry.systemUser(systemUser!)
      const party = entry === undefined || entry.withdrawn ? [] : [entry.party]
      const rights = entry === undefined || entry.withdrawn ? [] : entry.rights
      const actions = rights.filter((right) => right.resource === ask.resource).map((right) => right.action)
      return [
        strings('subject', subject.systemUserParty, party),
        strings('subject', subject.actsFor, party),
        strings('subject', subject.systemUserRight, actions),
      ]
    },
  },
  {
    gives: [key('subject', subject.accessList)],
    restsOn: ({ organisation }) => (organisation === undefined ? undefined : [`party:${organisation}`]),
    fetch: async (registry, { organisation }) => [
      strings('subject', subject.accessList, await registry.listsOf(organisation!)),
    ],
  },
  {
    gives: [
      key('resource', resource.accessListMode),
      key('resource', resource.owner),
      key('resource', resource.found),
      key('resource', resource.configured),
      key('resource', resource.delegable),
    ],
    restsOn: ({ ask }) => (ask.resource === undefined ? undefined : [`resource:${ask.resource}`]),
    fetch: async (registry, { ask }) => {
      const entry = await registry.resource(ask.resource!)
      return [
        strings('resource', resource.accessListMode, entry === undefined ? [] : [entry.accessListMode]),
        strings('resource', resource.owner, entry === undefined ? [] : [entry.owner]),
        truth('resource', resource.found, entry !== undefined),
        truth('resource', resource.configured, entry?.configured === true),
        truth('resource', resource.delegable, entry?.delegable === true),
      ]
    },
  },
  {
    gives: [key('resource', resource.partyAccessList)],
    restsOn: ({ ask }) =>
      ask.resource === undefined || ask.party === undefined
        ? undefined
        : [`party:${ask.party}`, `resource:${ask.resource}`],
    by: ({ ask }) => ['party', ask.party!, ask.action],
    fetch: async (registry, { ask }) => [
      strings(
        'resource',
        resource.partyAccessList,
        await registry.connectedListsOf(ask.party!, ask.resource!, ask.action),
      ),
    ],
  },
  {
    gives: [key('resource', resource.recipientListed)],
    restsOn: ({ ask }) =>
      ask.resource === undefined || ask.recipients === undefined
        ? undefined
        : [`resource:${ask.resource}`, ...ask.recipients.map((recipient) => `party:${recipient}`)],
    by: ({ ask }) => ['recipients', ...ask.recipients!],
    fetch: async (registry, { ask }) => [
      strings('resource', resource.recipientListed, await listedRecipients(registry, ask)),
    ],
  },
  {
    gives: [key('resource', resource.minimumLevel), key('resource', resource.minimumLevelOrganisation)],
    restsOn: ({ ask }) => (ask.resource === undefined ? undefined : [`policy:${ask.resource}`]),
    fetch: async (registry, { ask }) => {
      const levels = await registry.minimumLevels(ask.resource!)
      return [
        integers(resource.minimumLevel, levels.level),
        integers(resource.minimumLevelOrganisation, levels.organisation),
      ]
    },
  },
]

/** Recipients will have to read: the action that their lists must cover. */
async function listedRecipients(registry: Registry, ask: Ask): Promise<readonly string[]> {
  const listed: string[] = []
  for (const recipient of ask.recipients!) {
    const lists = await registry.connectedListsOf(recipient, ask.resource!, 'read')
    if (lists.length > 0) listed.push(recipient)
  }
  return listed
}

const integers = (id: string, value: number | undefined): AttributeFact => ({
  category: 'resource',
  id,
  values: value === undefined ? [] : [{ dataType: integer, value: BigInt(value) }],
})
