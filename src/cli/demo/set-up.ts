/** Chapter 1: a service owner sets up a resource. */

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resource, resourceDocument } from './cast.ts'
import { check, type Player, player, type Stage, say } from './stage.ts'

export async function prepare(stage: Stage, token: string): Promise<void> {
  say('\n1. A service owner sets up a resource with a XACML policy')
  const owner = player(stage, 'service owner', token)
  await registerOnce(stage, owner, token)
  const registry = '/resourceregistry/api/v1/resource'
  const policy = `${registry}/${resource}/policy`
  await owner(`creates resource ${resource}`, `POST ${registry}`, 201, { json: resourceDocument('Disabled') })
  await owner('uploads a broken policy, which changes nothing', `POST ${policy}`, 400, { body: form('<Policy/>') })
  await owner('uploads the base policy', `POST ${policy}`, 201, { body: form(await basePolicy()) })
  await owner('sets the rules for files', `PUT /broker/api/v1/resource/${resource}`, 204, {
    json: { maxFileTransferSize: 1_073_741_824, fileTransferTimeToLive: 'P30D' },
  })
}

/** It is registered still when the demo is run again on the same data. */
async function registerOnce(stage: Stage, owner: Player, token: string): Promise<void> {
  const path = '/broker/api/v1/serviceowner'
  const headers = { authorization: `Bearer ${token}` }
  const known = await fetch(stage.url + path, { headers, signal: stage.signal })
  await known.body?.cancel()
  if (known.status === 404)
    await owner('registers', `POST ${path}`, 200, { json: { name: 'Demo Directorate', organisationCode: 'demo' } })
  else check(stage, 'service owner  is registered already', known.status === 200)
}

/** The worked example of the base policy, for this resource and these organisations. */
async function basePolicy(): Promise<string> {
  const text = await readFile(
    join(dirname(fileURLToPath(import.meta.url)), '..', '..', '..', 'policies', 'examples', 'demo', 'policy.xml'),
    'utf8',
  )
  return text.replaceAll('demo-file-transfer', resource)
}

function form(policy: string): FormData {
  const data = new FormData()
  data.set('policyFile', new Blob([policy], { type: 'text/xml' }), 'policy.xml')
  return data
}
