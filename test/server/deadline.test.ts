/** A source that neither answers nor fails keeps nobody for ever, and nothing is handled after its time. */
import { expect, test, vi } from 'vitest'
import type { Route } from '../../src/pipeline.ts'
import { createDeadline, LateAnswer } from '../../src/server/deadline.ts'

const routeOf = (handle: () => Promise<never>): Route<null, null> => ({
  collect: () => new Promise(() => undefined),
  handle,
})
const act = (route: Route<null, null>) => route.handle(undefined as never, null, undefined as never)

test('who waits too long is told, and the handler does not begin any more', async () => {
  vi.useFakeTimers()
  const handle = vi.fn(() => new Promise<never>(() => undefined))
  const { route, within } = createDeadline(routeOf(handle), false, 1000)
  const answer = expect(within(new Promise(() => undefined))).rejects.toBeInstanceOf(LateAnswer)
  await vi.advanceTimersByTimeAsync(1001)
  await answer
  expect(() => act(route)).toThrow(LateAnswer)
  expect(handle).not.toHaveBeenCalled()
  vi.useRealTimers()
})

test.each([
  [true, 'pending'],
  [false, 'late'],
])('a handler that is long (%s) and still at work is %s', async (isLong, expected) => {
  vi.useFakeTimers()
  const { route, within } = createDeadline(
    routeOf(() => new Promise(() => undefined)),
    isLong,
    1000,
  )
  let state = 'pending'
  within(new Promise(() => undefined)).catch(() => {
    state = 'late'
  })
  void act(route)
  await vi.advanceTimersByTimeAsync(5000)
  expect(state).toBe(expected)
  vi.useRealTimers()
})

test('an answer in time is the answer', async () => {
  const { within } = createDeadline(
    routeOf(() => new Promise(() => undefined)),
    false,
    1000,
  )
  expect(await within(Promise.resolve(7))).toBe(7)
  await expect(within(Promise.reject(new Error('of its own')))).rejects.toThrow('of its own')
})
