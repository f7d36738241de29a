/** The commands that work on files, run in this process with what they print caught. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest'
import { check } from '../../src/cli/check.ts'
import { evaluate } from '../../src/cli/evaluate.ts'
import { explain } from '../../src/cli/explain.ts'
import { test as runTests } from '../../src/cli/test.ts'

const examples = join(import.meta.dirname, '../../policies/examples')
const base = join(examples, 'broker-base/policy.xml')
let folder: string
let printed = ''

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

beforeEach(() => {
  printed = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    printed += String(text)
    return true
  })
  return () => vi.restoreAllMocks()
})

async function file(name: string, text: string): Promise<string> {
  await writeFile(join(folder, name), text)
  return join(folder, name)
}

const request = (action: string) =>
  JSON.stringify({
    Request: {
      AccessSubject: { Attribute: [{ AttributeId: 'urn:altinn:organization:identifier-no', Value: '910753614' }] },
      Resource: { Attribute: [{ AttributeId: 'urn:altinn:resource', Value: 'demo-file-transfer' }] },
      Action: { Attribute: [{ AttributeId: 'urn:oasis:names:tc:xacml:1.0:action:action-id', Value: action }] },
    },
  })

describe('check', () => {
  it('finds nothing wrong with an example, also as an upload', async () => {
    expect(await check([base, '--resource', 'demo-file-transfer'])).toBe(0)
    expect(printed).toMatch(/1 document, 0 errors, 1 warnings\n$/)
  })

  it('says where, with the code, and exits with 1', async () => {
    const broken = await file(
      'broken.xml',
      '<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p"\n  Version="1.0" RuleCombiningAlgId="nonsense"><Target/></Policy>',
    )
    expect(await check([base, broken])).toBe(1)
    expect(printed).toMatch(/broken\.xml:\d+:\d+: error XACML-[A-Z-]+: .*nonsense/)
  })

  it('applies the rules of uploads when it is told the resource', async () => {
    expect(await check([base, '--resource', 'another'])).toBe(1)
    expect(printed).toContain('UPLOAD-FOREIGN-RESOURCE')
  })

  it('says how it is used', async () => {
    expect(await check([])).toBe(2)
    expect(printed).toMatch(/^usage: portvakt check/)
  })

  it('names a file that is not there', async () => {
    await expect(check([join(folder, 'none.xml')])).rejects.toThrow(/none\.xml` cannot be read/)
  })
})

describe('evaluate', () => {
  it('answers in JSON and in XML', async () => {
    const asked = await file('write.json', request('write'))
    expect(await evaluate(['--policy', base, '--request', asked])).toBe(0)
    expect(JSON.parse(printed).Response[0].Decision).toBe('Permit')
    printed = ''
    expect(await evaluate(['--policy', base, '--request', asked, '--format', 'xml'])).toBe(0)
    expect(printed).toContain('<Decision>Permit</Decision>')
  })

  it('takes the time it is given', async () => {
    const asked = await file('write.json', request('write'))
    const at = async (now: string) => {
      printed = ''
      await evaluate(['--policy', join(examples, 'time-limits/policy.xml'), '--request', asked, '--now', now])
      return JSON.parse(printed).Response[0].Decision
    }
    expect([await at('2026-02-01T00:00:00Z'), await at('2026-05-01T00:00:00Z')]).toEqual(['Permit', 'NotApplicable'])
    await expect(at('2026-02-01')).rejects.toThrow(/`--now` is not a dateTime/)
  })

  it('follows references to further policies', async () => {
    const asked = await file(
      'role.json',
      request('write').replace(
        '"Attribute":[{',
        '"Attribute":[{"AttributeId":"urn:oasis:names:tc:xacml:2.0:subject:role","DataType":"anyURI","Value":"urn:example:role:manager"},{',
      ),
    )
    const rbac = ['--policy', join(examples, 'rbac/policy.xml'), '--policy', join(examples, 'rbac/permissions.xml')]
    await evaluate([...rbac, '--request', asked])
    expect(JSON.parse(printed).Response[0].Decision).toBe('Permit')
  })
})

describe('explain', () => {
  it('says in words what would have permitted', async () => {
    const asked = await file('read.json', request('read'))
    expect(await explain(['--policy', base, '--request', asked, '--short'])).toBe(0)
    expect(printed).toMatch(
      /^NotApplicable\n {2}not Permit, since action `read` is not among `write`, `publish` \(\d+:\d+\)\n/,
    )
    printed = ''
    await explain(['--policy', base, '--request', asked])
    expect(printed).toContain('Rule urn:altinn:resource:ruleid:1, Permit: NotApplicable')
  })

  it('binds an upload under the gateway', async () => {
    const policies = join(examples, '..')
    const asked = await file('read.json', request('read'))
    const files = ['--policy', join(policies, 'gateway.xml'), '--policy', join(policies, 'administration.xml')]
    await explain([...files, '--bind', `urn:portvakt:policyset:resource=${base}`, '--request', asked, '--short'])
    expect(printed).toMatch(/^Deny\n {2}by rule known-operations of urn:portvakt:policy:scope/)
  })
})

describe('test', () => {
  it('runs the cases of a folder', async () => {
    expect(await runTests([join(examples, 'access-list'), '--mutants'])).toBe(0)
    expect(printed).toMatch(/10 cases\n[\s\S]*applied {3}2[\s\S]*mutants of .* noticed, 100 %\n10 of 10 cases pass\n$/)
  })

  it('shows what is not as expected, and exits with 1', async () => {
    const cases = await file(
      'cases.json',
      JSON.stringify({ policy: 'policy.xml', cases: [{ description: 'wrong', request: {}, decision: 'Permit' }] }),
    )
    await file(
      'policy.xml',
      '<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0" RuleCombiningAlgId="urn:oasis:names:tc:xacml:3.0:rule-combining-algorithm:deny-overrides"><Target/><Rule RuleId="r" Effect="Deny"/></Policy>',
    )
    expect(await runTests([cases])).toBe(1)
    expect(printed).toContain('  FAILED wrong\n    decision is Deny, expected Permit\n')
  })
})
