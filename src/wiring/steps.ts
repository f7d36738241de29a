/** The steps of the pipeline, from their folders. */
import type { Authenticate } from '../authenticate/authenticate.ts'
import { enforce } from '../enforce/enforce.ts'
import { refusalOf, refuseWithoutAccess } from '../enforce/refusals.ts'
import { OvertakenDecision, type Steps } from '../pipeline.ts'
import { RecordError } from '../record/failure.ts'
import { createRecord } from '../record/record.ts'
import type { Recorder } from '../record/writer.ts'
import { decisionId } from '../server/decision-id.ts'
import type { Logger } from '../server/observation/log.ts'
import type { Settings } from '../settings/settings.ts'
import { dataTypes, type Value } from '../xacml/index.ts'
import type { Decisions } from './decisions.ts'

export function buildSteps(
  { allowUnrecordedDecisions }: Settings,
  authenticate: Authenticate,
  { decider, watcher }: Decisions,
  recorder: Recorder,
  logger: Logger,
): Steps {
  const record = createRecord({
    recorder,
    allowUnrecordedDecisions,
    onUnrecorded: (decision, error) =>
      logger.error({ decision, error }, 'a decision could not be recorded and was let through'),
  })
  return {
    authenticate,
    approach(authenticated) {
      const { decision, obligations, status } = decider.approach(authenticated)
      if (decision === 'Deny') return refusalOf(obligations, 'denied by the scope policy')
      return decision === 'Indeterminate'
        ? refuseWithoutAccess(`scope indeterminate: ${status.message ?? ''}`)
        : undefined
    },
    decide: (collected) => decider.decide(collected),
    enforce,
    record,
    holds: (decided) => decider.holds(decided),
    watch: (granted) => watcher.watch(granted),
    recordOutcome: (outcome) => void recorder.outcome(outcome),
    renew: (arrival) => ({ ...arrival, id: decisionId(arrival.now) }),
    now: () => new Date(),
  }
}

/** A source that failed is nobody's bug: the client may try again. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof RecordError || error instanceof OvertakenDecision) return true
  const code = String((error as { code?: unknown } | null)?.code ?? '')
  return connectionTrouble.test(code)
}

/** Of the driver, the system, and PostgreSQL (classes 08, 53, 57 and 40, appendix A). */
const connectionTrouble =
  /^(CONNECT|ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|ENOENT|CONNECTION_|CONNECT_TIMEOUT|08...|53...|57P..|57014|40...)/

export function printValue(dataType: string, value: Value): string {
  const type = dataTypes.get(dataType)
  if (type === undefined) throw new Error(`a value of unknown data type \`${dataType}\``)
  return type.print(value)
}
