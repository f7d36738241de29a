import { transact } from '../../database/transact.ts'
import type { Grant, HandlerProblem } from '../../steps.ts'
import { problem } from '../problem.ts'
import type { InitializeInput } from './check-initialize.ts'
import { byGrant, lockTransfer, moveNew } from './move.ts'
import { lastSegment } from './party.ts'
import { checkScanning } from './scanning-rule.ts'
import { type BrokerResource, defaultTimeToLive, type Transfers } from './transfers.ts'

/** Broker API 1.4, steps 3 and 6. `undefined` is a resource that the registry does not know. The access list is policy. */
export function checkResource(resource: BrokerResource | undefined): HandlerProblem | undefined {
  if (resource?.owner === undefined) return problem('BRO-00005')
  if (resource.configured === false) return problem('BRO-00025')
  return resource.ownerIsRegistered ? undefined : problem('BRO-00002')
}

/** Broker API 1.4, step 8. */
function checkRequiredParty(input: InitializeInput, requiredParty: string | undefined): HandlerProblem | undefined {
  const required = lastSegment(requiredParty ?? '')
  if (required === '' || input.sender === required) return undefined
  if (input.recipients.length > 1) return problem('BRO-00027')
  return input.recipients[0] === required ? undefined : problem('BRO-00026')
}

/** Makes the transfer and returns its id. Each call makes another one. */
export async function initialize(
  transfers: Transfers,
  grant: Grant,
  input: InitializeInput,
  resource: BrokerResource | undefined,
): Promise<{ readonly kind: 'initialized'; readonly id: string } | HandlerProblem> {
  const refusal = checkResource(resource)
  if (refusal !== undefined || resource === undefined) return refusal ?? problem('BRO-00005')
  const scanning = checkScanning(transfers, resource, !input.disableVirusScan)
  if (typeof scanning === 'object') return scanning
  const wrongParty = checkRequiredParty(input, resource.requiredParty)
  if (wrongParty !== undefined) return wrongParty
  const id = transfers.newId()
  await insert(transfers, grant, id, input, resource)
  return { kind: 'initialized', id }
}

async function insert(
  transfers: Transfers,
  grant: Grant,
  id: string,
  input: InitializeInput,
  resource: BrokerResource,
): Promise<void> {
  const expires = new Date(grant.now.getTime() + (resource.timeToLive ?? defaultTimeToLive) * 1000)
  const row = rowOf(id, input, grant.now, expires)
  const by = byGrant(grant)
  const initialized = { transfer: id, status: 'Initialized' }
  const recipients = input.recipients.map((party, ordinal) => {
    return { ...initialized, party, ordinal, status_changed: grant.now }
  })
  const entries = input.recipients.map((party) => {
    return { ...initialized, party, at: grant.now, decision: by.decision ?? null, vendor: by.vendor ?? null }
  })
  const properties = input.properties.map(([key, value], ordinal) => ({ transfer: id, ordinal, key, value }))
  await transact(transfers.sql, async (transaction) => {
    await transaction`insert into transfer ${transaction(row)}`
    await transaction`insert into transfer_recipient ${transaction(recipients)}`
    await transaction`insert into recipient_status ${transaction(entries)}`
    if (properties.length > 0) await transaction`insert into transfer_property ${transaction(properties)}`
    const transfer = await lockTransfer(transaction, id)
    if (transfer !== undefined) await moveNew(transaction, transfer, by)
  })
}

const rowOf = (id: string, input: InitializeInput, created: Date, expires: Date) => ({
  id,
  resource: input.resource,
  file_name: input.fileName,
  reference: input.reference,
  sender: input.sender,
  sender_as_given: input.senderAsGiven,
  declared_checksum: input.checksum ?? null,
  use_virus_scan: !input.disableVirusScan,
  created,
  expires,
  purge_at: expires,
  status_changed: created,
})
