/** Entries that the registry tests share: two service owners, a vendor, and a resource document. */
import type { Done, Result, Writer } from '../../src/registry/result.ts'

export const owner = '991825827'
export const stranger = '974760673'
export const party = '310000001'
export const vendor = '310000002'

export function as(organisation: string): Writer {
  return { kind: 'organisation', organisation }
}

export const administrator: Writer = { kind: 'administrator' }

const texts = { nb: 'Filer', nn: 'Filer', en: 'Files' }

export function resourceDocument(identifier: string, organization = owner, more: object = {}): object {
  return {
    identifier,
    title: texts,
    description: texts,
    rightDescription: texts,
    contactPoints: [],
    hasCompetentAuthority: { organization, orgcode: 'XYZ', name: texts },
    resourceType: 'BrokerService',
    ...more,
  }
}

/** The value of what was done; a refusal fails the test with its text. */
export function done<T>(result: Result<T>): Done<T> {
  if (result.kind !== 'done') throw new Error(`refused: ${JSON.stringify(result)}`)
  return result
}
