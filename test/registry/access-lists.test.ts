import { beforeAll, describe, expect, test } from 'vitest'
import { deleteConnection, listConnections, putConnection } from '../../src/registry/access-list-connections.ts'
import { addMembers, listMembers, removeMembers, replaceMembers } from '../../src/registry/access-list-members.ts'
import { deleteAccessList, findAccessList, listAccessLists, putAccessList } from '../../src/registry/access-lists.ts'
import { changesAfter, versionsOf } from '../../src/registry/changes.ts'
import { connectedListsOf, listsOf } from '../../src/registry/memberships.ts'
import { registryMigrations } from '../../src/registry/migrations.ts'
import { createResource, deleteResource } from '../../src/registry/resources.ts'
import { registerServiceOwner } from '../../src/registry/service-owners.ts'
import { withDatabase } from '../support/database.ts'
import { administrator, as, done, owner, party, resourceDocument, stranger } from './entries.ts'

const database = withDatabase({ migrations: registryMigrations })

const partiesOf = (organisation: string) =>
  database.sql<{ id: string }[]>`select id from party where organisation = ${organisation}`
const member = (organisation: string): string => `urn:altinn:organization:identifier-no:${organisation}`

beforeAll(async () => {
  done(await registerServiceOwner(database.sql, { organisation: owner, name: 'Testdepartementet', code: 'ttd' }))
  done(await registerServiceOwner(database.sql, { organisation: stranger, name: 'Brønnøysund', code: 'brg' }))
  for (const identifier of ['first-one', 'second-one', 'ending-one']) {
    done(await createResource(database.sql, as(owner), resourceDocument(identifier)))
  }
  done(await createResource(database.sql, as(stranger), resourceDocument('foreign-one', stranger)))
})

async function makeList(identifier: string): Promise<{ owner: string; identifier: string }> {
  done(await putAccessList(database.sql, as(owner), { owner: 'TTD', identifier }, { name: identifier }))
  return { owner: 'ttd', identifier }
}

describe('access lists', () => {
  test('are made and changed by one call; the same again is no change', async () => {
    const list = { owner: 'ttd', identifier: 'upsert' }
    const put = (name: string) => putAccessList(database.sql, as(owner), list, { name })
    const created = done(await put('One'))
    expect(done(await put('One'))).toMatchObject({ changed: false, value: { version: created.epoch } })
    expect(done(await put('Two')).value).toMatchObject({ name: 'Two', version: created.epoch + 1 })
    const once = await putAccessList(
      database.sql,
      as(owner),
      list,
      { name: 'Three' },
      { precondition: { ifNoneMatch: '*' } },
    )
    expect(once).toMatchObject({ kind: 'precondition-failed', version: created.epoch + 1 })
    expect((await listAccessLists(database.sql, 'TTD')).map((row) => row.identifier)).toContain('upsert')
  })

  test('belong to their owner', async () => {
    const list = await makeList('owned')
    const put = (writer: Parameters<typeof putAccessList>[1], code: string) =>
      putAccessList(database.sql, writer, { owner: code, identifier: 'owned' }, { name: 'x' })
    expect(await put(as(stranger), 'ttd')).toMatchObject({ kind: 'not-owner' })
    expect(await put(as(owner), 'nobody')).toMatchObject({ kind: 'not-found', what: 'service owner' })
    expect(await addMembers(database.sql, as(stranger), list, [member(party)])).toMatchObject({ kind: 'not-owner' })
    expect(await deleteAccessList(database.sql, as(stranger), list)).toMatchObject({ kind: 'not-owner' })
    done(await put(administrator, 'ttd'))
    const wrong = await putAccessList(database.sql, as(owner), { owner: 'ttd', identifier: 'a/b' }, { name: '' })
    expect(wrong).toMatchObject({ kind: 'invalid', findings: [{ field: 'identifier' }, { field: 'name' }] })
  })
})

describe('members', () => {
  test('are added, removed and replaced; each touched party is in the feed', async () => {
    const list = await makeList('members')
    const added = done(await addMembers(database.sql, as(owner), list, [member(party), '310000009', member(party)]))
    expect(added.value).toEqual({ version: added.epoch, added: 2, removed: 0 })
    expect((await findAccessList(database.sql, list))?.version).toBe(added.epoch)
    expect(done(await addMembers(database.sql, as(owner), list, [member(party)]))).toMatchObject({
      changed: false,
      value: { added: 0 },
    })
    const [known] = await partiesOf(party)
    const replaced = done(
      await replaceMembers(database.sql, as(owner), list, [`urn:altinn:party:uuid:${known!.id}`, '310000008']),
    )
    expect(replaced.value).toMatchObject({ added: 1, removed: 1 })
    expect((await listMembers(database.sql, list)).map((row) => row.organisation)).toEqual([party, '310000008'].sort())
    const [entry] = await changesAfter(database.sql, replaced.epoch - 1)
    expect(entry).toMatchObject({
      epoch: replaced.epoch,
      kind: 'members-replaced',
      entities: ['access-list:ttd/members', 'party:310000008', 'party:310000009'],
    })
    done(await removeMembers(database.sql, as(owner), list, [member(party), '999999999']))
    expect(await listsOf(database.sql, party)).not.toContain('ttd:members')
    expect(await listMembers(database.sql, list, { after: '310000008' })).toEqual([])
  })

  test('a call with one unknown member changes nothing', async () => {
    const list = await makeList('unknown')
    const before = await findAccessList(database.sql, list)
    const nobody = 'urn:altinn:party:uuid:00000000-0000-4000-8000-000000000000'
    const result = await addMembers(database.sql, as(owner), list, [member(party), nobody, 'someone', '310000077'])
    expect(result.kind === 'invalid' && result.findings.map((finding) => finding.field).sort()).toEqual([
      'members.1',
      'members.2',
    ])
    expect(await findAccessList(database.sql, list)).toEqual(before)
    expect(await partiesOf('310000077')).toEqual([])
    const many = Array.from({ length: 101 }, (_, index) => String(320_000_000 + index))
    expect(await addMembers(database.sql, as(owner), list, many)).toMatchObject({ kind: 'invalid' })
  })
})

describe('connections', () => {
  test('cover the actions they name, or all', async () => {
    const list = await makeList('actions')
    done(await addMembers(database.sql, as(owner), list, [party]))
    const covered = (action: string) => connectedListsOf(database.sql, party, 'first-one', action)
    expect(await covered('read')).toEqual([])
    done(await putConnection(database.sql, as(owner), list, 'first-one', ['write', 'read', 'read']))
    expect([await covered('read'), await covered('Read'), await covered('publish')]).toEqual([['ttd:actions'], [], []])
    expect(done(await putConnection(database.sql, as(owner), list, 'first-one', ['read', 'write'])).changed).toBe(false)
    const all = done(await putConnection(database.sql, as(owner), list, 'first-one', []))
    expect(await covered('publish')).toEqual(['ttd:actions'])
    expect(await versionsOf(database.sql, ['resource:first-one'])).toEqual(new Map([['resource:first-one', all.epoch]]))
    done(await deleteConnection(database.sql, as(owner), list, 'first-one'))
    expect(await deleteConnection(database.sql, as(owner), list, 'first-one')).toMatchObject({
      kind: 'not-found',
      what: 'connection',
    })
    expect(await covered('read')).toEqual([])
  })

  test('join a resource of the same owner only', async () => {
    const list = await makeList('same-owner')
    expect(await putConnection(database.sql, as(owner), list, 'foreign-one', [])).toMatchObject({
      kind: 'not-owner',
      what: 'resource',
    })
    expect(await putConnection(database.sql, administrator, list, 'foreign-one', [])).toMatchObject({
      kind: 'not-owner',
    })
    expect(await putConnection(database.sql, as(owner), list, 'nowhere', [])).toMatchObject({
      kind: 'not-found',
      what: 'resource',
    })
    expect(await putConnection(database.sql, as(owner), list, 'second-one', ['read', ''])).toMatchObject({
      kind: 'invalid',
    })
  })

  test('end with the list and with the resource, and everyone concerned is told', async () => {
    const list = await makeList('ending')
    done(await addMembers(database.sql, as(owner), list, [party]))
    done(await putConnection(database.sql, as(owner), list, 'second-one', []))
    done(await putConnection(database.sql, as(owner), list, 'ending-one', []))
    const gone = done(await deleteResource(database.sql, as(owner), 'ending-one'))
    expect((await listConnections(database.sql, list)).map((row) => row.resource)).toEqual(['second-one'])
    const ended = done(await deleteAccessList(database.sql, as(owner), list))
    const entries = await changesAfter(database.sql, gone.epoch - 1)
    expect(entries.map((entry) => entry.entities)).toEqual([
      ['access-list:ttd/ending', 'policy:ending-one', 'resource:ending-one'],
      ['access-list:ttd/ending', `party:${party}`, 'resource:second-one'],
    ])
    expect(await listsOf(database.sql, party)).not.toContain('ttd:ending')
    expect(ended.value.identifier).toBe('ending')
    expect(await deleteAccessList(database.sql, as(owner), list)).toMatchObject({ kind: 'not-found' })
  })
})
