/**
 * Describes one part of a question: the attributes that are given, and where more can be had. `decide` fetches from there
 * only what a policy looks at, and nothing at all when it has decided the same before.
 */
import type { AttributeFact, Caller, Describe, LookUp } from '../steps.ts'
import { strings } from './fact.ts'
import { type About, type Registry, sources } from './from-registry.ts'
import { factsOfAsk, factsOfCaller, factsOfClient } from './from-request.ts'
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
  return (arrival, caller, ask) => {
    const about: About = {
      ask,
      ...(caller.kind === 'system-user' && caller.systemUser !== undefined ? { systemUser: caller.systemUser } : {}),
      ...(caller.kind === 'organisation' && caller.organisation !== undefined
        ? { organisation: caller.organisation }
        : {}),
    }
    return {
      given: [...subjectOf(caller), ...factsOfAsk(ask, arrival.operation), ...factsOfClient(arrival)],
      lookUps: lookUpsOf(registry, about),
    }
  }
}

/** Describes what the decision API was asked: subject and everything else are as stated there, not the caller. */
export function describeAsked(registry: Registry): Describe {
  return (_arrival, _caller, ask) => {
    const only = (category: string, id: string): string | undefined => {
      const values = ask.facts.filter((fact) => fact.category === category && fact.id === id).flatMap((f) => f.values)
      return values.length === 1 ? String(values[0]!.value) : undefined
    }
    const systemUser = only('subject', subject.systemUser)?.toLowerCase()
    const organisation = only('subject', subject.organisation)
    const party = only('resource', resource.party)
    const named = {
      ...ask,
      action: only('action', action.id) ?? ask.action,
      ...(party === undefined ? {} : { party }),
    }
    const about: About = {
      ask: named,
      ...(systemUser === undefined ? {} : { systemUser }),
      ...(organisation === undefined ? {} : { organisation }),
    }
    const kind = systemUser !== undefined ? 'system-user' : organisation !== undefined ? 'organisation' : 'person'
    return {
      given: [
        ...ask.facts.filter((fact) => !ours(fact)),
        strings('subject', subject.kind, [kind]),
        strings('action', action.operation, ['decide']),
      ],
      lookUps: lookUpsOf(registry, about),
    }
  }
}

/** What our registries say cannot be stated by somebody who asks, in whatever case it is written. */
const given = new Set(sources.flatMap(({ gives }) => gives).map((name) => name.toLowerCase()))

const ours = ({ category, id }: AttributeFact): boolean =>
  id.toLowerCase().startsWith('urn:portvakt:') || given.has(`${category} ${id}`.toLowerCase())

function lookUpsOf(registry: Registry, about: About): readonly LookUp[] {
  const lookUps: LookUp[] = []
  for (const source of sources) {
    const restsOn = source.restsOn(about)
    if (restsOn !== undefined) {
      lookUps.push({ gives: source.gives, restsOn, fetch: () => source.fetch(registry, about) })
    }
  }
  return lookUps
}
