/**
 * Describes one part of a question: the attributes that are given, and where more can be had. `decide` fetches from there
 * only what a policy looks at, and nothing at all when it has decided the same before.
 */
import type { AttributeFact, Caller, Describe, Interest, LookUp } from '../steps.ts'
import { strings } from './fact.ts'
import { type About, type Registry, sources } from './from-registry.ts'
import { factsOfCaller, factsOfRequest } from './from-request.ts'
import { action, resource, subject } from './vocabulary.ts'

/** Describes what a caller asks for itself. */
export function describeFor(registry: Registry): Describe {
  const subjects = new WeakMap<Caller, readonly AttributeFact[]>()
  const subjectOf = (caller: Caller): readonly AttributeFact[] => {
    let facts = subjects.get(caller)
    if (facts === undefined) {
      facts = factsOfCaller(caller)
      subjects.set(caller, facts)
    }
    return facts
  }
  return (arrival, caller, ask, interest) => {
    const about: About = {
      ask,
      systemUser: caller.kind === 'system-user' ? caller.systemUser : undefined,
      organisation: caller.kind === 'organisation' ? caller.organisation : undefined,
    }
    const lasting = subjectOf(caller)
    const given = factsOfRequest(arrival, ask, interest)
    return { lasting, given, lookUps: lookUpsOf(registry, about, interest, lasting, given) }
  }
}

/** Describes what the decision API was asked: subject and everything else are as stated there, not the caller. */
export function describeAsked(registry: Registry): Describe {
  return (_arrival, _caller, ask, interest) => {
    const systemUser = only(ask.facts, 'subject', subject.systemUser)?.toLowerCase()
    const organisation = only(ask.facts, 'subject', subject.organisation)
    const party = only(ask.facts, 'resource', resource.party)
    const stated = { ...ask, action: only(ask.facts, 'action', action.id) ?? ask.action }
    const about: About = { ask: party === undefined ? stated : { ...stated, party }, systemUser, organisation }
    const kind = systemUser !== undefined ? 'system-user' : organisation !== undefined ? 'organisation' : 'person'
    const given = ask.facts.filter((fact) => interest.looksAt(fact.category, fact.id) && !ours(fact))
    if (interest.looksAt('subject', subject.kind)) given.push(strings('subject', subject.kind, [kind]))
    if (interest.looksAt('action', action.operation)) given.push(strings('action', action.operation, ['decide']))
    return { lasting: nobody, given, lookUps: lookUpsOf(registry, about, interest, nobody, given) }
  }
}

const nobody: readonly AttributeFact[] = []

/** The value of an attribute that has exactly one. */
export function only(facts: readonly AttributeFact[], category: string, id: string): string | undefined {
  let found: string | undefined
  for (const fact of facts) {
    if (fact.id !== id || fact.category !== category) continue
    for (const { value } of fact.values) {
      if (found !== undefined) return undefined
      found = String(value)
    }
  }
  return found
}

/** What our registries say cannot be stated by somebody who asks, in whatever case it is written. */
const ofRegistries = new Set(sources.flatMap(({ gives }) => gives).map((name) => name.toLowerCase()))

const ours = ({ category, id }: AttributeFact): boolean =>
  id.toLowerCase().startsWith('urn:portvakt:') || ofRegistries.has(`${category} ${id}`.toLowerCase())

/** The sources of what is looked at and has not been given already. */
function lookUpsOf(
  registry: Registry,
  about: About,
  { wantedOf }: Interest,
  lasting: readonly AttributeFact[],
  given: readonly AttributeFact[],
): readonly LookUp[] {
  const lookUps: LookUp[] = []
  for (const source of sources) {
    const wanted = wantedOf(source.gives)
    if (wanted.every((name) => isAmong(given, name) || isAmong(lasting, name))) continue
    const restsOn = source.restsOn(about)
    if (restsOn !== undefined)
      lookUps.push({ restsOn, by: source.by?.(about), fetch: () => source.fetch(registry, about) })
  }
  return lookUps
}

const isAmong = (facts: readonly AttributeFact[], { category, id }: Pick<AttributeFact, 'category' | 'id'>): boolean =>
  facts.some((fact) => fact.id === id && fact.category === category)
