/** Chapter 1: a service owner sets up a resource. */

import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { resource, resourceDocument } from './cast.ts'
import { call, check, type Stage, say } from './stage.ts'

export async function prepare(stage: Stage, token: string): Promise<void> {
  say('\n1. A service owner sets up a resource with a XACML policy')
  const who = 'service owner'
  const known = await fetch(`${stage.url}/broker/api/v1/serviceowner`, {
    headers: { authorization: `Bearer ${token}` },
  })
  if (known.status === 404) {
    const json = { name: 'Demo Directorate', organisationCode: 'demo' }
    await call(stage, {
      who,
      what: 'registers',
      method: 'POST',
      path: '/broker/api/v1/serviceowner',
      token,
      json,
      expect: 200,
    })
  } else check(stage, `${who}  is registered already`, known.status === 200)
  const path = '/resourceregistry/api/v1/resource'
  await call(stage, {
    who,
    what: `creates resource ${resource}`,
    method: 'POST',
    path,
    token,
    json: resourceDocument('Disabled'),
    expect: 201,
  })
  await call(stage, {
    who,
    what: 'uploads a broken policy, which changes nothing',
    method: 'POST',
    path: `${path}/${resource}/policy`,
    token,
    body: form('<Policy/>'),
    expect: 400,
  })
  await call(stage, {
    who,
    what: 'uploads the base policy',
    method: 'POST',
    path: `${path}/${resource}/policy`,
    token,
    body: form(await basePolicy()),
    expect: 201,
  })
  const settings = { maxFileTransferSize: 1_073_741_824, fileTransferTimeToLive: 'P30D' }
  await call(stage, {
    who,
    what: 'sets the rules for files',
    method: 'PUT',
    path: `/broker/api/v1/resource/${resource}`,
    token,
    json: settings,
    expect: 204,
  })
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
