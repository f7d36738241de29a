/** `portvakt token`: a token of the development issuer of this data folder, made offline. */
import { tokenCommand } from '../authenticate/token-command.ts'
import { readSettings } from './start.ts'

export async function token(argv: readonly string[]): Promise<number> {
  const { host, port, issuers, dataFolder } = readSettings()
  const shown = host.includes(':') ? `[${host}]` : host
  const options = { issuer: `http://${shown}:${port}/development`, host, issuers, dataFolder }
  const { exitCode, out, err } = await tokenCommand(argv, options, new Date())
  process.stdout.write(out)
  process.stderr.write(err)
  return exitCode
}
