/** `portvakt token`: a token of the development issuer, from the key in the data folder; the server need not run. */
import { lookup } from 'node:dns/promises'
import { existsSync } from 'node:fs'
import { isIP } from 'node:net'
import { join } from 'node:path'
import { createDevelopmentIssuer } from '../authenticate/development-issuer.ts'
import { developmentKeyFile } from '../authenticate/development-key.ts'
import { readTokenRequest, type TokenKind, tokenKinds } from '../authenticate/token-request.ts'
import { isLoopback } from '../settings/loopback.ts'
import type { Settings } from '../settings/settings.ts'
import { issuerPath } from '../wiring/authentication.ts'
import { prepareFolder } from '../wiring/unusable.ts'
import { readArguments } from './arguments.ts'
import { type Command, InputError, UsageError } from './command.ts'
import { readSettings, settingOptions, settingUsage } from './given-settings.ts'

const usage = `usage: portvakt token <organisation | system-user | service-owner> --organisation <nine digits> [options]

  --organisation  organisation number of the caller, or of the system user's party
  --scope         scopes separated by spaces
  --vendor        organisation number of the one who runs the system (default: the organisation)
  --system-user   id of the system user (UUID)
  --system        id of the registered system, <vendor>_<name>
  --code          code of the service owner
  --level         authentication level, 0 to 4 (default: none in the token, which counts as 3)
  --lifetime      seconds, 1 to 86400 (default 3600)
${settingUsage}
prints the token, and nothing else, to standard output. A gateway accepts it that has the same data folder, host and port.
`

const own = {
  organisation: { type: 'string' },
  scope: { type: 'string' },
  vendor: { type: 'string' },
  'system-user': { type: 'string' },
  system: { type: 'string' },
  code: { type: 'string' },
  level: { type: 'string' },
  lifetime: { type: 'string' },
} as const

export const token: Command = {
  usage,
  async run(argv, { print, complain }) {
    const { positionals, values } = readArguments(argv, { ...settingOptions, ...own }, 1)
    const [kind] = positionals
    if (kind === undefined) throw new UsageError(`say for whom: \`${tokenKinds.join('`, `')}\``)
    const given = Object.fromEntries(Object.keys(own).map((name) => [name, values[name as keyof typeof own]]))
    const { 'system-user': systemUser, ...rest } = given
    const properties = { ...rest, systemUser, kind: kindOf(kind) }
    const read = readTokenRequest(
      Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)),
    )
    if (read.kind === 'invalid') throw new UsageError(asOptions(read.detail))
    const settings = readSettings(values)
    const isNew = !existsSync(join(settings.dataFolder, developmentKeyFile))
    const issuer = await openIssuer(settings)
    if (isNew) await complain(noteOf(settings))
    const { access_token } = await issuer.mint(read.request, new Date())
    await print(`${access_token}\n`)
    return 0
  },
}

function kindOf(word: string): TokenKind {
  const found = tokenKinds.find((kind) => kind === word.toLowerCase())
  if (found !== undefined) return found
  throw new UsageError(`no token is for \`${word}\`; expected one of \`${tokenKinds.join('`, `')}\` after \`token\``)
}

/** The properties of a request by the names that they have here. */
const asOptions = (detail: string): string =>
  detail
    .replace(/`(\w+)`/g, (all, name: string) => {
      const option = name === 'systemUser' ? 'system-user' : name
      return Object.hasOwn(own, option) ? `\`--${option}\`` : all
    })
    .replaceAll('for kind `', 'for `')

/** Whoever meant the folder of a gateway that runs would else wonder why it refuses the token. */
const noteOf = ({ dataFolder }: Settings): string =>
  `portvakt token: no gateway has run with the data folder \`${dataFolder}\` yet; the token is good for one that will\n`

async function openIssuer(settings: Settings) {
  const { port, host, issuers, dataFolder } = settings
  if (port === 0)
    throw new InputError(
      'a token names the address of its gateway, and `PORTVAKT_PORT` is 0; say its port with `--port`',
    )
  refuseWithoutIssuer(settings)
  await prepareFolder('dataFolder', 'PORTVAKT_DATA_FOLDER', 'data folder', dataFolder)
  const address = `http://${await addressOf(host)}:${port}${issuerPath}`
  const issuer = await createDevelopmentIssuer({ issuer: address, host, issuers, dataFolder })
  if (issuer.kind === 'development-issuer-refused') throw new InputError(issuer.detail)
  return issuer
}

/** No gateway with these settings would accept the token. */
function refuseWithoutIssuer({ developmentIssuer, issuers, host }: Settings): void {
  const [real] = issuers
  if (real !== undefined)
    throw new InputError(
      `tokens can be made only where the development issuer is on, and beside a real issuer (\`${real.issuer}\`) it is not; ` +
        'ask that one for a token, or leave out `PORTVAKT_ISSUERS`',
    )
  if (!developmentIssuer && isLoopback(host))
    throw new InputError(
      'tokens can be made only where the development issuer is on, and `PORTVAKT_DEVELOPMENT_ISSUER` has it off',
    )
}

/** As the gateway calls itself, which is by the address that it listens on. */
async function addressOf(host: string): Promise<string> {
  const address =
    isIP(host) === 0
      ? await lookup(host).then(
          (found) => found.address,
          () => host,
        )
      : host
  return address.includes(':') ? `[${address}]` : address
}
