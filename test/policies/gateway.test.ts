/** What must hold of the gateway's own policies whatever they say in detail, and of the examples as uploads. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { checkUpload } from '../../src/registry/check-upload.ts'
import { defaultLimits, type Policy, type PolicySet, type PolicySetChild, parsePolicy } from '../../src/xacml/index.ts'

const folder = join(import.meta.dirname, '../../policies')
const read = (name: string): Promise<string> => readFile(join(folder, name), 'utf8')

async function parse(name: string): Promise<Policy | PolicySet> {
  const parsed = parsePolicy(await read(name))
  if (!parsed.ok) throw new Error(parsed.problems[0].message)
  return parsed.value
}

/** Every rule with the ids of the policies and policy sets around it. */
function rulesIn(
  element: PolicySetChild,
  around: readonly string[] = [],
): readonly { id: string; effect: string; around: readonly string[] }[] {
  const within = [...around, element.id]
  if (element.kind === 'Policy') return element.rules.map(({ id, effect }) => ({ id, effect, around: within }))
  return element.kind === 'PolicySet' ? element.children.flatMap((child) => rulesIn(child, within)) : []
}

describe('gateway.xml', () => {
  it('permits inside the policy set `access` and nowhere else', async () => {
    const rules = rulesIn(await parse('gateway.xml'))
    const permits = rules.filter(({ effect }) => effect === 'Permit')
    expect(permits.length).toBeGreaterThan(0)
    expect(permits.filter(({ around }) => !around.includes('urn:portvakt:policyset:access'))).toEqual([])
  })

  it('refers to uploads and to administration inside `access` only', async () => {
    const references = (element: PolicySetChild, inside: boolean): readonly [string, boolean][] => {
      if (element.kind === 'Policy') return []
      if (element.kind !== 'PolicySet') return [[element.id, inside]]
      const within = inside || element.id === 'urn:portvakt:policyset:access'
      return element.children.flatMap((child) => references(child, within))
    }
    const found = references(await parse('gateway.xml'), false)
    expect(found.map(([id]) => id).sort()).toEqual([
      'urn:portvakt:policyset:administration',
      'urn:portvakt:policyset:resource',
    ])
    expect(found.filter(([, inside]) => !inside)).toEqual([])
  })

  it('ends in a Deny that nothing keeps from applying', async () => {
    const gateway = await parse('gateway.xml')
    const last = gateway.kind === 'PolicySet' ? gateway.children.at(-1) : undefined
    const rules = last?.kind === 'Policy' ? last.rules : []
    expect(last?.kind === 'Policy' && last.target.anyOf).toEqual([])
    expect(rules.map(({ effect, target, condition }) => [effect, target, condition])).toEqual([
      ['Deny', undefined, undefined],
    ])
  })
})

describe('the examples', async () => {
  const examples = (await readdir(join(folder, 'examples'))).filter((name) => name !== 'rbac')

  it.each(examples)('%s can be uploaded, without a warning of its own', async (name) => {
    const found = checkUpload(await read(`examples/${name}/policy.xml`), 'demo-file-transfer', defaultLimits)
    expect(found.filter(({ code }) => code !== 'XACML-DEPRECATED')).toEqual([])
  })

  it.each(examples)('%s is not accepted for another resource', async (name) => {
    const found = checkUpload(await read(`examples/${name}/policy.xml`), 'another-resource', defaultLimits)
    expect(found.map(({ code }) => code)).toContain('UPLOAD-FOREIGN-RESOURCE')
  })

  it('rbac is for the engine as a library, and no upload', async () => {
    const found = checkUpload(await read('examples/rbac/policy.xml'), 'demo-file-transfer', defaultLimits)
    expect(found.map(({ code }) => code)).toEqual(['UPLOAD-NOT-A-POLICY'])
  })
})
