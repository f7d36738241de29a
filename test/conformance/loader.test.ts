/** Folders of cases as other suites might lay them out, and what is said of one that cannot be run. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { policy, policySet, rule } from '../xacml/policies.ts'
import { loadManifest } from './manifest.ts'
import { judge } from './run-suite.ts'

const namespace = 'urn:oasis:names:tc:xacml:3.0:core:schema:wd-17'
const request = `<Request xmlns="${namespace}" ReturnPolicyIdList="false" CombinedDecision="false"><Attributes Category="c"/></Request>`
const response = (decision: string) =>
  `<Response xmlns="${namespace}"><Result><Decision>${decision}</Decision></Result></Response>`
const permit = policy({ id: 'urn:permit', rules: rule('r', 'Permit') })
const broken = policy({ id: 'urn:broken', algorithm: 'none', rules: rule('r', 'Permit') })
const reference = '<PolicyIdReference>urn:permit</PolicyIdReference>'
const firstApplicable = '1.0:policy-combining-algorithm:first-applicable'
const set = policySet({ id: 'urn:set', algorithm: firstApplicable, children: reference })
const dangling = reference.replace('permit', 'nowhere')
const asked = { 'Request.xml': request, 'Response.xml': response('Permit') }

interface Row {
  readonly files: Readonly<Record<string, string>>
  readonly entry?: object
  /** What a failure says; none for a case that passes. */
  readonly says?: string
}

const rows: Readonly<Record<string, Row>> = {
  'the usual names': { files: { 'Policy.xml': permit, ...asked } },
  'names of its own': {
    files: { 'IIA001Policy.xml': permit, 'IIA001Request.xml': request, 'IIA001Response.xml': response('Permit') },
  },
  'JSON alone': {
    files: {
      'Policy.xml': permit,
      'Request.json': '{"Request":{}}',
      'Response.json': '{"Response":[{"Decision":"Permit"}]}',
    },
  },
  'a repository in folders': { files: { 'Policy.xml': set, 'PolicyRepository/deep/P.XML': permit, ...asked } },
  'no Policy.xml: the policy that no other refers to': {
    files: { 'Policies/a.xml': permit, 'Policies/b.xml': set, ...asked },
  },
  'a root by its id': {
    files: { 'Policies/a.xml': permit, 'Policies/b.xml': set, ...asked },
    entry: { setup: { rootPolicyRef: 'urn:permit' } },
  },
  'a root by its id and version': {
    files: { 'Policies/a.xml': permit, 'Policies/b.xml': set, ...asked },
    entry: { setup: { rootPolicyRef: { id: 'urn:set', version: '1.*' } } },
  },
  'a root by its file': {
    files: { 'Policies/a.xml': permit, 'Policies/b.xml': set, ...asked },
    entry: { setup: { rootPolicyRef: 'Policies/b.xml' } },
  },
  'a reference to nothing that no decision reaches': {
    files: {
      'Policy.xml': policySet({ algorithm: firstApplicable, children: permit + dangling }),
      ...asked,
    },
  },
  'a refusal, or Indeterminate': {
    files: { 'Policy.xml': policySet({ children: dangling }), 'Request.xml': request },
    entry: { expect: { outcome: 'policy-rejected', alternatives: ['response-indeterminate'] } },
  },
  'a policy that had to be refused': {
    files: { 'Policy.xml': permit, ...asked },
    entry: { expect: { outcome: 'policy-rejected' } },
    says: 'Permit',
  },
  'a request that had to be refused': {
    files: { 'Policy.xml': permit, ...asked },
    entry: { expect: { outcome: 'request-rejected' } },
    says: 'Permit',
  },
  'no policy': { files: { ...asked }, says: '`no policy/Policy.xml` is missing' },
  'no policy, though one may be refused': {
    files: { ...asked },
    entry: { expect: { outcome: 'response', alternatives: ['policy-rejected'] } },
    says: 'is missing',
  },
  'a missing root': {
    files: { 'Policies/a.xml': permit, ...asked },
    entry: { setup: { rootPolicyRef: 'urn:other' } },
    says: 'no policy of the case is its root',
  },
  'no request': { files: { 'Policy.xml': permit, 'Response.xml': response('Permit') }, says: '`Request.xml`' },
  'no response': { files: { 'Policy.xml': permit, 'Request.xml': request }, says: 'Response.json` is missing' },
  'no request to judge': { files: {}, entry: { expect: { outcome: 'json-request-valid' } }, says: 'Request.json' },
  'no folder': { files: {}, says: 'is missing' },
  'a broken policy': { files: { 'Policy.xml': broken, ...asked }, says: 'XACML-UNKNOWN-ALGORITHM' },
}

let folder: string

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'conformance-'))
  for (const [id, { files }] of Object.entries(rows)) {
    for (const [name, text] of Object.entries(files)) write(join(id, name), text)
  }
  write('manifest.json', JSON.stringify(Object.entries(rows).map(([id, { entry }]) => ({ id, ...entry }))))
})

afterAll(() => rmSync(folder, { recursive: true }))

function write(name: string, text: string): void {
  const file = join(folder, name)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
}

test.each(Object.entries(rows))('%s', (id, { says }) => {
  const one = loadManifest(folder).find((candidate) => candidate.id === id)!
  const { kind, mismatches } = judge(folder, one)
  expect([kind, says === undefined ? mismatches : '']).toEqual(says === undefined ? ['passed', []] : ['failed', ''])
  expect(mismatches[0]?.actual ?? '').toContain(says ?? '')
})

test.each([
  ['no manifest', undefined, 'cannot read the manifest'],
  ['a manifest that is no JSON', '{', 'cannot read the manifest'],
  ['a manifest without cases', '{"format":1}', 'has no list `cases`'],
])('%s', (_, text, says) => {
  const other = mkdtempSync(join(tmpdir(), 'conformance-'))
  if (text !== undefined) writeFileSync(join(other, 'manifest.json'), text)
  expect(() => loadManifest(other)).toThrow(says)
  rmSync(other, { recursive: true })
})
