/** `portvakt start`: the server, until it is told to stop. */
import type { Gateway } from '../main.ts'
import { start } from '../main.ts'
import { loadSettings } from '../settings/load.ts'
import type { Settings } from '../settings/settings.ts'

/** The settings of this process, or an error that says what is wrong with each. */
export function readSettings(): Settings {
  const loaded = loadSettings()
  if (loaded.ok) return loaded.settings
  throw new Error(`the settings are wrong:\n  ${loaded.problems.join('\n  ')}`)
}

/** Runs until SIGTERM or SIGINT; a second signal does not wait for running transfers. */
export async function startCommand(): Promise<number> {
  const gateway = await start(readSettings(), {
    onTaken: (error) => {
      process.stderr.write(`portvakt: ${error.message}\n`)
      process.exit(1)
    },
  })
  process.stdout.write(
    `Portvakt listens on ${gateway.url}${gateway.issuer === undefined ? '' : ' (development issuer on)'}\n`,
  )
  await stopSignal()
  await closeOrLeave(gateway)
  return 0
}

export function stopSignal(): Promise<void> {
  return new Promise((resolve) => {
    process.once('SIGTERM', () => resolve())
    process.once('SIGINT', () => resolve())
  })
}

async function closeOrLeave(gateway: Gateway): Promise<void> {
  process.once('SIGTERM', () => process.exit(1))
  process.once('SIGINT', () => process.exit(1))
  await gateway.close()
}
