/** What the token and the request say themselves: no look-up happens here. */
import type { Arrival, Ask, AttributeFact, Caller, Category, Interest } from '../steps.ts'
import { strings } from './fact.ts'
import { action, environment, resource, subject } from './vocabulary.ts'

/**
 * The subject of every part of a question. A system user is nothing but itself: were the organisation's number here too,
 * a policy that names the organisation would permit all its machines.
 */
export function factsOfCaller(caller: Caller): readonly AttributeFact[] {
  return [
    strings('subject', subject.kind, [caller.kind]),
    ...identityOf(caller),
    strings('subject', subject.scope, caller.scopes),
    ...(caller.sessionId === undefined ? [] : [strings('subject', subject.session, [caller.sessionId])]),
    ...caller.claims.map(({ id, values }) => strings('subject', id, values)),
  ]
}

function identityOf(caller: Caller): readonly AttributeFact[] {
  if (caller.kind === 'system-user') {
    return caller.systemUser === undefined ? [] : [strings('subject', subject.systemUser, [caller.systemUser])]
  }
  if (caller.kind !== 'organisation' || caller.organisation === undefined) {
    return [strings('subject', subject.actsFor, [])]
  }
  return [
    strings('subject', subject.organisation, [caller.organisation]),
    strings('subject', subject.organisationLegacy, [caller.organisation]),
    strings('subject', subject.actsFor, [caller.organisation]),
  ]
}

/** What the ask and the client say, in this order; of it what is looked at. */
export function factsOfRequest(
  { client, operation }: Arrival,
  ask: Ask,
  { looksAt }: Pick<Interest, 'looksAt'>,
): readonly AttributeFact[] {
  const facts: AttributeFact[] = []
  const add = (category: Category, id: string, value: string | undefined): void => {
    if (value !== undefined && looksAt(category, id)) facts.push(strings(category, id, [value]))
  }
  add('resource', resource.id, ask.resource)
  add('resource', resource.instance, ask.instance)
  add('resource', resource.party, ask.party)
  if (ask.recipients !== undefined && looksAt('resource', resource.recipient))
    facts.push(strings('resource', resource.recipient, ask.recipients))
  add('action', action.id, ask.action)
  add('action', action.operation, operation)
  for (const fact of ask.facts) if (looksAt(fact.category, fact.id)) facts.push(fact)
  add('environment', environment.clientAddress, client.address)
  add('environment', environment.method, client.method)
  add('environment', environment.path, client.path)
  return facts
}
