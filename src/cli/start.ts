/** `portvakt start`: the server, until it is told to stop. */
import { type Gateway, start as startGateway } from '../main.ts'
import type { Settings } from '../settings/settings.ts'
import { readArguments } from './arguments.ts'
import type { Command } from './command.ts'
import { readSettings, refuseTakenByNpm, settingOptions, settingUsage } from './given-settings.ts'
import { type Stop, Stopped } from './stop.ts'

export const start: Command = {
  usage: `usage: portvakt start [options]

${settingUsage}
runs the gateway until SIGTERM, SIGINT or SIGHUP, or until nobody reads its output any more; then what runs may end within
PORTVAKT_SHUTDOWN_SECONDS, and a second signal does not wait. The README lists the settings.
`,
  async run(argv, { print, listen }) {
    refuseTakenByNpm(settingOptions)
    const { values } = readArguments(argv, settingOptions)
    const settings = readSettings(values)
    const stop = listen()
    const gateway = await startUnlessStopped(settings, stop)
    if (gateway === undefined) return 0
    await print(`Portvakt listens on ${gateway.url}${gateway.issuer === undefined ? '' : ' (development issuer on)'}\n`)
    await stop.asked
    await gateway.close()
    return 0
  },
}

/** `undefined` when the stop came before it listened: then nothing of it runs any more. */
export async function startUnlessStopped(settings: Settings, stop: Stop): Promise<Gateway | undefined> {
  try {
    return await startGateway(settings, {
      signal: stop.signal,
      onLogLost: stop.outputLost,
      onTaken: (error) => {
        process.stderr.write(`portvakt: ${error.message}\n`)
        process.exit(1)
      },
    })
  } catch (error) {
    if (error instanceof Stopped) return undefined
    throw error
  }
}
