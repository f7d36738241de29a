/**
 * `portvakt demo`: starts a gateway with everything embedded and plays the main job through its public HTTP API, as the
 * systems of a service owner, a sender, a recipient, a vendor and a stranger would.
 */

import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Gateway, start } from '../main.ts'
import { loadSettings, surroundings } from '../settings/load.ts'
import type { Settings } from '../settings/settings.ts'
import { accessLists } from './demo/access-lists.ts'
import { organisations, read, write } from './demo/cast.ts'
import { showRecord } from './demo/record.ts'
import { refuse } from './demo/refusals.ts'
import { prepare } from './demo/set-up.ts'
import { createStage, type Stage, say } from './demo/stage.ts'
import { systemUsers } from './demo/system-users.ts'
import { transferFile } from './demo/transfer-file.ts'
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
  if (!loaded.settings.developmentIssuer) {
    throw new Error(
      'the demo mints its own tokens: it needs the development issuer, a loopback host and no other issuer',
    )
  }
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
