import { beforeAll, describe, expect, test } from 'vitest'
import {
  approveForDisabledVirusScan,
  configureBroker,
  findBrokerConfiguration,
  printBrokerConfiguration,
} from '../../src/registry/broker-configuration.ts'
import { versionsOf } from '../../src/registry/changes.ts'
import { registryMigrations } from '../../src/registry/migrations.ts'
import { findResourceFacts, findTransferResource } from '../../src/registry/resource-facts.ts'
import {
  createResource,
  deleteResource,
  findResource,
  listResources,
  updateResource,
} from '../../src/registry/resources.ts'
import { findServiceOwnerByCode, registerServiceOwner } from '../../src/registry/service-owners.ts'
import { withDatabase } from '../support/database.ts'
import { administrator, as, done, owner, resourceDocument, stranger } from './entries.ts'

const database = withDatabase({ migrations: registryMigrations })

beforeAll(async () => {
  done(await registerServiceOwner(database.sql, { organisation: owner, name: 'Testdepartementet', code: 'TTD' }))
})

describe('service owners', () => {
  test('have one code each, derived when none is given, unique among all', async () => {
    const first = done(await registerServiceOwner(database.sql, { organisation: '100000001', name: 'Ærlig Å-etat' }))
    const second = done(await registerServiceOwner(database.sql, { organisation: '100000002', name: 'ærlig og snill' }))
    expect([first.value.code, second.value.code]).toEqual(['aerlig', 'aerlig-100000002'])
    expect((await findServiceOwnerByCode(database.sql, 'AERLIG'))?.organisation).toBe('100000001')
  })

  test('are refused twice, with a code of another, and with a bad number', async () => {
    const register = (organisation: string, code?: string) =>
      registerServiceOwner(database.sql, { organisation, name: 'x', code })
    expect(await register(owner)).toMatchObject({ kind: 'exists' })
    expect(await register('100000003', 'ttd')).toMatchObject({ kind: 'exists', what: 'organisation code `ttd`' })
    expect(await register('12', 'ok')).toMatchObject({ kind: 'invalid', findings: [{ field: 'organisation' }] })
  })
})

describe('resources', () => {
  test('are created, read, changed and deleted by their owner', async () => {
    const created = done(await createResource(database.sql, as(owner), resourceDocument('life-cycle')))
    expect(created.value).toMatchObject({
      identifier: 'life-cycle',
      owner,
      orgCode: 'xyz',
      accessListMode: 'Disabled',
      version: created.epoch,
    })
    const changed = resourceDocument('life-cycle', owner, { accessListMode: 'enabled', resourceType: 'brokerservice' })
    const updated = done(await updateResource(database.sql, as(owner), 'life-cycle', changed))
    expect(updated.value).toMatchObject({
      accessListMode: 'Enabled',
      resourceType: 'BrokerService',
      version: updated.epoch,
    })
    expect(await versionsOf(database.sql, ['resource:life-cycle', 'resource:none'])).toEqual(
      new Map([['resource:life-cycle', updated.epoch]]),
    )
    done(await deleteResource(database.sql, as(owner), 'life-cycle'))
    expect(await findResource(database.sql, 'life-cycle')).toBeUndefined()
    expect(await createResource(database.sql, as(stranger), resourceDocument('life-cycle', stranger))).toMatchObject({
      kind: 'exists',
    })
  })

  test('cannot be taken over by naming oneself as owner', async () => {
    done(await createResource(database.sql, as(owner), resourceDocument('taken')))
    const takeover = resourceDocument('taken', stranger)
    expect(await updateResource(database.sql, as(stranger), 'taken', takeover)).toMatchObject({ kind: 'not-owner' })
    expect(await updateResource(database.sql, as(stranger), 'taken', resourceDocument('taken'))).toMatchObject({
      kind: 'not-owner',
    })
    expect(await updateResource(database.sql, as(stranger), 'taken', {})).toMatchObject({ kind: 'not-owner' })
    expect(await updateResource(database.sql, as(owner), 'taken', takeover)).toMatchObject({ kind: 'invalid' })
    expect(await updateResource(database.sql, administrator, 'taken', takeover)).toMatchObject({ kind: 'invalid' })
    expect(await deleteResource(database.sql, as(stranger), 'taken')).toMatchObject({ kind: 'not-owner' })
    expect(await createResource(database.sql, as(stranger), resourceDocument('other'))).toMatchObject({
      kind: 'not-owner',
    })
    expect((await findResource(database.sql, 'taken'))?.owner).toBe(owner)
  })

  test('honour preconditions', async () => {
    const { value } = done(
      await createResource(database.sql, as(owner), resourceDocument('conditional'), {
        precondition: { ifNoneMatch: '*' },
      }),
    )
    const update = (precondition: object) =>
      updateResource(database.sql, as(owner), 'conditional', resourceDocument('conditional'), { precondition })
    const updated = done(await update({ ifMatch: [String(value.version)] }))
    expect(await update({ ifMatch: [String(value.version)] })).toEqual({
      kind: 'precondition-failed',
      what: 'resource',
      version: updated.epoch,
    })
    expect(await update({ ifNoneMatch: '*' })).toMatchObject({ kind: 'precondition-failed' })
    done(await update({ ifMatch: '*' }))
    const missing = updateResource(database.sql, as(owner), 'nowhere', resourceDocument('nowhere'), {
      precondition: { ifMatch: '*' },
    })
    expect(await missing).toEqual({ kind: 'precondition-failed', what: 'resource' })
    expect(await updateResource(database.sql, as(owner), 'nowhere', resourceDocument('nowhere'))).toMatchObject({
      kind: 'not-found',
    })
  })

  test('are searched', async () => {
    done(
      await createResource(
        database.sql,
        as(owner),
        resourceDocument('search-one', owner, { title: { nb: '100% Møte', nn: 'a', en: 'b' } }),
      ),
    )
    const found = async (text: string) => (await listResources(database.sql, { text })).map((row) => row.identifier)
    expect(await found('100% mø')).toEqual(['search-one'])
    expect(await found('1_0')).toEqual([])
    expect(await listResources(database.sql, { owner: stranger })).toEqual([])
    expect((await listResources(database.sql, { after: 'search-n', limit: 1 })).map((row) => row.identifier)).toEqual([
      'search-one',
    ])
  })

  const wrong: [name: string, more: object, ...fields: string[]][] = [
    ['identifier too short', { identifier: 'abc' }, 'identifier'],
    ['identifier in capitals', { identifier: 'ABCD' }, 'identifier'],
    ['identifier of an app', { identifier: 'app_xyz_a' }, 'identifier'],
    ['identifier of an old service', { identifier: 'se_12_1' }, 'identifier'],
    ['type Default', { resourceType: 'Default' }, 'resourceType'],
    ['type unknown', { resourceType: 'Nothing' }, 'resourceType'],
    ['no owner', { hasCompetentAuthority: { orgcode: 'abc' } }, 'hasCompetentAuthority.organization'],
    [
      'two languages missing, in two texts',
      { title: { nb: 'a' }, description: { nb: 'a', nn: '', en: 'b' } },
      'title.nn',
      'title.en',
      'description.nn',
    ],
    [
      'no right description',
      { rightDescription: null },
      'rightDescription.nb',
      'rightDescription.nn',
      'rightDescription.en',
    ],
    ['scope missing', { resourceType: 'MaskinportenSchema' }, 'resourceReferences'],
    ['too many contact points', { contactPoints: Array.from({ length: 501 }, () => ({})) }, 'contactPoints'],
  ]
  test.each(wrong)('refused: %s', async (_name, more, ...fields) => {
    const result = await createResource(database.sql, as(owner), resourceDocument('wrong-one', owner, more))
    expect(result.kind === 'invalid' && result.findings.map((finding) => finding.field)).toEqual(fields)
  })

  test('the test department needs no organisation number', async () => {
    const more = { hasCompetentAuthority: { orgcode: 'TTD' }, delegable: false, rightDescription: null }
    expect(
      done(await createResource(database.sql, as(owner), resourceDocument('of-ttd', owner, more))).value.owner,
    ).toBe(owner)
  })
})

test.each(['a\0b', 'half a pair \ud83d'])('a text that cannot be stored is refused: %j', async (text) => {
  const more = { title: { nb: text, nn: 'b', en: 'c' } }
  const result = await createResource(database.sql, as(owner), resourceDocument('unstorable', owner, more))
  expect(result).toMatchObject({ kind: 'invalid' })
  expect(await findResource(database.sql, text)).toBeUndefined()
})

test('names are understood in any case, at every depth', async () => {
  const given = resourceDocument('any-case', owner, { Title: { nb: 'a', nn: 'b', en: 'c' }, AccessListMode: 'Enabled' })
  const spelled = JSON.parse(JSON.stringify(given).replace('"organization":"', '"Organization":"0192:'))
  const { value } = done(await createResource(database.sql, as(owner), spelled))
  expect(value).toMatchObject({ owner, accessListMode: 'Enabled', document: { title: { nb: 'a' } } })
  const configured = done(await configureBroker(database.sql, as(owner), 'any-case', { MaxFileTransferSize: 5 }))
  expect(configured.value.maxFileTransferSize).toBe(5)
})

describe('broker configuration', () => {
  beforeAll(async () => {
    done(await createResource(database.sql, as(owner), resourceDocument('transfers')))
    done(await createResource(database.sql, as(stranger), resourceDocument('unregistered', stranger)))
  })
  const configure = (body: unknown, resource = 'transfers', writer = as(owner)) =>
    configureBroker(database.sql, writer, resource, body)

  test('absent stays, null resets, durations come out in ISO 8601', async () => {
    expect(await findBrokerConfiguration(database.sql, 'transfers')).toBeUndefined()
    expect(await findResourceFacts(database.sql, 'transfers')).toEqual({
      owner,
      accessListMode: 'Disabled',
      configured: false,
      delegable: true,
    })
    done(
      await configure({
        maxFileTransferSize: 1000,
        fileTransferTimeToLive: 'P1M',
        purgeFileTransferGracePeriod: 'PT90M',
        requiredParty: '0192:991825827',
      }),
    )
    const second = done(
      await configure({ maxFileTransferSize: null, purgeFileTransferAfterAllRecipientsConfirmed: false }),
    )
    expect(printBrokerConfiguration(second.value)).toEqual({
      maxFileTransferSize: null,
      fileTransferTimeToLive: 'P30D',
      purgeFileTransferAfterAllRecipientsConfirmed: false,
      purgeFileTransferGracePeriod: 'PT1H30M',
      useManifestFileShim: null,
      externalServiceCodeLegacy: null,
      externalServiceEditionCodeLegacy: null,
      requiredParty: '991825827',
    })
    const third = done(await configure({ purgeFileTransferAfterAllRecipientsConfirmed: null, requiredParty: '' }))
    expect(third.value).toMatchObject({
      purgeAfterAllConfirmed: true,
      requiredParty: null,
      timeToLiveSeconds: 2_592_000,
    })
    expect(done(await configure(printBrokerConfiguration(third.value))).value).toMatchObject({
      timeToLiveSeconds: 2_592_000,
    })
    expect(await findTransferResource(database.sql, 'transfers')).toEqual({
      id: 'transfers',
      owner,
      ownerIsRegistered: true,
      configured: true,
      timeToLive: 2_592_000,
      purgeAfterAllConfirmed: true,
      purgeGracePeriod: 5_400,
      approvedForUnscannedFiles: false,
    })
  })

  const refused: [body: object, ...codes: (string | undefined)[]][] = [
    [{ maxFileTransferSize: -1, fileTransferTimeToLive: 'soon' }, 'BRO-00011', 'BRO-00014'],
    [{ maxFileTransferSize: 0, purgeFileTransferGracePeriod: '2h' }, 'BRO-00012', 'BRO-00017'],
    [{ maxFileTransferSize: 50_000_000_001 }, 'BRO-00013'],
    [{ maxFileTransferSize: 1_677_721_600_001 }, 'BRO-00022'],
    [{ fileTransferTimeToLive: 'P366D' }, 'BRO-00015'],
    [{ fileTransferTimeToLive: '-P1D' }, 'BRO-00014'],
    [{ purgeFileTransferGracePeriod: 'PT24H1S' }, 'BRO-00018'],
    [{ useManifestFileShim: true, externalServiceCodeLegacy: '1234' }, 'BRO-00023'],
    [{ externalServiceCodeLegacy: '12345678' }, undefined],
    [{ requiredParty: 'someone' }, undefined],
    [{ maxFileTransferSize: 1.5 }, undefined],
  ]
  test.each(refused)('refused: %j', async (body, ...codes) => {
    const before = await findBrokerConfiguration(database.sql, 'transfers')
    const result = await configure(body)
    expect(result.kind === 'invalid' && result.findings.map((finding) => finding.code)).toEqual(codes)
    expect(await findBrokerConfiguration(database.sql, 'transfers')).toEqual(before)
  })

  test('an approved resource may be larger', async () => {
    done(await approveForDisabledVirusScan(database.sql, 'transfers', true))
    expect(done(await configure({ maxFileTransferSize: 1_677_721_600_000 })).value.maxFileTransferSize).toBe(
      1_677_721_600_000,
    )
  })

  test('belongs to the owner of the stored resource, who must be registered', async () => {
    expect(await configure({}, 'transfers', as(stranger))).toMatchObject({ kind: 'not-owner' })
    expect(await configure({}, 'nowhere')).toMatchObject({ kind: 'not-found' })
    expect(await configure({}, 'unregistered', as(stranger))).toMatchObject({
      kind: 'invalid',
      findings: [{ code: 'BRO-00024' }],
    })
  })
})
