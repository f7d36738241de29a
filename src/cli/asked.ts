/** What `evaluate` and `explain` are given: policies, a request, a time. */
import { type Assembly, assemble, type Request } from '../xacml/index.ts'
import { type Options, readArguments } from './arguments.ts'
import { UsageError } from './command.ts'
import { readRequest, readSoundPolicy } from './policy-files.ts'

export interface Asked {
  readonly assembly: Assembly
  readonly request: Request
  readonly now: string
  readonly values: Readonly<Record<string, unknown>>
}

const nowPattern = /^-?\d{4,}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)$/

export async function readAsked(argv: readonly string[], further: Options): Promise<Asked> {
  const { values } = readArguments(argv, {
    policy: { type: 'string', multiple: true },
    bind: { type: 'string', multiple: true },
    request: { type: 'string' },
    now: { type: 'string' },
    ...further,
  })
  const { policy, bind, request, now } = values as Given
  if (policy === undefined) throw new UsageError('name the policy with `--policy`')
  if (request === undefined) throw new UsageError('name the request with `--request`')
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
