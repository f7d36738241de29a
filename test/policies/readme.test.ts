/** What policies/README.md says is so: every attribute stands in its table, its examples and findings exist. */
import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { attributeNames } from '../../src/cli/explain.ts'
import { action, currentTimes, environment, resource, subject } from '../../src/collect/vocabulary.ts'
import {
  defaultLimits,
  explain,
  type Policy,
  type PolicySet,
  parseCases,
  parsePolicy,
  parseRequestJson,
  printExplanation,
} from '../../src/xacml/index.ts'

const policies = join(import.meta.dirname, '../../policies')
const readme = await readFile(join(policies, 'README.md'), 'utf8')
const rows = [...readme.matchAll(/^\| (subject|resource|action|environment) \| `([^`]+)` \|/gm)].map(
  ([, category, id]) => `${category} ${id}`,
)

describe('the table of attributes', () => {
  const known = [
    ...Object.values(subject).map((id) => `subject ${id}`),
    ...Object.values(resource).map((id) => `resource ${id}`),
    ...Object.values(action).map((id) => `action ${id}`),
    ...[...Object.values(environment), ...currentTimes].map((id) => `environment ${id}`),
  ]

  it('has every attribute of the gateway, once', () => {
    expect(known.filter((one) => !rows.includes(one))).toEqual([])
    expect(new Set(rows).size).toBe(rows.length)
  })

  it('has no attribute that nobody gives, but for access packages', () => {
    expect(rows.filter((row) => !known.includes(row))).toEqual(['subject urn:altinn:accesspackage'])
  })
})

describe('the examples', () => {
  it('are those of the folder', async () => {
    const named = [...readme.matchAll(/^\| `([a-z-]+)` \| /gm)].map(([, name]) => name).sort()
    expect(named).toEqual((await readdir(join(policies, 'examples'))).sort())
  })

  it('have cases of the form that is shown', () => {
    const [, shown] = /```json\n([\s\S]*?)```/.exec(readme) ?? []
    expect(parseCases(shown ?? '').ok).toBe(true)
  })

  it('are explained as it is shown', async () => {
    const parsed = parsePolicy(await readFile(join(policies, 'examples/broker-base/policy.xml'), 'utf8'))
    const attribute = (AttributeId: string, Value: string) => ({ Attribute: [{ AttributeId, Value }] })
    const request = parseRequestJson(
      JSON.stringify({
        Request: {
          AccessSubject: attribute(subject.organisation, '910753614'),
          Resource: attribute(resource.id, 'demo-file-transfer'),
          Action: attribute(action.id, 'read'),
        },
      }),
    )
    if (!parsed.ok || !request.ok) throw new Error('the example cannot be read')
    const policy: Policy | PolicySet = parsed.value
    const options = { now: '2026-01-01T00:00:00Z', limits: defaultLimits, names: attributeNames }
    const printed = printExplanation(explain(policy, request.value, options), { short: true })
    const [, shown] = /```text\n([\s\S]*?)```/.exec(readme) ?? []
    expect(printed).toBe(shown)
  })
})

describe('the findings of uploads', () => {
  it('are those that are named', async () => {
    const source = await readFile(join(policies, '../src/registry/check-upload.ts'), 'utf8')
    const codes = (text: string) => [...new Set(text.match(/\b(?:UPLOAD|LINT)-[A-Z-]+/g))].sort()
    expect(codes(readme)).toEqual(codes(source))
  })
})
