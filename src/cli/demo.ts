/**
 * `portvakt demo`: starts a gateway with everything embedded and plays the main job through its public HTTP API, as the
 * systems of a service owner, a sender, a recipient, a vendor and a stranger would.
 */
import { createHash, randomBytes } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { type Gateway, start } from '../main.ts'
import { loadSettings, surroundings } from '../settings/load.ts'
import type { Settings } from '../settings/settings.ts'
import { stopSignal } from './start.ts'

const usage = `usage: portvakt demo [--keep] [--port N]

  --keep     stay up afterwards, until Ctrl-C
  --port N   listen there; default: the port of the settings, or a free one when it is taken
`

export async function demoCommand(argv: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...argv],
    options: { keep: { type: 'boolean' }, port: { type: 'string' }, help: { type: 'boolean' } },
  })
  if (values.help === true) {
    process.stdout.write(usage)
    return 0
  }
  const gateway = await startGateway(values.port)
  const stage = createStage(gateway)
  try {
    await play(stage)
    say('')
    say(
      stage.failures === 0
        ? `Everything went as it should: ${stage.steps} steps.`
        : `${stage.failures} of ${stage.steps} steps did not go as they should.`,
    )
    if (values.keep === true) {
      say(`\nThe gateway stays up on ${gateway.url}. Stop it with Ctrl-C.`)
      await stopSignal()
    }
  } finally {
    await gateway.close()
  }
  return stage.failures === 0 ? 0 : 1
}

/** A data folder of its own, so that the demo never meets the data of `npm start`. */
async function startGateway(port: string | undefined): Promise<Gateway> {
  const around = surroundings()
  const environment: Readonly<Record<string, string | undefined>> = {
    PORTVAKT_LOG_LEVEL: 'warn',
    ...around.environment,
    ...(port === undefined ? {} : { PORTVAKT_PORT: port }),
  }
  const loaded = loadSettings({ ...around, environment })
  if (!loaded.ok) throw new Error(`the settings are wrong:\n  ${loaded.problems.join('\n  ')}`)
  const dataFolder = join(loaded.settings.dataFolder, 'demo')
  const settings: Settings = { ...loaded.settings, dataFolder, storageFolder: join(dataFolder, 'files') }
  const isChosen = port !== undefined || environment.PORTVAKT_PORT !== undefined || environment.PORT !== undefined
  try {
    return await start(settings)
  } catch (error) {
    const isTaken = error instanceof Error && error.message.includes('is in use; choose another port')
    if (isChosen || !isTaken) throw error
    return start({ ...settings, port: 0 })
  }
}

/* ── the stage ──────────────────────────────────────────────────────────────────────────────────────────────── */

interface Stage {
  readonly url: string
  steps: number
  failures: number
  token(
    kind: 'organisation' | 'system-user' | 'service-owner',
    given: Readonly<Record<string, string>>,
  ): Promise<string>
}

function createStage({ url, issuer }: Gateway): Stage {
  if (issuer === undefined)
    throw new Error('the demo mints its own tokens; it cannot run with a real issuer configured')
  return {
    url,
    steps: 0,
    failures: 0,
    async token(kind, given) {
      const response = await fetch(`${issuer.issuer}/token`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ kind, ...given }),
      })
      const body = (await response.json()) as { access_token?: string }
      if (body.access_token === undefined) throw new Error(`no token: ${JSON.stringify(body)}`)
      return body.access_token
    },
  }
}

const say = (text: string): void => {
  process.stdout.write(`${text}\n`)
}

interface Call {
  readonly who: string
  readonly what: string
  readonly method: string
  readonly path: string
  readonly token?: string
  readonly json?: unknown
  readonly body?: Uint8Array | FormData
  readonly type?: string
  /** The status that shows that everything is right, refusals included. */
  readonly expect: number
}

interface Answered {
  readonly status: number
  readonly json: unknown
  readonly bytes: Uint8Array
}

/** One request, one printed line; a refusal is printed with its code. */
async function call(
  stage: Stage,
  { who, what, method, path, token, json, body, type, expect }: Call,
): Promise<Answered> {
  const headers: Record<string, string> = {
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    ...(json === undefined ? {} : { 'content-type': 'application/json' }),
    ...(type === undefined ? {} : { 'content-type': type }),
  }
  const content = json === undefined ? body : JSON.stringify(json)
  const response = await fetch(stage.url + path, {
    method,
    headers,
    ...(content === undefined ? {} : { body: content as BodyInit }),
  })
  const bytes = new Uint8Array(await response.arrayBuffer())
  const answered = { status: response.status, bytes, json: parseJson(bytes) }
  stage.steps++
  const right = response.status === expect
  if (!right) stage.failures++
  const { code, detail } = (answered.json ?? {}) as { code?: string; detail?: string }
  const remark = code === undefined ? '' : `  ${code} ${detail}`
  say(`  ${right ? '✓' : `✗ expected ${expect}`} ${who.padEnd(14)} ${what}`)
  say(`      ${method} ${path} → ${response.status}${remark}`)
  return answered
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes))
  } catch {
    return undefined
  }
}

/* ── the play ───────────────────────────────────────────────────────────────────────────────────────────────── */

const organisations = {
  owner: '991825827',
  sender: '986252932',
  recipient: '910351192',
  stranger: '313301753',
  vendor: '312195771',
}
const suffix = randomBytes(3).toString('hex')
const resource = `demo-${suffix}`
const read = 'altinn:broker.read'
const write = 'altinn:broker.write'

async function play(stage: Stage): Promise<void> {
  say(`Portvakt listens on ${stage.url}; everything below goes through its HTTP API.`)
  const tokens = {
    owner: await stage.token('service-owner', {
      organisation: organisations.owner,
      code: 'demo',
      scope:
        'altinn:serviceowner altinn:resourceregistry/resource.write altinn:resourceregistry/accesslist.write altinn:resourceregistry/accesslist.read',
    }),
    sender: await stage.token('organisation', { organisation: organisations.sender, scope: write }),
    recipient: await stage.token('organisation', { organisation: organisations.recipient, scope: read }),
    stranger: await stage.token('organisation', { organisation: organisations.stranger, scope: `${read} ${write}` }),
    scopeless: await stage.token('organisation', { organisation: organisations.recipient, scope: 'openid' }),
  }
  await prepare(stage, tokens.owner)
  const transfer = await transferFile(stage, tokens)
  await refuse(stage, tokens, transfer)
  await accessLists(stage, tokens)
  await systemUsers(stage, tokens.owner)
  await showRecord(stage, tokens.owner)
}

type Tokens = Readonly<Record<'owner' | 'sender' | 'recipient' | 'stranger' | 'scopeless', string>>

async function prepare(stage: Stage, token: string): Promise<void> {
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
  }
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

const languages = (text: string) => ({ en: text, nb: text, nn: text })

const resourceDocument = (accessListMode: 'Enabled' | 'Disabled') => ({
  identifier: resource,
  title: languages('Demo file transfer'),
  description: languages('Files between organisations'),
  rightDescription: languages('Send and receive files'),
  resourceType: 'BrokerService',
  delegable: true,
  contactPoints: [],
  accessListMode,
  hasCompetentAuthority: { organization: organisations.owner, orgcode: 'demo', name: languages('Demo Directorate') },
})

/** The worked example of the base policy, for this resource and these organisations. */
async function basePolicy(): Promise<string> {
  const text = await readFile(
    join(dirname(fileURLToPath(import.meta.url)), '..', '..', 'policies', 'examples', 'demo', 'policy.xml'),
    'utf8',
  )
  return text.replaceAll('demo-file-transfer', resource)
}

function form(policy: string): FormData {
  const data = new FormData()
  data.set('policyFile', new Blob([policy], { type: 'text/xml' }), 'policy.xml')
  return data
}

const transfers = '/broker/api/v1/filetransfer'

const initialisation = (sender: string, recipient: string) => ({
  fileName: 'report.pdf',
  resourceId: resource,
  sendersFileTransferReference: 'case-2026-17',
  sender: `0192:${sender}`,
  recipients: [`0192:${recipient}`],
  propertyList: { kind: 'annual report' },
})

async function transferFile(stage: Stage, tokens: Tokens): Promise<string> {
  say('\n2. A file goes from sender to recipient')
  const json = initialisation(organisations.sender, organisations.recipient)
  const made = await call(stage, {
    who: 'sender',
    what: 'initialises a transfer',
    method: 'POST',
    path: transfers,
    token: tokens.sender,
    json,
    expect: 200,
  })
  const id = (made.json as { fileTransferId: string }).fileTransferId
  const file = randomBytes(5_000_000)
  const type = 'application/octet-stream'
  await call(stage, {
    who: 'sender',
    what: 'uploads 5 MB',
    method: 'POST',
    path: `${transfers}/${id}/upload`,
    token: tokens.sender,
    body: file,
    type,
    expect: 200,
  })
  const search = `${transfers}?resourceId=${resource}&role=Recipient&status=Published`
  const found = await call(stage, {
    who: 'recipient',
    what: 'looks for files to fetch',
    method: 'GET',
    path: search,
    token: tokens.recipient,
    expect: 200,
  })
  check(stage, 'the search finds the transfer', JSON.stringify(found.json) === JSON.stringify([id]))
  const download = await call(stage, {
    who: 'recipient',
    what: 'downloads',
    method: 'GET',
    path: `${transfers}/${id}/download`,
    token: tokens.recipient,
    expect: 200,
  })
  check(stage, `the bytes are the same: SHA-256 ${sha256(file).slice(0, 16)}…`, sha256(download.bytes) === sha256(file))
  await call(stage, {
    who: 'recipient',
    what: 'confirms',
    method: 'POST',
    path: `${transfers}/${id}/confirmdownload`,
    token: tokens.recipient,
    expect: 204,
  })
  const overview = await call(stage, {
    who: 'sender',
    what: 'sees that everybody has it',
    method: 'GET',
    path: `${transfers}/${id}`,
    token: tokens.sender,
    expect: 200,
  })
  check(
    stage,
    'status AllConfirmedDownloaded',
    (overview.json as { fileTransferStatus?: string }).fileTransferStatus === 'AllConfirmedDownloaded',
  )
  return id
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')

function check(stage: Stage, what: string, right: boolean): void {
  stage.steps++
  if (!right) stage.failures++
  say(`  ${right ? '✓' : '✗'} ${what}`)
}

async function refuse(stage: Stage, tokens: Tokens, transfer: string): Promise<void> {
  say('\n3. Others are refused, each for a reason')
  const path = `${transfers}/${transfer}/download`
  await call(stage, {
    who: 'stranger',
    what: 'may not download: the policy does not name it',
    method: 'GET',
    path,
    token: tokens.stranger,
    expect: 401,
  })
  await call(stage, {
    who: 'sender',
    what: 'may not download: its token has no scope to read',
    method: 'GET',
    path,
    token: tokens.sender,
    expect: 403,
  })
  await call(stage, {
    who: 'without scope',
    what: 'may not either',
    method: 'GET',
    path,
    token: tokens.scopeless,
    expect: 403,
  })
  await call(stage, { who: 'without token', what: 'may not even ask', method: 'GET', path, expect: 401 })
  const json = initialisation(organisations.recipient, organisations.sender)
  await call(stage, {
    who: 'sender',
    what: 'may not send in the name of another',
    method: 'POST',
    path: transfers,
    token: tokens.sender,
    json,
    expect: 401,
  })
}

async function accessLists(stage: Stage, tokens: Tokens): Promise<void> {
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

/** The party is one that the policy does not name: what its system user may do comes from the party alone. */
async function systemUsers(stage: Stage, _owner: string): Promise<void> {
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

interface Row {
  readonly time: string
  readonly decision: string
  readonly refusal: string | null
  readonly operation: string
  readonly action: string
  readonly caller: { readonly organisation: string | null; readonly systemUser: string | null }
  readonly rules: readonly string[]
  readonly id: string
}

async function showRecord(stage: Stage, token: string): Promise<void> {
  say('\n6. The decision record says who did what, and which rule decided')
  const path = `/portvakt/v1/decisions?resource=${resource}&limit=100`
  const found = await call(stage, {
    who: 'service owner',
    what: 'reads the record of its resource',
    method: 'GET',
    path,
    token,
    expect: 200,
  })
  const rows = [...((found.json as { data?: readonly Row[] }).data ?? [])].reverse()
  say('')
  say(`  ${'time'.padEnd(13)}${'caller'.padEnd(17)}${'operation'.padEnd(22)}${'decision'.padEnd(15)}rule`)
  for (const row of rows) {
    const caller =
      row.caller.systemUser === null ? (row.caller.organisation ?? '-') : `system ${row.caller.systemUser.slice(0, 8)}`
    const decision = row.refusal === null ? row.decision : `${row.decision} ${row.refusal}`
    say(
      `  ${row.time.slice(11, 23)} ${caller.padEnd(17)}${row.operation.padEnd(22)}${decision.padEnd(15)}${ruleOf(row.rules)}`,
    )
  }
  check(stage, 'permits and refusals are both there', new Set(rows.map(({ decision }) => decision)).size > 1)
  const refused = rows.find(({ decision, operation }) => decision !== 'Permit' && operation === 'download')
  if (refused !== undefined) await explain(stage, token, refused)
}

/** The rule and the policy that it stands in. */
const ruleOf = (rules: readonly string[]): string =>
  rules
    .slice(-2)
    .map((rule) => rule.replace(/^urn:portvakt:policy(set)?:/, ''))
    .join(' / ')

async function explain(stage: Stage, token: string, row: Row): Promise<void> {
  const path = `/portvakt/v1/decisions/${row.id}/explanation`
  const answered = await call(stage, {
    who: 'service owner',
    what: 'asks why a download was refused',
    method: 'GET',
    path,
    token,
    expect: 200,
  })
  const { summary } = (answered.json ?? {}) as { summary?: readonly string[] }
  for (const line of summary ?? []) say(`      ${line}`)
}
