/** Chapter 5: system users. */
import { initialisation, organisations, resource, suffix, transfers, write } from './cast.ts'
import { call, type Stage, say } from './stage.ts'

/** The party is one that the policy does not name: what its system user may do comes from the party alone. */
export async function systemUsers(stage: Stage, _owner: string): Promise<void> {
  say('\n5. System users: a party gives a vendor’s system rights, and takes them back')
  const party = organisations.stranger
  const vendorToken = await stage.token('organisation', {
    organisation: organisations.vendor,
    scope: 'altinn:authentication/systemregister.write',
  })
  const partyToken = await stage.token('organisation', {
    organisation: party,
    scope: 'altinn:authentication/systemuser.write',
  })
  const system = `${organisations.vendor}_filebot-${suffix}`
  const right = (action: string) => ({ action, resource: [{ id: 'urn:altinn:resource', value: resource }] })
  const registration = {
    id: system,
    vendor: { ID: `0192:${organisations.vendor}` },
    name: { en: 'File bot', nb: 'Filrobot', nn: 'Filrobot' },
    rights: [right('write'), right('read')],
  }
  await call(stage, {
    who: 'vendor',
    what: 'registers a system',
    method: 'POST',
    path: '/authentication/api/v1/systemregister/vendor',
    token: vendorToken,
    json: registration,
    expect: 200,
  })
  const users = `/authentication/api/v1/systemuser/${party}`
  const made = await call(stage, {
    who: 'party',
    what: 'makes a system user of it',
    method: 'POST',
    path: users,
    token: partyToken,
    json: { systemId: system, integrationTitle: 'File bot' },
    expect: 201,
  })
  const id = (made.json as { id: string }).id
  const token = await stage.token('system-user', {
    organisation: party,
    vendor: organisations.vendor,
    systemUser: id,
    scope: write,
  })
  const send = {
    who: 'system user',
    method: 'POST',
    path: transfers,
    token,
    json: initialisation(party, organisations.recipient),
  }
  await call(stage, { ...send, what: 'has no rights yet', expect: 401 })
  await call(stage, {
    who: 'vendor',
    what: 'cannot give itself rights',
    method: 'POST',
    path: `${users}/${id}/rights`,
    token: vendorToken,
    json: { rights: [right('write')] },
    expect: 403,
  })
  await call(stage, {
    who: 'party',
    what: 'gives it the right to write',
    method: 'POST',
    path: `${users}/${id}/rights`,
    token: partyToken,
    json: { rights: [right('write')] },
    expect: 200,
  })
  await call(stage, { ...send, what: 'may send for its party', expect: 200 })
  await call(stage, {
    who: 'party',
    what: 'takes the right back',
    method: 'DELETE',
    path: `${users}/${id}/rights`,
    token: partyToken,
    json: { rights: [right('write')] },
    expect: 200,
  })
  await call(stage, { ...send, what: 'is refused at once', expect: 401 })
}
