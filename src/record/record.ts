import type { Enforced, Recorded } from '../steps.ts'
import { RecordError } from './failure.ts'
import type { Recorder } from './writer.ts'

export interface RecordOptions {
  readonly recorder: Pick<Recorder, 'decision'>
  /** Lets requests through whose decision could not be recorded: nobody will ever be able to say why they were granted. */
  readonly allowUnrecordedDecisions: boolean
  /** Told of every decision that was let through unrecorded. */
  readonly onUnrecorded: (decisionId: string, error: RecordError) => void
}

/** The step: returns when the decision is durable. Throws `RecordError` when it is not: the door answers PVK-00009. */
export function createRecord(options: RecordOptions) {
  return async <M>(enforced: Enforced<M>): Promise<Recorded<Enforced<M>>> => {
    try {
      await options.recorder.decision(enforced)
      return { kind: 'recorded', enforced, durable: true }
    } catch (error) {
      if (!options.allowUnrecordedDecisions || !(error instanceof RecordError)) throw error
      options.onUnrecorded(enforced.decided.collected.arrival.id, error)
      return { kind: 'recorded', enforced, durable: false }
    }
  }
}
