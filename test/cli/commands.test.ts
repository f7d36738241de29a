/** The commands that work on files. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { run } from './terminal.ts'

const examples = join(import.meta.dirname, '../../policies/examples')
const base = join(examples, 'broker-base/policy.xml')
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-cli-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

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
    const { code, out } = await run('check', base, '--resource', 'demo-file-transfer')
    expect(code).toBe(0)
    expect(out).toMatch(/1 document, 0 errors, 1 warning\n$/)
  })

  it('says where, with the code, and exits with 1', async () => {
    const broken = await file(
      'broken.xml',
      '<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p"\n  Version="1.0" RuleCombiningAlgId="nonsense"><Target/></Policy>',
    )
    const { code, out } = await run('check', base, broken)
    expect(code).toBe(1)
    expect(out).toMatch(/broken\.xml:\d+:\d+: error XACML-[A-Z-]+: .*nonsense/)
  })

  it('shows what cannot be seen by its number', async () => {
    const steering = await file(
      'steering.xml',
      '<Policy xmlns="urn:oasis:names:tc:xacml:3.0:core:schema:wd-17" PolicyId="p" Version="1.0"' +
        ' RuleCombiningAlgId="a\u009b31m\u202eb&#x1f600;&#xe0001;"><Target/></Policy>',
    )
    const { out } = await run('check', steering)
    expect(out).toMatch(/steering\.xml:\d+:\d+: error .*a\\u009b31m\\u202eb😀\\udb40\\udc01/u)
    expect(out).not.toMatch(/(?!\n)\p{C}/u)
  })

  it('applies the rules of uploads when it is told the resource', async () => {
    const { code, out } = await run('check', base, '--resource', 'another')
    expect(code).toBe(1)
    expect(out).toContain('UPLOAD-FOREIGN-RESOURCE')
  })

  it('names a file that is not there', async () => {
    const { code, err } = await run('check', join(folder, 'none.xml'))
    expect(code).toBe(1)
    expect(err).toMatch(/^portvakt check: `.*none\.xml` cannot be read: there is no such file\n$/)
  })
})

describe('evaluate', () => {
  it('answers in JSON and in XML', async () => {
    const asked = await file('write.json', request('write'))
    const json = await run('evaluate', '--policy', base, '--request', asked)
    expect(JSON.parse(json.out).Response[0].Decision).toBe('Permit')
    const xml = await run('evaluate', '--policy', base, '--request', asked, '--format', 'XML')
    expect(xml.out).toContain('<Decision>Permit</Decision>')
  })

  it('takes the time it is given', async () => {
    const asked = await file('write.json', request('write'))
    const policy = join(examples, 'time-limits/policy.xml')
    const at = (now: string) => run('evaluate', '--policy', policy, '--request', asked, '--now', now)
    const decision = async (now: string) => JSON.parse((await at(now)).out).Response[0].Decision
    expect([await decision('2026-02-01T00:00:00Z'), await decision('2026-05-01T00:00:00Z')]).toEqual([
      'Permit',
      'NotApplicable',
    ])
    expect(await at('2026-02-01')).toMatchObject({
      code: 2,
      err: expect.stringContaining('`--now` is not a dateTime'),
    })
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
    const { out } = await run('evaluate', ...rbac, '--request', asked)
    expect(JSON.parse(out).Response[0].Decision).toBe('Permit')
  })
})

describe('explain', () => {
  it('says in words what would have permitted', async () => {
    const asked = await file('read.json', request('read'))
    const short = await run('explain', '--policy', base, '--request', asked, '--short')
    expect(short.code).toBe(0)
    expect(short.out).toMatch(
      /^NotApplicable\n {2}not Permit, since action `read` is not among `write`, `publish` \(\d+:\d+\)\n/,
    )
    const long = await run('explain', '--policy', base, '--request', asked)
    expect(long.out).toContain('Rule urn:altinn:resource:ruleid:1, Permit: NotApplicable')
  })

  it('binds an upload under the gateway', async () => {
    const policies = join(examples, '..')
    const asked = await file('read.json', request('read'))
    const files = ['--policy', join(policies, 'gateway.xml'), '--policy', join(policies, 'administration.xml')]
    const bound = ['--bind', `urn:portvakt:policyset:resource=${base}`]
    const { out } = await run('explain', ...files, ...bound, '--request', asked, '--short')
    expect(out).toMatch(/^Deny\n {2}by rule known-operations of urn:portvakt:policy:scope/)
  })
})

describe('test', () => {
  it('runs the cases of a folder', async () => {
    const { code, out } = await run('test', join(examples, 'access-list'), '--mutants')
    expect(code).toBe(0)
    expect(out).toMatch(/(\d+) cases\n[\s\S]*applied +\d+[\s\S]*mutants of .* noticed, 100 %\n\1 of \1 cases pass\n$/)
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
    const { code, out } = await run('test', cases)
    expect(code).toBe(1)
    expect(out).toContain('  FAILED wrong\n    decision is Deny, expected Permit\n')
  })
})
