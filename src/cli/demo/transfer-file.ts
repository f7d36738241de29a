/** Chapter 2: a file goes from sender to recipient. */

import { createHash, randomBytes } from 'node:crypto'
import { initialisation, organisations, resource, type Tokens, transfers } from './cast.ts'
import { check, player, type Stage, say } from './stage.ts'

export async function transferFile(stage: Stage, tokens: Tokens): Promise<string> {
  say('\n2. A file goes from sender to recipient')
  const sender = player(stage, 'sender', tokens.sender)
  const recipient = player(stage, 'recipient', tokens.recipient)
  const json = initialisation(organisations.sender, organisations.recipient)
  const made = await sender('initialises a transfer', `POST ${transfers}`, 200, { json })
  const id = (made.json as { fileTransferId: string }).fileTransferId
  const transfer = `${transfers}/${id}`
  const file = randomBytes(5_000_000)

  await sender('uploads 5 MB', `POST ${transfer}/upload`, 200, { body: file, type: 'application/octet-stream' })
  const search = `${transfers}?resourceId=${resource}&role=Recipient&status=Published`
  const found = await recipient('looks for files to fetch', `GET ${search}`, 200)
  check(stage, 'the search finds the transfer', JSON.stringify(found.json) === JSON.stringify([id]))
  const { bytes } = await recipient('downloads', `GET ${transfer}/download`, 200)
  check(stage, `the bytes are the same: SHA-256 ${sha256(file).slice(0, 16)}…`, sha256(bytes) === sha256(file))
  await recipient('confirms', `POST ${transfer}/confirmdownload`, 204)
  const overview = await sender('sees that everybody has it', `GET ${transfer}`, 200)
  const { fileTransferStatus } = overview.json as { fileTransferStatus?: string }
  check(stage, 'status AllConfirmedDownloaded', fileTransferStatus === 'AllConfirmedDownloaded')
  return id
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
