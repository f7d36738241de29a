/** Chapter 5: system users. */
import { initialisation, organisations, resource, suffix, transfers, write } from './cast.ts'
import { player, type Stage, say } from './stage.ts'

/** The party is one that the policy does not name: what its system user may do comes from the party alone. */
const party = organisations.stranger
const system = `${organisations.vendor}_filebot-${suffix}`
const users = `/authentication/api/v1/systemuser/${party}`

export async function systemUsers(stage: Stage): Promise<void> {
  say('\n5. System users: a party gives a vendor’s system rights, and takes them back')
  const vendor = player(stage, 'vendor', await tokenFor(stage, organisations.vendor, 'systemregister.write'))
  const owner = player(stage, 'party', await tokenFor(stage, party, 'systemuser.write'))
  await vendor('registers a system', 'POST /authentication/api/v1/systemregister/vendor', 200, { json: registration })
  const made = await owner('makes a system user of it', `POST ${users}`, 201, {
    json: { systemId: system, integrationTitle: 'File bot' },
  })
  const { id } = made.json as { id: string }
  const machine = player(stage, 'system user', await machineToken(stage, id))
  const json = initialisation(party, organisations.recipient)
  const send = (what: string, expected: number) => machine(what, `POST ${transfers}`, expected, { json })
  const rights = `${users}/${id}/rights`
  const toWrite = { json: { rights: [right('write')] } }

  await send('has no rights yet', 401)
  await vendor('cannot give itself rights', `POST ${rights}`, 403, toWrite)
  await owner('gives it the right to write', `POST ${rights}`, 200, toWrite)
  await send('may send for its party', 200)
  await owner('takes the right back', `DELETE ${rights}`, 200, toWrite)
  await send('is refused at once', 401)
}

const right = (action: string) => ({ action, resource: [{ id: 'urn:altinn:resource', value: resource }] })

const registration = {
  id: system,
  vendor: { ID: `0192:${organisations.vendor}` },
  name: { en: 'File bot', nb: 'Filrobot', nn: 'Filrobot' },
  rights: [right('write'), right('read')],
}

const tokenFor = (stage: Stage, organisation: string, scope: string): Promise<string> =>
  stage.token('organisation', { organisation, scope: `altinn:authentication/${scope}` })

const machineToken = (stage: Stage, systemUser: string): Promise<string> =>
  stage.token('system-user', { organisation: party, vendor: organisations.vendor, systemUser, scope: write })
