import { randomUUID } from 'node:crypto'
import { expect, test } from 'vitest'
import { checkInitialize } from '../../src/handle/transfer/check-initialize.ts'
import { confirm } from '../../src/handle/transfer/confirm.ts'
import { openDownload } from '../../src/handle/transfer/download.ts'
import { initialize } from '../../src/handle/transfer/initialize.ts'
import { checkSearch, parseTime, search } from '../../src/handle/transfer/search.ts'
import { upload } from '../../src/handle/transfer/upload.ts'
import { basic, bench, bytesOf, grant, otherRecipient, recipient, resource, sender, text } from './support.ts'

const at = bench()

/** A resource of its own for each test, so that they do not find each other's. */
const fresh = (): string => `resource-${randomUUID()}`

async function makeAt(now: Date, resourceId: string, changes: Record<string, unknown> = {}): Promise<string> {
  const input = checkInitialize({ ...basic, resourceId, ...changes })
  if (!input.ok) throw new Error('malformed')
  const made = await initialize(at.transfers, grant({ now }), input.value, { ...resource, id: resourceId })
  if (made.kind === 'problem') throw new Error(made.code)
  return made.id
}

async function ask(party: string, query: Record<string, string>): Promise<readonly string[]> {
  const checked = checkSearch(new URLSearchParams(query))
  if (!checked.ok) throw new Error(JSON.stringify(checked.malformed))
  return (await search(at.transfers.sql, party, checked.value)).ids
}

const day = (number: number, time = '08:00:00'): Date => new Date(`2026-01-${String(number).padStart(2, '0')}T${time}Z`)

test('role, order and parties', async () => {
  const resourceId = fresh()
  const sent = await makeAt(day(1), resourceId, { sender: `urn:altinn:organization:identifier-no:${sender}` })
  const received = await makeAt(day(2), resourceId, { sender: `0192:${recipient}`, recipients: [`0192:${sender}`] })
  const own = await makeAt(day(3), resourceId, { recipients: [`0192:${sender}`, `0192:${recipient}`] })
  expect(await ask(sender, { resourceId })).toEqual([own, received, sent])
  expect(await ask(sender, { resourceId, orderAscending: 'true' })).toEqual([sent, received, own])
  expect(await ask(sender, { resourceId, role: 'sender' })).toEqual([own, sent])
  expect(await ask(sender, { resourceId, role: 'RECIPIENT' })).toEqual([own, received])
  expect(await ask(sender, { RESOURCEID: resourceId, recipientStatus: '0', role: 'Sender' })).toEqual([own, received])
  expect(await ask(otherRecipient, { resourceId })).toEqual([])
  expect(await ask(sender, { resourceId: `urn:altinn:resource:${resourceId}` })).toEqual([])
})

test('both bounds are inclusive, one alone is not', async () => {
  const resourceId = fresh()
  const [a, b, c] = [
    await makeAt(day(1), resourceId),
    await makeAt(day(2), resourceId),
    await makeAt(day(3), resourceId),
  ]
  const from = '2026-01-01 08:00:00'
  const to = '2026-01-03T08:00:00.0000000+00:00'
  expect(await ask(sender, { resourceId, from, to })).toEqual([c, b, a])
  expect(await ask(sender, { resourceId, from })).toEqual([c, b])
  expect(await ask(sender, { resourceId, to })).toEqual([b, a])
  expect(await ask(sender, { resourceId, from: '2026-01-02T09:00:00 01:00', to: '2026-01-02T09:00:00+01:00' })).toEqual(
    [b],
  )
  expect(await ask(sender, { resourceId, from: '2026-01-02T08:00:00.000001Z', to: '2026-01-04' })).toEqual([c])
})

test('with a status its time counts, and only transfers that are in it now', async () => {
  const resourceId = fresh()
  const rules = { ...resource, id: resourceId }
  const first = await makeAt(day(1), resourceId)
  const second = await makeAt(day(2), resourceId)
  for (const [id, when] of [
    [second, day(5)],
    [first, day(6)],
  ] as const) {
    const transfers = at.with({ clock: () => when })
    await upload(transfers, grant(), await at.read(id), rules, { body: bytesOf(text) })
  }
  expect(await ask(recipient, { resourceId })).toEqual([second, first])
  expect(await ask(recipient, { resourceId, status: 'published' })).toEqual([first, second])
  expect(await ask(recipient, { resourceId, status: '3', from: '2026-01-05T12:00:00Z' })).toEqual([first])
  expect(await ask(recipient, { resourceId, status: 'Initialized' })).toEqual([])
})

test('the status of a recipient is the highest it ever reached', async () => {
  const resourceId = fresh()
  const rules = { ...resource, id: resourceId }
  const id = await makeAt(day(1), resourceId, { recipients: [`0192:${recipient}`, `0192:${otherRecipient}`] })
  await upload(at.transfers, grant(), await at.read(id), rules, { body: bytesOf(text) })
  const fetch = async (): Promise<void> => {
    const answer = await openDownload(at.transfers, grant(), await at.read(id), { party: recipient })
    if (answer.kind === 'download') answer.body?.destroy()
  }
  const by = (recipientStatus: string, party = recipient) => ask(party, { resourceId, recipientStatus })
  await fetch()
  expect(await by('DownloadStarted')).toEqual([id])
  await confirm(at.transfers, grant(), id, recipient, rules)
  await fetch()
  expect(await by('DownloadConfirmed')).toEqual([id])
  expect(await by('DownloadStarted')).toEqual([])
  expect(await by('Initialized', otherRecipient)).toEqual([id])
  expect(await by('Initialized', sender)).toEqual([])
})

test('pages of a hundred follow each other without gap or repetition, also at one moment', async () => {
  const resourceId = fresh()
  const { sql } = at.transfers
  const rows = Array.from({ length: 250 }, (_, index) => ({
    id: randomUUID(),
    resource: resourceId,
    file_name: 'f',
    reference: 'r',
    sender,
    sender_as_given: `0192:${sender}`,
    use_virus_scan: true,
    created: `2026-01-01T08:00:00.00${index < 120 ? '0001' : '0002'}Z`,
    expires: day(30),
    purge_at: day(30),
    status_changed: day(1),
  }))
  // As text: the driver would cut microseconds off.
  await sql`insert into transfer select * from json_populate_recordset(null::transfer, ${JSON.stringify(
    rows.map((row) => ({ ...row, status: 'Initialized' })),
  )}::text::json)`
  for (const order of ['true', 'false']) {
    const seen: string[] = []
    let cursor: string | undefined
    do {
      const query = new URLSearchParams({
        resourceId,
        orderAscending: order,
        ...(cursor === undefined ? {} : { cursor }),
      })
      const checked = checkSearch(query)
      if (!checked.ok) throw new Error('malformed')
      const found = await search(sql, sender, checked.value)
      expect(found.ids.length).toBeLessThanOrEqual(100)
      seen.push(...found.ids)
      cursor = found.next
      if (seen.length === 100) await makeAt(order === 'true' ? new Date('2025-01-01') : new Date(), resourceId)
    } while (cursor !== undefined)
    const made = new Set<string>(rows.map(({ id }) => id))
    expect(seen.filter((id) => made.has(id))).toHaveLength(250)
    expect(new Set(seen).size).toBe(seen.length)
    expect(await ask(sender, { resourceId, orderAscending: order })).toHaveLength(100)
  }
})

test.each([
  [{}, 'resourceId'],
  [{ resourceId: ' ' }, 'resourceId'],
  [{ resourceId: 'r', status: 'nonsense' }, 'status'],
  [{ resourceId: 'r', status: '8' }, 'status'],
  [{ resourceId: 'r', recipientStatus: '3' }, 'recipientStatus'],
  [{ resourceId: 'r', role: 'Owner' }, 'role'],
  [{ resourceId: 'r', from: 'yesterday' }, 'from'],
  [{ resourceId: 'r', to: '2026-02-30' }, 'to'],
  [{ resourceId: 'r', orderAscending: '2' }, 'orderAscending'],
  [{ resourceId: 'r', cursor: 'x' }, 'cursor'],
])('the query %j is wrong in %s', (query, key) => {
  const checked = checkSearch(new URLSearchParams(query as Record<string, string>))
  expect(!checked.ok && Object.keys(checked.malformed.errors ?? {})).toEqual([key])
})

test.each([
  ['2026-01-31', '2026-01-31T00:00:00.000000+00:00'],
  ['2026-01-31 08:09:10', '2026-01-31T08:09:10.000000+00:00'],
  ['2026-01-31T08:09', '2026-01-31T08:09:00.000000+00:00'],
  ['2026-01-31T08:09:10.1234567Z', '2026-01-31T08:09:10.123456+00:00'],
  ['2026-01-31t08:09:10z', '2026-01-31T08:09:10.000000+00:00'],
  ['2026-01-31T08:09:10-05:30', '2026-01-31T08:09:10.000000-05:30'],
  ['2026-01-31T08:09:10 02:00', '2026-01-31T08:09:10.000000+02:00'],
  ['2026-01-31T24:00:00Z', undefined],
  ['2026-13-01', undefined],
  ['0000-01-01', undefined],
  ['2026-01-31T08:09:10+15:00', undefined],
  ['31.01.2026', undefined],
])('the time %j is read as %j', (given, expected) => {
  expect(parseTime(given)).toBe(expected)
})
