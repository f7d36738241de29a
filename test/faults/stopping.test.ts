/** Told to stop at any moment, a process stops whole: nothing of it runs afterwards, and what it had begun is undone. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { spawnGateway, startGateway } from '../support/process.ts'

const root = mkdtempSync(join(tmpdir(), 'portvakt-stopping-'))
// as root the database runs under an account of its own, which has to pass
chmodSync(root, 0o711)
afterAll(() => rmSync(root, { recursive: true, force: true, maxRetries: 5 }))

let count = 0
const newFolder = (): string => join(root, `data-${++count}`)

/** Numbers of the processes that PostgreSQL runs on a folder; they name it on their command line. */
const processesOf = (folder: string): readonly string[] =>
  readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8')
      return line.includes(join(folder, 'database')) && !line.includes('cli.ts')
    } catch {
      return false
    }
  })

const filesIn = (folder: string): readonly string[] => {
  try {
    return readdirSync(folder)
  } catch {
    return []
  }
}

describe.skipIf(process.platform !== 'linux')('stopping', () => {
  const moments: readonly (readonly [when: string, has: (folder: string) => boolean])[] = [
    ['the database is being made', (folder) => filesIn(folder).some((name) => name.startsWith('database.new-'))],
    ['the database is starting', (folder) => filesIn(folder).includes('database-start.log')],
    ['the database is up', (folder) => filesIn(join(folder, 'database')).includes('postmaster.pid')],
  ]
  test.each(moments)('SIGTERM while %s', async (_, has) => {
    const folder = newFolder()
    const gateway = spawnGateway(folder, { PORTVAKT_LOG_LEVEL: 'info' })
    await expect.poll(() => has(folder), { interval: 2, timeout: 20_000 }).toBe(true)
    gateway.child.kill('SIGTERM')
    expect(await gateway.ended).toBe(0)
    expect(processesOf(folder)).toEqual([])
    expect(filesIn(folder).filter((name) => name.startsWith('database.new-'))).toEqual([])
    expect(gateway.output()).toContain('"reason":"SIGTERM","message":"stopping"')
    expect(gateway.output()).toContain('"message":"stopped"')
  })

  test('a second signal does not wait, and takes the database along', async () => {
    const folder = newFolder()
    const gateway = await startGateway(folder, { PORTVAKT_SHUTDOWN_SECONDS: '60', PORTVAKT_LOG_LEVEL: 'info' })
    const hanging = fetch(`${gateway.url}/development/token`, {
      method: 'POST',
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
      body: new ReadableStream({ start: (controller) => controller.enqueue(Buffer.from('{')) }),
    } as RequestInit).catch(() => undefined)
    await new Promise((resolve) => setTimeout(resolve, 200))
    gateway.kill('SIGINT')
    await expect.poll(() => gateway.output(), { timeout: 10_000 }).toContain('"message":"stopping"')
    // later than an echo of the first
    await new Promise((resolve) => setTimeout(resolve, 400))
    gateway.kill('SIGINT')
    expect(await gateway.ended).toBe(130)
    await expect.poll(() => processesOf(folder), { timeout: 10_000 }).toEqual([])
    await hanging
  })

  test.each(['start', 'demo'])('nobody reads the output of `%s` any more', async (command) => {
    const folder = newFolder()
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', 'src/cli.ts', command, '--port', '0', '--data-folder', folder],
      { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'pipe'] },
    )
    let complaint = ''
    child.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    const ended = once(child, 'exit')
    await Promise.race([once(child.stdout, 'data'), ended])
    child.stdout.destroy()
    const [code] = await ended
    expect({ code, complaint }).toEqual({ code: 0, complaint: '' })
    expect(processesOf(command === 'demo' ? join(folder, 'demo') : folder)).toEqual([])
  })

  describe('nobody reads why it cannot start: it ends all the same, after a line, or before any', () => {
    let running: Awaited<ReturnType<typeof startGateway>> | undefined
    let used = ''
    beforeAll(async () => {
      used = newFolder()
      running = await startGateway(used)
    })
    afterAll(async () => {
      running?.kill('SIGTERM')
      await running?.ended
    })
    const reasons: readonly (readonly [what: string, options: () => readonly string[]])[] = [
      ['the data folder is in use', () => ['--data-folder', used, '--port', '0']],
      ['the port is in use', () => ['--data-folder', newFolder(), '--port', String(running?.port)]],
      ['a setting is wrong', () => ['--port', '99999']],
    ]
    const cases = reasons.flatMap(([what, options]) => [0, 1].map((lines) => [what, lines, options] as const))
    test.each(cases)('%s, %i read', async (_, lines, options) => {
      // standard error goes the same way, as `2>&1 | head -1` has it
      const child = spawn(
        'sh',
        ['-c', 'exec "$@" 2>&1', 'sh', process.execPath, '--import', 'tsx', 'src/cli.ts', 'start', ...options()],
        { cwd: join(import.meta.dirname, '../..'), stdio: ['ignore', 'pipe', 'ignore'] },
      )
      // what spins at its end takes no SIGTERM any more
      const killed = setTimeout(() => child.kill('SIGKILL'), 40_000)
      const ended = once(child, 'exit')
      if (lines > 0) await Promise.race([once(child.stdout, 'data'), ended])
      child.stdout.destroy()
      expect(await ended).toEqual([expect.any(Number), null])
      clearTimeout(killed)
    })
  })
})
