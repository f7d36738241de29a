/** What `evaluate` and `explain` are given: policies, a request, a time. */
import { type ParseArgsConfig, parseArgs } from 'node:util'
import { type Assembly, assemble, type Request } from '../xacml/index.ts'
import { readRequest, readSoundPolicy, UsageError } from './policy-files.ts'

export interface Asked {
  readonly assembly: Assembly
  readonly request: Request
  readonly now: string
  readonly values: Readonly<Record<string, unknown>>
}

const nowPattern = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

/** A number is an exit code: the usage has been printed. */
export async function readAsked(
  argv: readonly string[],
  usage: string,
  further: NonNullable<ParseArgsConfig['options']>,
): Promise<Asked | number> {
  const { values } = parseArgs({
    args: [...argv],
    options: {
      policy: { type: 'string', multiple: true },
      bind: { type: 'string', multiple: true },
      request: { type: 'string' },
      now: { type: 'string' },
      help: { type: 'boolean', short: 'h' },
      ...further,
    },
  })
  const { policy, bind, request, now, help } = values as Given
  if (help === true || policy === undefined || request === undefined) {
    process.stdout.write(usage)
    return help === true ? 0 : 2
  }
  if (now !== undefined && !nowPattern.test(now)) {
    throw new UsageError(`\`--now\` is not a dateTime with a time zone: \`${now}\``)
  }
  const assembly = await readAssembly(policy, bind ?? [])
  return { assembly, request: await readRequest(request), now: now ?? new Date().toISOString(), values }
}

interface Given {
  readonly policy?: readonly string[]
  readonly bind?: readonly string[]
  readonly request?: string
  readonly now?: string
  readonly help?: boolean
}

async function readAssembly(files: readonly string[], bind: readonly string[]): Promise<Assembly> {
  const [root, ...references] = await Promise.all(files.map(readSoundPolicy))
  if (root === undefined) throw new UsageError('`--policy` names no file')
  const bindings = await Promise.all(
    bind.map(async (one) => {
      const split = one.indexOf('=')
      if (split < 1) throw new UsageError(`\`--bind\` is ID=FILE, not \`${one}\``)
      return [one.slice(0, split), await readSoundPolicy(one.slice(split + 1))] as const
    }),
  )
  return assemble(root, references, new Map(bindings))
}
