/** Chapter 4: access lists. */
import { initialisation, organisations, resource, resourceDocument, suffix, type Tokens, transfers } from './cast.ts'
import { player, type Stage, say } from './stage.ts'

const registry = '/resourceregistry/api/v1'
const list = `${registry}/access-lists/demo/partners-${suffix}`

export async function accessLists(stage: Stage, tokens: Tokens): Promise<void> {
  say('\n4. Access lists: the owner switches them on, and only who is on a list takes part')
  const owner = player(stage, 'service owner', tokens.owner)
  const sender = player(stage, 'sender', tokens.sender)
  const json = initialisation(organisations.sender, organisations.recipient)
  const send = (what: string, expected: number) => sender(what, `POST ${transfers}`, expected, { json })
  const setMode = (what: string, mode: 'Enabled' | 'Disabled') =>
    owner(what, `PUT ${registry}/resource/${resource}`, 200, { json: resourceDocument(mode) })

  await setMode('switches access lists on', 'Enabled')
  await send('is on no list', 401)
  await owner('makes a list', `PUT ${list}`, 200, { json: { name: 'Partners' } })
  await owner('connects it to the resource', `PUT ${list}/resource-connections/${resource}`, 200, {
    json: { actionFilters: ['read', 'write'] },
  })
  await owner('puts the sender on it', `POST ${list}/members`, 200, member(organisations.sender))
  await send('may send now, but its recipient is on no list', 400)
  await owner('puts the recipient on it', `POST ${list}/members`, 200, member(organisations.recipient))
  await send('may send', 200)
  await owner('takes the sender off again', `DELETE ${list}/members`, 200, member(organisations.sender))
  await send('is refused at once', 401)
  await setMode('switches access lists off', 'Disabled')
}

const member = (number: string) => ({ json: { data: [`urn:altinn:organization:identifier-no:${number}`] } })
