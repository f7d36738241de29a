import { beforeAll, describe, expect, test } from 'vitest'
import { changesAfter } from '../../src/registry/changes.ts'
import { registryMigrations } from '../../src/registry/migrations.ts'
import { createResource, deleteResource } from '../../src/registry/resources.ts'
import {
  createSystemUser,
  findSystemUser,
  grantRights,
  listSystemUsers,
  withdrawRights,
  withdrawSystemUser,
} from '../../src/registry/system-users.ts'
import { deleteSystem, findSystem, registerSystem, updateSystem } from '../../src/registry/systems.ts'
import { withDatabase } from '../support/database.ts'
import { administrator, as, done, owner, party, resourceDocument, stranger, vendor } from './entries.ts'

const database = withDatabase({ migrations: registryMigrations })
const read = { resource: 'transfers', action: 'read' }
const write = { resource: 'transfers', action: 'write' }
const other = { resource: 'other-one', action: 'anything' }
const system = `${vendor}_mover`

beforeAll(async () => {
  for (const identifier of ['transfers', 'other-one']) {
    done(await createResource(database.sql, as(owner), resourceDocument(identifier)))
  }
  const rights = [read, write, { resource: 'other-one' }]
  done(await registerSystem(database.sql, as(vendor), { id: system, vendor, name: 'Mover', rights }))
})

describe('systems', () => {
  test('are registered by their vendor under its number', async () => {
    const register = (given: object, writer = as(vendor)) =>
      registerSystem(database.sql, writer, { id: `${vendor}_a`, vendor, name: 'A', rights: [], ...given })
    expect(await register({}, as(stranger))).toMatchObject({ kind: 'not-owner' })
    expect(await register({ id: `${stranger}_a` })).toMatchObject({ kind: 'invalid', findings: [{ field: 'id' }] })
    expect(await register({ rights: [{ resource: 'nowhere' }] })).toMatchObject({ kind: 'invalid' })
    expect(await register({ rights: [read, { ...read }] })).toMatchObject({ kind: 'invalid' })
    expect(await register({ id: system })).toMatchObject({ kind: 'exists' })
  })

  test('are changed by their vendor, if they are as the vendor thinks', async () => {
    const stored = await findSystem(database.sql, system)
    const change = (writer = as(vendor), version = stored!.version) =>
      updateSystem(
        database.sql,
        writer,
        system,
        { name: 'Mover 2', rights: stored!.rights },
        { precondition: { ifMatch: [String(version)] } },
      )
    expect(await change(as(stranger))).toMatchObject({ kind: 'not-owner' })
    expect(await change(as(vendor), 0)).toMatchObject({ kind: 'precondition-failed' })
    expect(done(await change()).value).toMatchObject({ name: 'Mover 2', rights: stored!.rights })
  })
})

describe('system users', () => {
  test('get rights from their party, never from the vendor', async () => {
    const given = { party, system, rights: [read] }
    expect(await createSystemUser(database.sql, as(vendor), given)).toMatchObject({ kind: 'not-owner' })
    const user = done(await createSystemUser(database.sql, as(party), given))
    expect(user.value).toMatchObject({ party, vendor, system, rights: [read], withdrawn: false, version: user.epoch })
    const id = user.value.id
    expect(await grantRights(database.sql, as(vendor), id, [write])).toMatchObject({ kind: 'not-owner' })
    expect(await withdrawRights(database.sql, as(vendor), id, [read])).toMatchObject({ kind: 'not-owner' })
    const granted = done(await grantRights(database.sql, as(party), id, [write, read, other]))
    expect(granted.value).toMatchObject({ rights: [other, read, write], version: granted.epoch })
    expect(done(await grantRights(database.sql, as(party), id, [write]))).toMatchObject({ changed: false })
    expect((await findSystemUser(database.sql, id))?.version).toBe(granted.epoch)
    const taken = done(
      await withdrawRights(database.sql, as(party), id, [read, { resource: 'transfers', action: 'none' }]),
    )
    expect(taken.value.rights).toEqual([other, write])
    expect((await changesAfter(database.sql, taken.epoch - 1))[0]).toMatchObject({
      kind: 'rights-withdrawn',
      entities: [`system-user:${id}`],
    })
    expect((await listSystemUsers(database.sql, party)).map((row) => row.id)).toEqual([id])
  })

  test('get no more than the system asks for', async () => {
    const beyond = { resource: 'transfers', action: 'delete' }
    const create = createSystemUser(database.sql, as(party), { party, system, rights: [read, beyond] })
    expect(await create).toMatchObject({ kind: 'invalid', findings: [{ field: 'rights.1' }] })
    const { value } = done(await createSystemUser(database.sql, as(party), { party, system }))
    expect(await grantRights(database.sql, as(party), value.id, [beyond])).toMatchObject({ kind: 'invalid' })
    expect(await createSystemUser(database.sql, as(party), { party, system: `${vendor}_none` })).toMatchObject({
      kind: 'not-found',
      what: 'system',
    })
  })

  test('lose everything when withdrawn, and stay so', async () => {
    const { value } = done(await createSystemUser(database.sql, as(party), { party, system, rights: [read] }))
    const stale = { precondition: { ifMatch: ['0'] } }
    expect(await withdrawSystemUser(database.sql, as(party), value.id, stale)).toMatchObject({
      kind: 'precondition-failed',
      version: value.version,
    })
    done(await withdrawSystemUser(database.sql, as(party), value.id))
    expect(await findSystemUser(database.sql, value.id.toUpperCase())).toMatchObject({ withdrawn: true, rights: [] })
    expect(await grantRights(database.sql, as(party), value.id, [read])).toMatchObject({ kind: 'not-found' })
    expect(await findSystemUser(database.sql, 'not-a-uuid')).toBeUndefined()
  })

  test('lose the rights of a resource with it, and everything with their system', async () => {
    const id = `${vendor}_ending`
    done(await createResource(database.sql, as(owner), resourceDocument('ending-one')))
    done(
      await registerSystem(database.sql, as(vendor), {
        id,
        vendor,
        name: 'E',
        rights: [read, { resource: 'ending-one' }],
      }),
    )
    const rights = [read, { resource: 'ending-one', action: 'read' }]
    const { value } = done(await createSystemUser(database.sql, as(party), { party, system: id, rights }))
    const gone = done(await deleteResource(database.sql, administrator, 'ending-one'))
    expect((await changesAfter(database.sql, gone.epoch - 1))[0]?.entities).toContain(`system-user:${value.id}`)
    expect((await findSystemUser(database.sql, value.id))?.rights).toEqual([read])
    const ended = done(await deleteSystem(database.sql, as(vendor), id))
    expect((await changesAfter(database.sql, ended.epoch - 1))[0]?.entities).toEqual([
      `system-user:${value.id}`,
      `system:${id}`,
    ])
    expect(await findSystemUser(database.sql, value.id)).toMatchObject({ withdrawn: true, version: ended.epoch })
  })
})
