/** Grants that are being used: which changes concern them, what a look may find, and in which order answers may come. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { createWatcher, type WatcherOptions } from '../../src/decide/watch.ts'
import type { Collected, DecidedPart, Granted } from '../../src/steps.ts'
import { gate, settle } from './gate.ts'
import { toSearch } from './world.ts'

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})
afterEach(() => {
  vi.useRealTimers()
})

const interval = 1_000

function grantOn(...restsOn: readonly string[]): Granted<unknown> {
  const collected: Collected<unknown> = toSearch()
  const part: DecidedPart = {
    ask: collected.question.parts[0]!,
    decision: 'Permit',
    status: { codes: ['urn:oasis:names:tc:xacml:1.0:status:ok'] },
    obligations: [],
    advice: [],
    determining: [],
    attributes: [],
    policies: [],
    restsOn,
    versions: restsOn.map(() => 1n),
    cache: 'none',
  }
  return {
    kind: 'granted',
    decided: {
      kind: 'decided',
      collected,
      parts: [part],
      advisory: [],
      decision: 'Permit',
      epoch: 1n,
      engine: 'test',
      duration: 0,
    },
    discharges: [],
  }
}

function watcherWith(more: Partial<WatcherOptions>) {
  const seen = { revoked: 0, troubles: [] as boolean[] }
  const watcher = createWatcher({
    grantAgain: async (granted) => granted,
    holds: () => true,
    interval,
    onRevoked: () => {
      seen.revoked++
    },
    onTrouble: (_granted, _error, isEnded) => {
      seen.troubles.push(isEnded)
    },
    ...more,
  })
  return { watcher, seen }
}

const isRefused = { kind: 'problem', code: 'BRO-00006' }

test('a change ends what it takes the right from, and looks at nothing else', async () => {
  const grantAgain = vi.fn(async () => undefined)
  const { watcher, seen } = watcherWith({ grantAgain })
  const [concerned, other] = [watcher.watch(grantOn('policy:r', 'party:1')), watcher.watch(grantOn('policy:s'))]
  watcher.changed(['party:2', 'party:1'])
  await settle()
  expect(grantAgain).toHaveBeenCalledTimes(1)
  expect([concerned.signal.aborted, other.signal.aborted]).toEqual([true, false])
  expect(concerned.signal.reason).toEqual(isRefused)
  expect(seen).toEqual({ revoked: 1, troubles: [] })
})

test('a handler that asks for the signal late finds it aborted', async () => {
  const { watcher } = watcherWith({ grantAgain: async () => undefined })
  const watch = watcher.watch(grantOn('a'))
  watcher.changed(['a'])
  await settle()
  expect(watch.signal.aborted).toBe(true)
})

test('what is over is neither looked at nor ended', async () => {
  const decided = gate<undefined>()
  const grantAgain = vi.fn(() => decided.promise)
  const { watcher, seen } = watcherWith({ grantAgain })
  const watch = watcher.watch(grantOn('a'))
  watcher.changed(['a'])
  watch.release()
  decided.open(undefined)
  await settle()
  watcher.changed(['a'])
  expect([grantAgain.mock.calls.length, watch.signal.aborted, seen.revoked]).toEqual([1, false, 0])
})

test('changes during a look take one more look, after it: an older answer never comes last', async () => {
  const looks = [gate<Granted<unknown> | undefined>(), gate<Granted<unknown> | undefined>()]
  let next = 0
  const grantAgain = vi.fn(() => looks[next++]!.promise)
  const { watcher } = watcherWith({ grantAgain })
  const grant = grantOn('a')
  const { signal } = watcher.watch(grant)
  for (let time = 0; time < 10; time++) watcher.changed(['a'])
  expect(grantAgain).toHaveBeenCalledTimes(1)
  looks[0]!.open(grant)
  await settle()
  expect([grantAgain.mock.calls.length, signal.aborted]).toEqual([2, false])
  looks[1]!.open(undefined)
  await settle()
  expect([grantAgain.mock.calls.length, signal.aborted]).toEqual([2, true])
})

test('what a new policy looks at is watched from then on', async () => {
  let again: Granted<unknown> | undefined = grantOn('policy:r', 'party:1')
  const { watcher } = watcherWith({ grantAgain: async () => again })
  const { signal } = watcher.watch(grantOn('policy:r'))
  watcher.changed(['policy:r'])
  await settle()
  again = undefined
  watcher.changed(['party:1'])
  await settle()
  expect(signal.aborted).toBe(true)
})

test('and so it is when that changed while it was being decided', async () => {
  const again = grantOn('policy:r', 'party:1')
  const answers = [again, undefined]
  const { watcher } = watcherWith({ grantAgain: async () => answers.shift(), holds: (granted) => granted !== again })
  const { signal } = watcher.watch(grantOn('policy:r'))
  watcher.changed(['policy:r'])
  await settle()
  expect(signal.aborted).toBe(true)
})

test('looks that fail are told of, and the third in a row ends the act', async () => {
  const { watcher, seen } = watcherWith({ grantAgain: () => Promise.reject(new Error('gone')) })
  const { signal } = watcher.watch(grantOn('a'))
  watcher.changed(['a'])
  await settle()
  expect([seen.troubles, signal.aborted]).toEqual([[false], false])
  vi.advanceTimersByTime(interval)
  await settle()
  vi.advanceTimersByTime(interval)
  await settle()
  expect(seen.troubles).toEqual([false, false, true])
  expect(signal.reason).toEqual({ kind: 'problem', code: 'PVK-00010' })
  vi.advanceTimersByTime(10 * interval)
  await settle()
  expect(seen).toEqual({ revoked: 0, troubles: [false, false, true] })
})

test('one look that succeeds makes good for those that failed', async () => {
  let fails = true
  const { watcher, seen } = watcherWith({
    grantAgain: async (granted) => {
      if (fails) throw new Error('gone')
      return granted
    },
  })
  const { signal } = watcher.watch(grantOn('a'))
  for (const now of [true, true, false, true, true]) {
    fails = now
    watcher.changed(['a'])
    await settle()
  }
  expect([seen.troubles, signal.aborted]).toEqual([[false, false, false, false], false])
})

test('what depends on the clock is looked at at intervals', async () => {
  const grantAgain = vi.fn(async () => undefined)
  const { watcher } = watcherWith({ grantAgain })
  const { signal } = watcher.watch(grantOn('a'))
  // not before it is one interval old
  vi.advanceTimersByTime(interval)
  await settle()
  expect(signal.aborted).toBe(false)
  vi.advanceTimersByTime(interval)
  await settle()
  expect(signal.aborted).toBe(true)
  watcher.close()
  expect(vi.getTimerCount()).toBe(0)
})

test('at the end everything under way is told to stop', () => {
  const { watcher } = watcherWith({})
  const watches = [watcher.watch(grantOn('a')), watcher.watch(grantOn('b'))]
  watcher.abortAll()
  expect(watches.map(({ signal }) => signal.reason?.code)).toEqual(['PVK-00012', 'PVK-00012'])
})
