/** What the token and the request say themselves: no look-up happens here. */
import type { Arrival, Ask, AttributeFact, Caller } from '../steps.ts'
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

export function factsOfAsk(ask: Ask, operation: string): readonly AttributeFact[] {
  return [
    ...(ask.resource === undefined ? [] : [strings('resource', resource.id, [ask.resource])]),
    ...(ask.instance === undefined ? [] : [strings('resource', resource.instance, [ask.instance])]),
    ...(ask.party === undefined ? [] : [strings('resource', resource.party, [ask.party])]),
    ...(ask.recipients === undefined ? [] : [strings('resource', resource.recipient, ask.recipients)]),
    strings('action', action.id, [ask.action]),
    strings('action', action.operation, [operation]),
    ...ask.facts,
  ]
}

export function factsOfClient({ client }: Arrival): readonly AttributeFact[] {
  return [
    strings('environment', environment.clientAddress, [client.address]),
    strings('environment', environment.method, [client.method]),
    strings('environment', environment.path, [client.path]),
  ]
}
