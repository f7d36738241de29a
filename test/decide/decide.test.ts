/**
 * What is decided while something changes: never kept under versions that are newer than what was looked at, and always
 * found not to hold. The database changes at the moment that hurts most; everything between it and the decision is real.
 */
import { beforeAll, describe, expect, test } from 'vitest'
import { askToSearch } from '../../src/collect/questions.ts'
import type { GatewayPolicies, StoredPolicy } from '../../src/decide/policy-store.ts'
import type { Decided } from '../../src/steps.ts'
import { defaultLimits } from '../../src/xacml/index.ts'
import { organisations, policyText } from '../support/gateway.ts'
import { createWorld, type Database, loadOwnPolicies, toSearch, type World } from './world.ts'

let policies: GatewayPolicies
beforeAll(async () => {
  policies = await loadOwnPolicies()
})

const { sender, stranger } = organisations
const policyOf = (organisation: string, version: number): StoredPolicy => ({
  text: policyText('r', { allow: [{ organisation, actions: ['read', 'write'] }] }),
  version,
})
const permitting: Database = { policy: policyOf(sender, 1), accessListMode: 'Disabled', members: [] }
const listing: Database = { ...permitting, accessListMode: 'Enabled', members: [sender] }
const worldOf = (database: Database, more: object = {}): World => createWorld({ policies, database, ...more })

const replacePolicy = (world: World, applied?: 'later'): void =>
  world.change(
    ['policy:r'],
    (database) => {
      database.policy = policyOf(stranger, 2)
    },
    applied,
  )
const takeOff = (world: World, applied?: 'later'): void =>
  world.change(
    [`party:${sender}`],
    (database) => {
      database.members = []
    },
    applied,
  )

const ask = (world: World): Promise<Decided<undefined>> => world.decider.decide(toSearch())
const levels = ({ parts }: Decided<undefined>): readonly string[] => parts.map(({ cache }) => cache)

describe('what does not change', () => {
  test('is decided once, and holds', async () => {
    const world = worldOf(listing)
    const first = await ask(world)
    const second = await ask(world)
    expect([first.decision, second.decision]).toEqual(['Permit', 'Permit'])
    expect([levels(first), levels(second)]).toEqual([['none'], ['memory']])
    expect([world.decider.holds(first), world.decider.holds(second)]).toEqual([true, true])
    expect(world.asked.policy).toBe(1)
  })

  test('holds although another entity has changed', async () => {
    const world = worldOf(listing)
    const decided = await ask(world)
    world.change(['policy:other', `party:${stranger}`], () => undefined)
    expect(world.decider.holds(decided)).toBe(true)
    expect(levels(await ask(world))).toEqual(['memory'])
  })
})

describe('a policy that is replaced while a decision waits', () => {
  const moments: readonly (readonly [string, (world: World) => Promise<void>])[] = [
    [
      'for the versions of the rest, its own known before',
      async (world) => {
        // both are known, and the party is not: the policy is taken, then the wait comes
        await world.decider.decide(toSearch(askToSearch('r', stranger)))
        world.meanwhile('versions', () => replacePolicy(world))
      },
    ],
    ['for its version', async (world) => world.meanwhile('versions', () => replacePolicy(world))],
    ['for its text', async (world) => world.meanwhile('policy', () => replacePolicy(world))],
    ['for what the policy looks at', async (world) => world.meanwhile('resource', () => replacePolicy(world))],
    [
      'with the feed behind',
      async (world) => {
        await ask(world)
        replacePolicy(world, 'later')
        world.distrust()
      },
    ],
  ]
  test.each(moments)('%s', async (...given) => {
    const [, prepare] = given
    const world = worldOf(listing)
    await prepare(world)
    const first = await ask(world)
    expect(first.decision === 'Permit' && world.decider.holds(first)).toBe(false)
    for (let time = 0; time < 2; time++) {
      const again = await ask(world)
      expect(again.decision).not.toBe('Permit')
      expect(world.decider.holds(again)).toBe(true)
    }
  })

  test('again and again is decided all the same, kept for nobody, and does not hold', async () => {
    const world = worldOf(listing)
    let version = 1
    const replace = (): void => {
      version++
      world.change(['policy:r', `party:${sender}:${version}`], (database) => {
        database.policy = policyOf(sender, version)
      })
      world.meanwhile('policy', replace)
    }
    world.meanwhile('policy', replace)
    const decided = await ask(world)
    expect(decided.decision).toBe('Permit')
    expect(world.decider.holds(decided)).toBe(false)
  })
})

test.each(['lists', 'resource'] as const)(
  'a list that changes while `%s` are looked up: old data is under its old version',
  async (source) => {
    const world = worldOf(listing)
    world.meanwhile(source, () => takeOff(world))
    const first = await ask(world)
    expect(world.decider.holds(first)).toBe(false)
    const again = await ask(world)
    expect([again.decision, levels(again).includes('memory')]).toEqual(['Deny', false])
    expect(world.decider.holds(again)).toBe(true)
  },
)

test('what was loaded ahead of the feed holds while the feed is behind, and when it has caught up', async () => {
  const world = worldOf(listing)
  takeOff(world, 'later')
  const decided = await ask(world)
  expect(decided.decision).toBe('Deny')
  expect(world.decider.holds(decided)).toBe(true)
  world.applyAll()
  expect(world.decider.holds(decided)).toBe(true)
})

test('nothing holds while the feed has not been read for too long', async () => {
  const world = worldOf(listing)
  const decided = await ask(world)
  world.distrust()
  expect(world.decider.holds(decided)).toBe(false)
  expect(world.decider.holds(await ask(world))).toBe(true)
})

describe('what is shared between nodes', () => {
  const sharedBy = (entries: Map<string, string>) => ({
    get: async (key: string) => entries.get(key),
    set: async (key: string, text: string) => void entries.set(key, text),
  })
  const decisionsOf = async (world: World): Promise<readonly string[]> => {
    const decided = await ask(world)
    return [decided.decision, ...levels(decided)]
  }

  test('is found by a node of the same installation', async () => {
    const shared = sharedBy(new Map())
    expect(await decisionsOf(worldOf(permitting, { shared }))).toEqual(['Permit', 'none'])
    expect(await decisionsOf(worldOf(permitting, { shared }))).toEqual(['Permit', 'redis'])
  })

  test('is not found by another installation, nor under another text of the same version', async () => {
    const shared = sharedBy(new Map())
    await ask(worldOf(listing, { shared }))
    const emptied = { ...listing, members: [] }
    expect((await decisionsOf(worldOf(emptied, { shared, installation: 'elsewhere' })))[0]).toBe('Deny')
    const replaced = { ...listing, policy: policyOf(stranger, 1) }
    expect(await decisionsOf(worldOf(replaced, { shared }))).not.toContain('Permit')
  })
})

test('what is Indeterminate is decided anew each time: a request that is too large, too', async () => {
  const entries = new Map<string, string>()
  const shared = {
    get: async (key: string) => entries.get(key),
    set: async (key: string, text: string) => void entries.set(key, text),
  }
  const world = worldOf(permitting, { shared, limits: { ...defaultLimits, bagSize: 1 } })
  for (let time = 0; time < 2; time++) {
    const decided = await ask(world)
    expect([decided.decision, ...levels(decided)]).toEqual(['Indeterminate', 'none', 'none'])
  }
  expect(entries.size).toBe(0)
})
