import { describe, expect, it } from 'vitest'
import { GroupCommit, type GroupCommitOptions } from '../../src/record/group-commit.ts'

function group(commit: GroupCommitOptions<number>['commit'], change: Partial<GroupCommitOptions<number>> = {}) {
  return new GroupCommit<number>({
    commit,
    isLasting: (error) => error instanceof RangeError,
    lanes: 2,
    largestBatch: 10,
    largestBatchSize: 100,
    backlog: 1_000,
    patience: 5_000,
    gather: 0,
    clock: () => performance.now(),
    ...change,
  })
}

const never = (): Promise<void> => new Promise(() => {})

describe('group commit', () => {
  it('keeps order, batch and size limits, and no more lanes than allowed', async () => {
    const batches: number[][] = []
    let running = 0
    let mostRunning = 0
    const commits = group(async (batch) => {
      mostRunning = Math.max(mostRunning, ++running)
      await new Promise((resolve) => setImmediate(resolve))
      batches.push([...batch])
      running--
    })
    await Promise.all(Array.from({ length: 95 }, (_, item) => commits.add(item, item === 50 ? 1_000 : 1)))
    expect(batches.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 95 }, (_, item) => item))
    expect(Math.max(...batches.map((batch) => batch.length))).toBeLessThanOrEqual(10)
    expect(mostRunning).toBe(2)
    expect(commits.pending).toBe(0)
  })

  it('fails only the item that is to blame', async () => {
    const commits = group(async (batch) => {
      if (batch.includes(13)) throw new RangeError('unlucky')
    })
    const results = await Promise.allSettled(Array.from({ length: 20 }, (_, item) => commits.add(item, 1)))
    const failed = results.flatMap((result, item) => (result.status === 'rejected' ? [[item, result.reason.code]] : []))
    expect(failed).toEqual([[13, 'RECORD_REJECTED']])
  })

  it('tries again what failed for a reason that may pass', async () => {
    const attempts: number[] = []
    const commits = group(async (_, attempt) => {
      attempts.push(attempt)
      if (attempt < 2) throw new Error('the database is away')
    })
    await commits.add(1, 1)
    expect(attempts).toEqual([0, 1, 2])
  })

  it('refuses when too much is waiting', async () => {
    const commits = group(never, { backlog: 3 })
    for (const item of [1, 2, 3]) commits.add(item, 1).catch(() => {})
    await expect(commits.add(4, 1)).rejects.toMatchObject({ code: 'RECORD_BACKLOG' })
  })

  it('fails what is not durable in time, on its way or waiting', async () => {
    const commits = group(never, { patience: 1, lanes: 1, largestBatch: 1 })
    const both = await Promise.allSettled([commits.add(1, 1), commits.add(2, 1)])
    for (const result of both)
      expect(result).toMatchObject({ status: 'rejected', reason: { code: 'RECORD_UNAVAILABLE' } })
  })

  it('drains on close and takes nothing more', async () => {
    const written: number[] = []
    const commits = group(async (batch) => void written.push(...batch), { gather: 60_000 })
    const adding = commits.add(1, 1)
    await commits.close()
    await adding
    expect(written).toEqual([1])
    await expect(commits.add(2, 1)).rejects.toMatchObject({ code: 'RECORD_CLOSED' })
  })
})
