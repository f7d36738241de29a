/** The steps of the pipeline, from their folders. */
import type { Authenticate } from '../authenticate/authenticate.ts'
import { enforce } from '../enforce/enforce.ts'
import { refusalOf, refuseWithoutAccess } from '../enforce/refusals.ts'
import { OvertakenDecision, type Steps } from '../pipeline.ts'
import type { ProblemCode } from '../problems.ts'
import { RecordError } from '../record/failure.ts'
import { createRecord } from '../record/record.ts'
import type { Recorder } from '../record/writer.ts'
import { LateAnswer } from '../server/deadline.ts'
import { decisionId } from '../server/decision-id.ts'
import type { Observation } from '../server/observation/observe.ts'
import type { Settings } from '../settings/settings.ts'
import { dataTypes, type Value } from '../xacml/index.ts'
import type { Decisions } from './decisions.ts'

export function buildSteps(
  { allowUnrecordedDecisions }: Settings,
  authenticate: Authenticate,
  { decider, watcher }: Decisions,
  recorder: Recorder,
  { lost }: Pick<Observation, 'lost'>,
): Steps {
  const record = createRecord({
    recorder,
    allowUnrecordedDecisions,
    onUnrecorded: (decision) => lost('decision', decision),
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
    recordOutcome(outcome) {
      void recorder.outcome(outcome).then((isKept) => {
        if (!isKept) lost('outcome', outcome.decisionId)
      })
    },
    renew: (arrival) => ({ ...arrival, id: decisionId(arrival.now) }),
    now: () => new Date(),
    codeOf,
  }
}

/** A record that is not durable, a source that failed and may be asked again, or a bug: the three that a client can meet. */
export function codeOf(error: unknown): ProblemCode {
  if (error instanceof RecordError) return 'PVK-00009'
  return error instanceof OvertakenDecision || isUnavailable(error) ? 'PVK-00010' : 'PVK-00011'
}

/**
 * A database that cannot be reached, is starting, stopping, full of connections, or gave up a transaction: classes 08, 53, 57P
 * and 40 of PostgreSQL (appendix A), a statement that ran out of time, and the driver's own codes for lost connections.
 */
function isUnavailable(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  const { code, syscall } = error as { code?: unknown; syscall?: unknown }
  const said = String(code ?? '')
  if (error.name === 'PostgresError') return /^(08...|53...|57P..|57014|40...)$/.test(said)
  if (error instanceof LateAnswer || syscall === 'connect') return true
  return /^(CONNECTION_(CLOSED|ENDED|DESTROYED)|CONNECT_TIMEOUT|ECONNRESET|EPIPE)$/.test(said)
}

export function printValue(dataType: string, value: Value): string {
  const type = dataTypes.get(dataType)
  if (type === undefined) throw new Error(`a value of unknown data type \`${dataType}\``)
  return type.print(value)
}
