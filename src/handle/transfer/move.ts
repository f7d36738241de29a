/**
 * The only writer of a transfer's status and of its recipients' statuses. Whoever wants a change locks the transfer first;
 * what is refused here has changed nothing.
 */

import type { Transaction } from '../../database/sql.ts'
import { type BrokerEvent, emit } from '../../events/outbox.ts'
import type { Grant } from '../../steps.ts'
import { type Audience, higherOf, type RecipientStatus, type TransferStatus, transitionOf } from './status.ts'

/** A transfer whose row is locked until the transaction ends. Comes from `lockTransfer` alone. */
export interface LockedTransfer {
  readonly id: string
  readonly resource: string
  /** Nine digits. */
  readonly sender: string
  readonly declaredChecksum: string | null
  readonly useVirusScan: boolean
  readonly status: TransferStatus
  readonly statusChanged: Date
  readonly purgeAt: Date
  readonly blob: string | null
  readonly size: number | null
  readonly recipients: readonly LockedRecipient[]
  readonly [locked]: true
}

export interface LockedRecipient {
  readonly party: string
  readonly status: RecipientStatus
  readonly rangeRecorded: Date | null
}

declare const locked: unique symbol

/** On whose decision something changes; absent for what the system does by itself. */
export interface By {
  /** Decision id. */
  readonly decision?: string
  /** Nine digits. */
  readonly vendor?: string
}

/** History rows name the decision they rest on and the organisation that runs the system. */
export const byGrant = (grant: Grant): By => ({
  decision: grant.decisionId,
  ...(grant.caller.vendor === undefined ? {} : { vendor: grant.caller.vendor }),
})

export interface Move {
  readonly to: TransferStatus
  readonly at: Date
  /** Instead of the usual text of the status. */
  readonly text?: string
  readonly by?: By
}

/** Waits for others that hold the row. `undefined` when there is no such transfer. */
export async function lockTransfer(transaction: Transaction, id: string): Promise<LockedTransfer | undefined> {
  const [row] = await transaction<Omit<LockedTransfer, 'recipients'>[]>`
    select id, resource, sender, declared_checksum as "declaredChecksum", use_virus_scan as "useVirusScan", status,
      status_changed as "statusChanged", purge_at as "purgeAt", blob, size
      from transfer where id = ${id} for update`
  if (row === undefined) return undefined
  // A statement of its own: it must see what was committed while the lock was waited for.
  const recipients = await transaction<LockedRecipient[]>`
    select party, status, range_recorded as "rangeRecorded" from transfer_recipient where transfer = ${id} order by ordinal`
  return { ...row, recipients }
}

/** `false` when the transition is not in the table: the transfer has moved on, and nothing was written. */
export async function move(transaction: Transaction, transfer: LockedTransfer, change: Move): Promise<boolean> {
  return write(transaction, transfer, transfer.status, change)
}

/** The first status of a transfer that this transaction has inserted. */
export async function moveNew(transaction: Transaction, transfer: LockedTransfer, by: By): Promise<void> {
  await write(transaction, transfer, 'New', { to: 'Initialized', at: transfer.statusChanged, by })
}

async function write(
  transaction: Transaction,
  transfer: LockedTransfer,
  from: TransferStatus | 'New',
  { to, at: asked, text, by }: Move,
): Promise<boolean> {
  const transition = transitionOf(from, to)
  if (transition === undefined) return false
  // Clocks of nodes differ; the history of one transfer never runs backwards.
  const at = asked < transfer.statusChanged ? transfer.statusChanged : asked
  await transaction`
    insert into transfer_status (transfer, status, text, at, decision, vendor)
    values (${transfer.id}, ${to}, ${text ?? null}, ${at}, ${by?.decision ?? null}, ${by?.vendor ?? null})`
  await transaction`
    update transfer set status = ${to}, status_text = ${text ?? null}, status_changed = ${at},
      published = case when ${to === 'Published'} then coalesce(published, ${at}) else published end
      where id = ${transfer.id}`
  if (to === 'Failed' || to === 'Purged') await discardAttempts(transaction, transfer.id, to)
  const events = transition.tells.flatMap(({ type, to: audiences }) =>
    audiences
      .flatMap((audience) => addresses(transfer, audience))
      .map((address) => eventOf(transfer, type, address, at)),
  )
  await emit(transaction, events)
  return true
}

/** Also when this is not upwards: the history tells of every download. */
export async function moveRecipient(
  transaction: Transaction,
  transfer: LockedTransfer,
  party: string,
  { to, at, by }: { readonly to: RecipientStatus; readonly at: Date; readonly by: By },
): Promise<void> {
  const recipient = transfer.recipients.find((candidate) => candidate.party === party)
  if (recipient === undefined) throw new TypeError(`not a recipient of transfer ${transfer.id}: \`${party}\``)
  await transaction`
    insert into recipient_status (transfer, party, status, at, decision, vendor)
    values (${transfer.id}, ${party}, ${to}, ${at}, ${by.decision ?? null}, ${by.vendor ?? null})`
  await transaction`
    update transfer_recipient
       set status = ${higherOf(recipient.status, to)}, status_changed = greatest(status_changed, ${at})
     where transfer = ${transfer.id} and party = ${party}`
  if (to !== 'DownloadConfirmed') return
  await emit(transaction, [
    eventOf(transfer, 'downloadconfirmed', { party, role: 'Recipient' }, at, party),
    eventOf(transfer, 'downloadconfirmed', { party: transfer.sender, role: 'Sender' }, at, party),
  ])
}

/** From here on the files of all attempts, the winner's included, are to be deleted; `sweep` sees to it. */
async function discardAttempts(transaction: Transaction, transfer: string, reason: string): Promise<void> {
  await transaction`
    update upload_attempt set state = 'discarded', reason = coalesce(reason, ${reason})
     where transfer = ${transfer} and state in ('running', 'won')`
}

type Address = Pick<BrokerEvent, 'party' | 'role'>

function addresses(transfer: LockedTransfer, audience: Audience): readonly Address[] {
  const sender: Address = { party: transfer.sender, role: 'Sender' }
  const recipient = ({ party }: LockedRecipient): Address => ({ party, role: 'Recipient' })
  switch (audience) {
    case 'sender':
      return [sender]
    case 'recipients':
      return transfer.recipients.map(recipient)
    case 'unconfirmed': {
      const unconfirmed = transfer.recipients.filter(({ status }) => status !== 'DownloadConfirmed')
      return unconfirmed.length === 0 ? [] : [...unconfirmed.map(recipient), sender]
    }
  }
}

const eventOf = (
  transfer: LockedTransfer,
  type: BrokerEvent['type'],
  address: Address,
  at: Date,
  about?: string,
): BrokerEvent => ({
  type,
  transfer: transfer.id,
  resource: transfer.resource,
  at,
  ...address,
  ...(about === undefined ? {} : { about }),
})
