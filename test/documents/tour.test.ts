/** The tour of the README, run as it stands there against a real gateway: every command, and what it prints. */
import { execFile, execFileSync } from 'node:child_process'
import { mkdtemp, rm, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { withGateway } from '../support/gateway.ts'
import { readReadme, root } from './readme.ts'

const folder = fileURLToPath(root)

interface Step {
  readonly commands: string
  readonly output: string
}

/** The blocks of shell after the one that starts the gateway, each with the block of text that follows it, if any. */
const tour: readonly Step[] = (() => {
  const section = /^## A tour with curl$(.*?)^## /ms.exec(readReadme())?.[1] ?? ''
  const blocks = [...section.matchAll(/^```sh\n(.*?)^```\n(?:\n^```text\n(.*?)^```)?/gms)]
  return blocks.slice(1).map(([, commands, output]) => ({ commands: commands!, output: output ?? '' }))
})()

/** What differs from run to run (outcomes are written after the answer), and what the gateway's own policies may move. */
const settled = (text: string): string =>
  text
    .trim()
    .replace(/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}/g, '«id»')
    .replace(/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '«time»')
    .replace(/"traceId":"[0-9a-f]{32}"/g, '«trace»')
    .replace(/\(line \d+\)/g, '«line»')
    .replace(/\d+ outcomes/, '«outcomes»')

function hasCommands(): boolean {
  try {
    execFileSync('bash', ['-c', 'curl --version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

describe.skipIf(!hasCommands())('the tour (needs bash and curl)', () => {
  const gateway = withGateway()

  test('does what it says', async () => {
    const place = await mkdtemp(join(tmpdir(), 'portvakt-tour-'))
    try {
      await symlink(join(folder, 'policies'), join(place, 'policies'))
      const mark = '=== end of a step ==='
      const script = [
        'set -euo pipefail',
        `npx() { shift; "$NODE" --import "$TSX" "$ROOT/src/cli.ts" "$@"; }`,
        `node() { "$NODE" "$@"; }`,
        ...tour.map(
          ({ commands }) => `${commands.replace('http://127.0.0.1:8080', gateway.url)}\necho; echo '${mark}'`,
        ),
      ].join('\n')
      const { stdout } = await promisify(execFile)('bash', ['-c', script], {
        cwd: place,
        env: {
          PATH: process.env.PATH,
          HOME: place,
          NODE: process.execPath,
          TSX: new URL('node_modules/tsx/dist/loader.mjs', root).href,
          ROOT: folder,
          PORTVAKT_PORT: String(gateway.port),
          PORTVAKT_DATA_FOLDER: gateway.folder,
          PORTVAKT_DATABASE_URL: gateway.database.url,
        },
      })
      const printed = stdout.split(mark).slice(0, tour.length)
      expect(printed.map(settled)).toEqual(tour.map(({ output }) => settled(output)))
    } finally {
      await rm(place, { recursive: true, force: true })
    }
  })
})
