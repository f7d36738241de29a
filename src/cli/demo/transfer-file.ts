/** Chapter 2: a file goes from sender to recipient. */

import { createHash, randomBytes } from 'node:crypto'
import { initialisation, organisations, resource, type Tokens, transfers } from './cast.ts'
import { call, check, type Stage, say } from './stage.ts'

export async function transferFile(stage: Stage, tokens: Tokens): Promise<string> {
  say('\n2. A file goes from sender to recipient')
  const json = initialisation(organisations.sender, organisations.recipient)
  const made = await call(stage, {
    who: 'sender',
    what: 'initialises a transfer',
    method: 'POST',
    path: transfers,
    token: tokens.sender,
    json,
    expect: 200,
  })
  const id = (made.json as { fileTransferId: string }).fileTransferId
  const file = randomBytes(5_000_000)
  const type = 'application/octet-stream'
  await call(stage, {
    who: 'sender',
    what: 'uploads 5 MB',
    method: 'POST',
    path: `${transfers}/${id}/upload`,
    token: tokens.sender,
    body: file,
    type,
    expect: 200,
  })
  const search = `${transfers}?resourceId=${resource}&role=Recipient&status=Published`
  const found = await call(stage, {
    who: 'recipient',
    what: 'looks for files to fetch',
    method: 'GET',
    path: search,
    token: tokens.recipient,
    expect: 200,
  })
  check(stage, 'the search finds the transfer', JSON.stringify(found.json) === JSON.stringify([id]))
  const download = await call(stage, {
    who: 'recipient',
    what: 'downloads',
    method: 'GET',
    path: `${transfers}/${id}/download`,
    token: tokens.recipient,
    expect: 200,
  })
  check(stage, `the bytes are the same: SHA-256 ${sha256(file).slice(0, 16)}…`, sha256(download.bytes) === sha256(file))
  await call(stage, {
    who: 'recipient',
    what: 'confirms',
    method: 'POST',
    path: `${transfers}/${id}/confirmdownload`,
    token: tokens.recipient,
    expect: 204,
  })
  const overview = await call(stage, {
    who: 'sender',
    what: 'sees that everybody has it',
    method: 'GET',
    path: `${transfers}/${id}`,
    token: tokens.sender,
    expect: 200,
  })
  check(
    stage,
    'status AllConfirmedDownloaded',
    (overview.json as { fileTransferStatus?: string }).fileTransferStatus === 'AllConfirmedDownloaded',
  )
  return id
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex')
