/** `portvakt token`: a token of the development issuer, from the key in the data folder; the server need not run. */
import { parseArgs } from 'node:util'
import { createDevelopmentIssuer, type DevelopmentIssuerOptions } from './development-issuer.ts'
import { readTokenRequest } from './token-request.ts'

export interface CommandResult {
  /** 0 done, 1 refused, 2 wrong usage. */
  readonly exitCode: 0 | 1 | 2
  /** For standard output. */
  readonly out: string
  /** For standard error. */
  readonly err: string
}

const usage = `usage: portvakt token <organisation | system-user | service-owner> --organisation <nine digits> [options]

  --organisation  organisation number of the caller, or of the system user's party
  --scope         scopes separated by spaces
  --vendor        organisation number of the one who runs the system (default: the organisation)
  --system-user   id of the system user (UUID)
  --system        id of the registered system, <vendor>_<name>
  --code          code of the service owner
  --level         authentication level, 0 to 4 (default: none in the token, which counts as 3)
  --lifetime      seconds, 1 to 86400 (default 3600)

prints the token, and nothing else, to standard output
`

/** @param settings those of the server, so that it accepts the token */
export const tokenCommand = async (
  argv: readonly string[],
  settings: DevelopmentIssuerOptions & { readonly dataFolder: string },
  now: Date,
): Promise<CommandResult> => {
  const given = readArguments(argv)
  if (typeof given === 'string') return { exitCode: 2, out: '', err: `${given}\n\n${usage}` }
  if (given.help === true) return { exitCode: 0, out: usage, err: '' }
  const { help: _, ...properties } = given
  const read = readTokenRequest(properties)
  if (read.kind === 'invalid') return { exitCode: 2, out: '', err: `${read.detail}\n\n${usage}` }
  const issuer = await createDevelopmentIssuer(settings)
  if (issuer.kind === 'development-issuer-refused') return { exitCode: 1, out: '', err: `${issuer.detail}\n` }
  const { access_token } = await issuer.mint(read.request, now)
  return { exitCode: 0, out: `${access_token}\n`, err: '' }
}

const readArguments = (argv: readonly string[]): Readonly<Record<string, string | boolean>> | string => {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        organisation: { type: 'string' },
        scope: { type: 'string' },
        vendor: { type: 'string' },
        'system-user': { type: 'string' },
        system: { type: 'string' },
        code: { type: 'string' },
        level: { type: 'string' },
        lifetime: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    if (positionals.length > 1) return `one kind of token at a time, not \`${positionals.join(' ')}\``
    const { 'system-user': systemUser, ...rest } = values
    return {
      ...rest,
      ...(systemUser === undefined ? {} : { systemUser }),
      ...(positionals[0] === undefined ? {} : { kind: positionals[0] }),
    }
  } catch (error) {
    return error instanceof Error ? error.message : 'the arguments cannot be read'
  }
}
