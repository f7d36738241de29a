/** Chapter 4: access lists. */
import { initialisation, organisations, resource, resourceDocument, suffix, type Tokens, transfers } from './cast.ts'
import { call, type Stage, say } from './stage.ts'

export async function accessLists(stage: Stage, tokens: Tokens): Promise<void> {
  say('\n4. Access lists: the owner switches them on, and only who is on a list takes part')
  const who = 'service owner'
  const registry = '/resourceregistry/api/v1'
  const list = `${registry}/access-lists/demo/partners-${suffix}`
  const token = tokens.owner
  await call(stage, {
    who,
    what: 'switches access lists on',
    method: 'PUT',
    path: `${registry}/resource/${resource}`,
    token,
    json: resourceDocument('Enabled'),
    expect: 200,
  })
  const json = initialisation(organisations.sender, organisations.recipient)
  const send = { who: 'sender', method: 'POST', path: transfers, token: tokens.sender, json }
  await call(stage, { ...send, what: 'is on no list', expect: 401 })
  await call(stage, {
    who,
    what: 'makes a list',
    method: 'PUT',
    path: list,
    token,
    json: { name: 'Partners' },
    expect: 200,
  })
  await call(stage, {
    who,
    what: 'connects it to the resource',
    method: 'PUT',
    path: `${list}/resource-connections/${resource}`,
    token,
    json: { actionFilters: ['read', 'write'] },
    expect: 200,
  })
  const member = (number: string) => ({ data: [`urn:altinn:organization:identifier-no:${number}`] })
  await call(stage, {
    who,
    what: 'puts the sender on it',
    method: 'POST',
    path: `${list}/members`,
    token,
    json: member(organisations.sender),
    expect: 200,
  })
  await call(stage, { ...send, what: 'may send now, but its recipient is on no list', expect: 400 })
  await call(stage, {
    who,
    what: 'puts the recipient on it',
    method: 'POST',
    path: `${list}/members`,
    token,
    json: member(organisations.recipient),
    expect: 200,
  })
  await call(stage, { ...send, what: 'may send', expect: 200 })
  await call(stage, {
    who,
    what: 'takes the sender off again',
    method: 'DELETE',
    path: `${list}/members`,
    token,
    json: member(organisations.sender),
    expect: 200,
  })
  await call(stage, { ...send, what: 'is refused at once', expect: 401 })
  await call(stage, {
    who,
    what: 'switches access lists off',
    method: 'PUT',
    path: `${registry}/resource/${resource}`,
    token,
    json: resourceDocument('Disabled'),
    expect: 200,
  })
}
