/** The demo that stays up, and the commands that it tells people to copy. */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { farewell } from '../../src/cli/demo.ts'
import { readReadme } from '../documents/readme.ts'
import { run } from './terminal.ts'

const root = join(import.meta.dirname, '../..')
const cli = join(root, 'src/cli.ts')
/** An address, not a path: a path may hold characters that mean something in an address. */
const loader = pathToFileURL(join(root, 'node_modules/tsx/dist/loader.mjs')).href

test('the commands at the end of the demo work as they stand', async () => {
  const place = await mkdtemp(join(tmpdir(), 'portvakt-demo-'))
  // as root the database runs under an account of its own, which has to pass
  await chmod(place, 0o711)
  const environment = { PATH: process.env.PATH, HOME: place, PORTVAKT_DATA_FOLDER: join(place, "it's data") }
  const child = spawn(process.execPath, ['--import', loader, cli, 'demo', '--keep', '--port', '0'], {
    cwd: place,
    env: environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  try {
    let said = ''
    const end = /second terminal[^\n]*\n\n((?: {2}[^\n]+\n){3})/
    child.stdout.on('data', (chunk: Buffer) => {
      said += chunk.toString()
    })
    await expect.poll(() => end.test(said), { timeout: 30_000, interval: 50 }).toBe(true)
    expect(said).toMatch(/Everything went as it should: \d+ steps\./)
    expect(outOfOrder(readmeOfDemo(), said)).toEqual([])
    const [, commands = ''] = end.exec(said) ?? []
    const script = `npx() { shift; "$NODE" --import "$TSX" "$CLI" "$@"; }\n${commands}`
    const { stdout } = await promisify(execFile)('bash', ['-euc', script], {
      cwd: place,
      env: { PATH: process.env.PATH, HOME: place, NODE: process.execPath, TSX: loader, CLI: cli },
    })
    const lines = stdout.trim().split('\n')
    expect(lines[0]).toMatch(/^TIME +DECISION/)
    expect(lines).toHaveLength(12)
    const url = /listens on (\S+);/.exec(said)?.[1]
    const headers = { authorization: `Bearer ${lines.at(-1)}` }
    // the token is good: what it lacks is a resource to search
    expect((await fetch(`${url}/broker/api/v1/filetransfer`, { headers })).status).not.toBe(401)
    child.kill('SIGINT')
    expect(await once(child, 'exit')).toEqual([0, null])
  } finally {
    child.kill('SIGKILL')
    await rm(place, { recursive: true, force: true, maxRetries: 5 })
  }
})

const readmeOfDemo = (): string => /^```text\n(Portvakt listens on .*?)^```/ms.exec(readReadme())?.[1] ?? 'nothing'

/** What differs from run to run. */
const settled = (text: string): readonly string[] =>
  text
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '«id»')
    .replace(/\d\d:\d\d:\d\d\.\d{3}/g, '«time»')
    .replace(/demo-[0-9a-f]{6}/g, '«resource»')
    .replace(/SHA-256 [0-9a-f]{16}/g, '«hash»')
    .replace(/system [0-9a-f]{8}/g, '«system»')
    .replace(/line \d+/g, '«line»')
    .replace(/127\.0\.0\.1:\d+/g, '«address»')
    .split('\n')

/** The lines of the README that the demo did not print, or not in that order; `…` stands for any number of lines. */
function outOfOrder(readme: string, printed: string): readonly string[] {
  const lines = settled(printed)
  let at = 0
  return settled(readme.trimEnd()).filter((line) => {
    if (line.trim() === '…') return false
    const found = lines.indexOf(line, at)
    if (found >= 0) at = found + 1
    return found < 0
  })
}

test('a port that the settings file names is not left for another when it is taken', async () => {
  const place = await mkdtemp(join(tmpdir(), 'portvakt-demo-'))
  const taken = createServer()
  try {
    await new Promise<void>((resolve) => taken.listen(0, '127.0.0.1', resolve))
    const { port } = taken.address() as { readonly port: number }
    const file = join(place, 'settings.json')
    await writeFile(file, JSON.stringify({ port, dataFolder: join(place, 'data'), logLevel: 'error' }))
    const { code, err } = await run('demo', '--settings', file)
    expect({ code, err }).toEqual({
      code: 1,
      err: expect.stringMatching(`port ${port} .* is in use by another process`),
    })
  } finally {
    taken.close()
    await rm(place, { recursive: true, force: true, maxRetries: 5 })
  }
})

test('the README says the same', () => {
  const dataFolder = join(process.cwd(), '.portvakt/demo')
  const commands = farewell({ url: 'http://127.0.0.1:8080', port: 8080 }, { dataFolder }).match(/^ {2}\S.*$/gm)
  for (const command of commands ?? ['none']) expect(readReadme()).toContain(command.trim())
})
