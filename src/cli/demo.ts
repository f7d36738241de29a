/**
 * `portvakt demo`: starts a gateway with everything embedded and plays the main job through its public HTTP API, as the
 * systems of a service owner, a sender, a recipient, a vendor and a stranger would.
 */

import { isAbsolute, join, relative } from 'node:path'
import type { Gateway } from '../main.ts'
import type { Settings } from '../settings/settings.ts'
import { UnusableSetting } from '../wiring/unusable.ts'
import { readArguments } from './arguments.ts'
import { type Command, InputError } from './command.ts'
import { accessLists } from './demo/access-lists.ts'
import { organisations, read, write } from './demo/cast.ts'
import { showRecord } from './demo/record.ts'
import { refuse } from './demo/refusals.ts'
import { prepare } from './demo/set-up.ts'
import { createStage, type Stage, say } from './demo/stage.ts'
import { systemUsers } from './demo/system-users.ts'
import { transferFile } from './demo/transfer-file.ts'
import {
  type Given,
  type GivenOptions,
  readSettingsOver,
  refuseTakenByNpm,
  settingOptions,
  settingUsage,
} from './given-settings.ts'
import { startUnlessStopped } from './start.ts'
import { exitCodeOf, type Stop, Stopped } from './stop.ts'

const usage = `usage: portvakt demo [--keep] [options]

  --keep     stay up afterwards, until Ctrl-C
${settingUsage}
uses the folder \`demo\` in the data folder, so that it never meets the data of \`portvakt start\`, and takes a free port when no
port is chosen and the usual one is taken
`

export const demo: Command = {
  usage,
  async run(argv, { listen }) {
    const options = { ...settingOptions, keep: { type: 'boolean' } } as const
    refuseTakenByNpm(options)
    const { values } = readArguments(argv, options)
    const { settings, chosen } = demoSettings(values)
    const stop = listen()
    const gateway = await startSomewhere(settings, chosen.has('port'), stop)
    const code = gateway === undefined ? undefined : await playOn(gateway, settings, values.keep === true, stop)
    const reason = stop.reason()
    return code ?? (reason === undefined ? 1 : exitCodeOf(reason))
  },
}

/** `undefined`: it was stopped before the end. */
async function playOn(gateway: Gateway, settings: Settings, keep: boolean, stop: Stop): Promise<number | undefined> {
  const stage = createStage(gateway, stop.signal)
  try {
    await play(stage)
    say(`\n${summary(stage)}`)
    if (keep) {
      say(farewell(gateway, settings))
      await stop.asked
    }
    return stage.failures === 0 ? 0 : 1
  } catch (error) {
    // a request under way when the stop came ends with an error of its own
    if (!(error instanceof Stopped) && !stop.signal.aborted) throw error
    return undefined
  } finally {
    const isAsked = stop.signal.aborted
    if (isAsked) say('\nStopping the gateway …')
    await gateway.close()
    if (isAsked) say('Stopped.')
  }
}

const summary = ({ failures, steps }: Stage): string =>
  failures === 0
    ? `Everything went as it should: ${steps} steps.`
    : `${failures} of ${steps} steps did not go as they should.`

/** To be copied as it stands: the other commands look into the data folder of the settings, which is not that of the demo. */
export function farewell(
  { url, port }: Pick<Gateway, 'url' | 'port'>,
  { dataFolder }: Pick<Settings, 'dataFolder'>,
): string {
  const beside = relative(process.cwd(), dataFolder)
  const shown = beside.startsWith('..') || isAbsolute(beside) ? dataFolder : beside
  return `
The gateway stays up on ${url}. Stop it with Ctrl-C. Look around from a second terminal, in this folder:

  export PORTVAKT_DATA_FOLDER=${quoted(shown)} PORTVAKT_PORT=${port}
  npx portvakt decisions --limit 10
  npx portvakt token organisation --organisation ${organisations.recipient} --scope ${read}`
}

/** For a shell of POSIX. */
const quoted = (path: string): string => (/^[\w./-]+$/.test(path) ? path : `'${path.replaceAll("'", `'\\''`)}'`)

/** A data folder of its own. */
function demoSettings(given: GivenOptions): Given {
  const { settings, chosen } = readSettingsOver({ logLevel: 'warn' }, given)
  if (!settings.developmentIssuer)
    throw new InputError(
      'the demo mints its own tokens: it needs the development issuer, a loopback host and no other issuer',
    )
  const dataFolder = join(settings.dataFolder, 'demo')
  return { settings: { ...settings, dataFolder, storageFolder: join(dataFolder, 'files') }, chosen }
}

async function startSomewhere(settings: Settings, isChosen: boolean, stop: Stop): Promise<Gateway | undefined> {
  try {
    return await startUnlessStopped(settings, stop)
  } catch (error) {
    const isTaken = error instanceof UnusableSetting && (error.cause as NodeJS.ErrnoException).code === 'EADDRINUSE'
    if (isChosen || !isTaken) throw error
    return startUnlessStopped({ ...settings, port: 0 }, stop)
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
  await systemUsers(stage)
  await showRecord(stage, tokens.owner)
}
