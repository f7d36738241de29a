/** The policy of a resource: loaded once for each version, by however many, and never replaced by an older one. */
import { beforeAll, expect, test, vi } from 'vitest'
import {
  createPolicyStore,
  type GatewayPolicies,
  type PolicyStoreOptions,
  type StoredPolicy,
} from '../../src/decide/policy-store.ts'
import { defaultLimits } from '../../src/xacml/index.ts'
import { policyText, usualAllowances } from '../support/gateway.ts'
import { gate } from './gate.ts'
import { loadOwnPolicies } from './world.ts'

let gateway: GatewayPolicies
beforeAll(async () => {
  gateway = await loadOwnPolicies()
})

const stored = (version: number): StoredPolicy => ({ text: policyText('r', { allow: usualAllowances }), version })
const storeWith = (load: PolicyStoreOptions['load']) =>
  createPolicyStore({ gateway, load, capacity: 10, limits: defaultLimits })

test('many that wait for one version load it once, and later ones have it at once', async () => {
  const loaded = gate<StoredPolicy>()
  const load = vi.fn(() => loaded.promise)
  const store = storeWith(load)
  const asked = Array.from({ length: 50 }, () => store.ofResource('r', 1n))
  loaded.open(stored(1))
  const policies = await Promise.all(asked)
  expect(load).toHaveBeenCalledTimes(1)
  expect(new Set(policies).size).toBe(1)
  expect(store.ofResource('r', 1n)).toBe(policies[0])
})

test('resources and versions are loaded each for themselves', async () => {
  const load = vi.fn(async () => stored(1))
  const store = storeWith(load)
  await Promise.all([store.ofResource('r', 1n), store.ofResource('s', 1n), store.ofResource('r', 2n)])
  expect(load).toHaveBeenCalledTimes(3)
})

test('a load that began before a change does not wait for, nor replace, the one after it', async () => {
  const [early, late] = [gate<StoredPolicy>(), gate<StoredPolicy>()]
  const load = vi.fn().mockReturnValueOnce(early.promise).mockReturnValueOnce(late.promise)
  const store = storeWith(load)
  const [old, current] = [store.ofResource('r', 1n), store.ofResource('r', 2n)]
  late.open(stored(2))
  expect((await current).version?.version).toBe('2')
  early.open(stored(1))
  expect((await old).version?.version).toBe('1')
  expect(store.ofResource('r', 2n)).toBe(await current)
  expect(load).toHaveBeenCalledTimes(2)
})

test('a load that fails fails for those who wait, and is tried again for the next', async () => {
  const failing = gate<StoredPolicy>()
  const load = vi.fn().mockReturnValueOnce(failing.promise).mockResolvedValue(stored(1))
  const store = storeWith(load)
  const asked = [store.ofResource('r', 1n), store.ofResource('r', 1n)]
  failing.fail(new Error('gone'))
  expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
  expect((await store.ofResource('r', 1n)).version?.version).toBe('1')
  expect(load).toHaveBeenCalledTimes(2)
})

test('that a resource has no policy is remembered too', async () => {
  const load = vi.fn(async () => undefined)
  const store = storeWith(load)
  expect(await store.ofResource('r', 0n)).toBe(store.none)
  expect(store.ofResource('r', 0n)).toBe(store.none)
  expect(load).toHaveBeenCalledTimes(1)
})
