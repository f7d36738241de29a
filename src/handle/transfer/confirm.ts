import { transact } from '../../database/transact.ts'
import type { Grant, HandlerProblem } from '../../steps.ts'
import { problem } from '../problem.ts'
import { byGrant, type LockedTransfer, lockTransfer, move, moveRecipient } from './move.ts'
import { type BrokerResource, defaultGracePeriod, type Transfers } from './transfers.ts'

export interface Confirmed {
  readonly kind: 'confirmed'
  /** True when this was the last one. */
  readonly isLast: boolean
}

/**
 * The recipient `party` (nine digits: whom the decision was about) has the file (broker API 1.11). Confirming again changes
 * nothing. The lock makes two last recipients take turns, so the second sees that it is the last.
 */
export async function confirm(
  transfers: Transfers,
  grant: Grant,
  id: string,
  party: string,
  resource: BrokerResource | undefined,
): Promise<Confirmed | HandlerProblem> {
  const at = grant.now
  return transact(transfers.sql, async (transaction) => {
    const transfer = await lockTransfer(transaction, id)
    if (transfer === undefined) return problem('BRO-00001')
    const checked = checkConfirm(transfer, party)
    if (checked !== undefined) return checked
    await moveRecipient(transaction, transfer, party, { to: 'DownloadConfirmed', at, by: byGrant(grant) })
    const others = transfer.recipients.filter((recipient) => recipient.party !== party)
    const isLast = others.every(({ status }) => status === 'DownloadConfirmed')
    if (isLast) {
      await move(transaction, transfer, { to: 'AllConfirmedDownloaded', at, by: byGrant(grant) })
      if (resource?.purgeAfterAllConfirmed ?? true) {
        const grace = (resource?.purgeGracePeriod ?? defaultGracePeriod) * 1000
        await transaction`update transfer set purge_at = ${new Date(at.getTime() + grace)} where id = ${id}`
      }
    }
    return { kind: 'confirmed', isLast }
  })
}

function checkConfirm(transfer: LockedTransfer, party: string): Confirmed | HandlerProblem | undefined {
  const recipient = transfer.recipients.find((candidate) => candidate.party === party)
  if (recipient === undefined) return problem('BRO-00006')
  if (transfer.blob === null) return problem('BRO-00003')
  if (transfer.status !== 'Published') return problem('BRO-00010')
  if (recipient.status === 'DownloadConfirmed') return { kind: 'confirmed', isLast: false }
  return recipient.status === 'DownloadStarted' ? undefined : problem('BRO-00019')
}
