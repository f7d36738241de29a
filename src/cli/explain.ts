/** `portvakt explain`: a decision as a tree, and for a refusal what would have permitted it. */
import { action, resource, subject } from '../collect/vocabulary.ts'
import { defaultLimits, expandRequest, explain as explainOne, Failure, printExplanation } from '../xacml/index.ts'
import { readAsked } from './asked.ts'
import type { Command, Terminal } from './command.ts'

const usage = `usage: portvakt explain --policy FILE [--policy FILE …] [--bind ID=FILE …] --request FILE [--now ISO] [--short]

  --policy   the policy that is asked; further ones are found by its references
  --bind     the document that stands for the references to ID, as an upload does in the gateway
  --request  a request of XACML 3.0, as XML or JSON
  --now      the time of the decision, an xs:dateTime with a zone (default: now)
  --short    the decision, the rules that made it, and what would have permitted it; no tree

exit code 0 whatever the decision
`

export const explain: Command = { usage, run }

async function run(argv: readonly string[], { print }: Terminal): Promise<number> {
  const { assembly, request, now, values } = await readAsked(argv, { short: { type: 'boolean' } })
  const questions = expandRequest(request, defaultLimits)
  if (questions instanceof Failure) {
    await print(`Indeterminate\n  because ${questions.message}\n`)
    return 0
  }
  for (const [index, question] of questions.entries()) {
    if (questions.length > 1) await print(`${index === 0 ? '' : '\n'}question ${index + 1} of ${questions.length}\n`)
    if (question.failure !== undefined) {
      await print(`Indeterminate\n  because ${question.failure.message}\n`)
      continue
    }
    const explanation = explainOne(assembly.root, question.request, {
      now,
      limits: defaultLimits,
      resolve: assembly.resolve,
      names: attributeNames,
      isFixed: ({ attributeId }) => fixed.has(attributeId),
    })
    await print(printExplanation(explanation, { short: values.short === true }))
  }
  return 0
}

/** They say which question the gateway asks, not who may have which answer. */
const fixed: ReadonlySet<string> = new Set([action.operation, resource.unnamed, subject.kind])

/** The gateway's vocabulary in words. */
export const attributeNames: ReadonlyMap<string, string> = new Map([
  [subject.organisation, 'organisation'],
  [subject.organisationLegacy, 'organisation'],
  [subject.person, 'person'],
  [subject.systemUser, 'system user'],
  [subject.scope, 'scope'],
  [subject.accessList, 'access list'],
  [subject.kind, 'kind'],
  [subject.actsFor, 'party acted for'],
  [subject.systemUserParty, 'party of the system user'],
  [subject.systemUserRight, 'right'],
  [resource.id, ''],
  [resource.instance, 'instance'],
  [resource.partyAccessList, 'access list of the party'],
  [resource.accessListMode, 'access list mode'],
  [resource.recipient, 'recipient'],
  [resource.recipientListed, 'recipient on an access list'],
  [resource.owner, 'owner'],
  [resource.transferStatus, 'transfer status'],
  [resource.transferSize, 'file size'],
  [action.id, ''],
  [action.operation, 'operation'],
  ['urn:oasis:names:tc:xacml:1.0:environment:current-dateTime', 'time'],
  ['urn:oasis:names:tc:xacml:1.0:environment:current-time', 'time of day'],
  ['urn:oasis:names:tc:xacml:1.0:environment:current-date', 'date'],
])
