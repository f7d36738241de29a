/** `portvakt evaluate`: one decision from files, by the engine the gateway decides with. */
import {
  type Assembly,
  compile,
  defaultLimits,
  evaluate as evaluateCompiled,
  printResponseJson,
  printResponseXml,
  type Request,
} from '../xacml/index.ts'
import { oneOf } from './arguments.ts'
import { type Asked, readAsked } from './asked.ts'
import type { Command } from './command.ts'
import { visibleXml } from './visible.ts'

const usage = `usage: portvakt evaluate --policy FILE [--policy FILE …] [--bind ID=FILE …] --request FILE [options]

  --policy   the policy that is asked; further ones are found by its references
  --bind     the document that stands for the references to ID, as an upload does in the gateway
  --request  a request of XACML 3.0, as XML or JSON
  --now      the time of the decision, an xs:dateTime with a zone (default: now)
  --format   json or xml (default: json)

exit code 0 whatever the decision
`

export const evaluate: Command = {
  usage,
  async run(argv, { print }) {
    const asked = await readAsked(argv, { format: { type: 'string', default: 'json' } })
    const format = oneOf('--format', String(asked.values.format), ['json', 'xml'])
    await print(`${respond(asked, format).trimEnd()}\n`)
    return 0
  },
}

function respond({ assembly, request, now }: Asked, format: 'json' | 'xml'): string {
  const response = decide(assembly, request, now)
  return format === 'xml'
    ? visibleXml(printResponseXml(response))
    : JSON.stringify(JSON.parse(printResponseJson(response)), null, 2)
}

function decide({ root, resolve }: Assembly, request: Request, now: string) {
  const compiled = compile(root, { resolve, limits: defaultLimits })
  if (!compiled.ok) throw new Error(`a checked policy does not compile: ${compiled.problems[0].message}`)
  return evaluateCompiled(compiled.value, request, { now, limits: defaultLimits })
}
