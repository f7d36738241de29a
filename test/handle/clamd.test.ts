/**
 * Against a real ClamAV daemon: one that `CLAMD_SOCKET` names (a unix socket whose database knows the EICAR test file), or
 * one that we can start because `clamd` is on this machine. Without either, only the reading of answers is tested.
 */
import { execFileSync, spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { clamdScanner, readAnswer } from '../../src/handle/scan/clamd.ts'
import { until } from './support.ts'

test.each([
  ['stream: OK\0', 41, 'clean'],
  ['stream: OK\0', 40, 'unavailable'],
  ['stream: Eicar-Test-Signature FOUND\0', 41, 'infected'],
  ['stream: Eicar-Test-Signature FOUND\0', 5, 'infected'],
  ['stream: Heuristics.Limits.Exceeded.MaxFileSize FOUND\0', 41, 'unscannable'],
  ['INSTREAM size limit exceeded. ERROR\0', 41, 'unscannable'],
  ['stream: Can not allocate memory ERROR\0', 41, 'unavailable'],
  ['', 41, 'unavailable'],
  ['UNKNOWN COMMAND\0', 41, 'unavailable'],
  ['stream: NOT OK\0', 41, 'unavailable'],
])('the answer %j after %i of 41 bytes is %s', (answer, sent, kind) => {
  expect(readAnswer(answer, sent, 41).kind).toBe(kind)
})

const never = new AbortController().signal
/** The test file of EICAR, in two halves so that no scanner takes this source for it. */
const eicar = ['X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-', 'STANDARD-ANTIVIRUS-TEST-FILE!$H+H*'].join('')

async function* repeat(bytes: Buffer, count: number): AsyncIterable<Uint8Array> {
  for (let index = 0; index < count; index++) yield bytes
}

test('a daemon that is not there, or says nothing, never makes a file clean', async () => {
  const body = (): AsyncIterable<Uint8Array> => repeat(Buffer.from('x'), 41)
  const absent = clamdScanner({ at: { path: join(tmpdir(), 'portvakt-no-clamd.sock') }, limit: 100 })
  expect(await absent.scan(body(), 41, never)).toMatchObject({ kind: 'unavailable' })
  for (const answer of [undefined, '', 'stream: OK\0']) {
    const server = createServer((socket) => {
      socket.on('error', () => {})
      // Says OK before it can have read the file, hangs up, or keeps silent.
      if (answer !== undefined) socket.end(answer)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    if (address === null || typeof address === 'string') throw new Error('no port')
    const scanner = clamdScanner({ at: { host: '127.0.0.1', port: address.port }, limit: 1e9, patience: 100 })
    const verdict = await scanner.scan(repeat(Buffer.alloc(1_000_000), 50), 50_000_000 - 1, AbortSignal.timeout(300))
    expect(verdict.kind).toBe('unavailable')
    server.close()
  }
})

const program = ['/usr/sbin/clamd', '/usr/local/sbin/clamd', '/opt/homebrew/sbin/clamd'].find(existsSync)
const given = process.env.CLAMD_SOCKET

describe.skipIf(given === undefined && program === undefined)('with clamd (needs clamd, or CLAMD_SOCKET)', () => {
  let folder = ''
  let path = given ?? ''
  let stop = (): void => {}

  beforeAll(async () => {
    if (given !== undefined || program === undefined) return
    folder = await mkdtemp(join(tmpdir(), 'portvakt-clamd-'))
    path = join(folder, 'clamd.sock')
    await mkdir(join(folder, 'db'))
    await writeFile(join(folder, 'db/local.ndb'), `Custom.Eicar.Body:0:*:${Buffer.from(eicar).toString('hex')}\n`)
    const settings = [
      'StreamMaxLength 40M',
      'MaxScanSize 40M',
      'MaxFileSize 20M',
      'AlertExceedsMax yes',
      'Foreground yes',
    ]
    const places = [`LocalSocket ${path}`, `DatabaseDirectory ${join(folder, 'db')}`]
    await writeFile(join(folder, 'clamd.conf'), [...settings, ...places].join('\n'))
    execFileSync('chmod', ['-R', 'a+rwX', folder])
    const child = spawn(program, ['-c', join(folder, 'clamd.conf')], { stdio: 'ignore' })
    stop = () => child.kill('SIGKILL')
    // its socket is there a moment before it listens
    const scanner = clamdScanner({ at: { path }, limit: 1 })
    await until(async () => (await scanner.scan(repeat(Buffer.from('x'), 1), 1, never)).kind === 'clean')
  }, 20_000)
  afterAll(async () => {
    stop()
    if (folder !== '') await rm(folder, { recursive: true, force: true })
  })

  test.each([
    ['a clean file', [Buffer.from('hello')], 'clean'],
    ['an empty file', [], 'clean'],
    ['the EICAR file', [Buffer.from(eicar)], 'infected'],
    ['the EICAR file inside another', [Buffer.alloc(1 << 20), Buffer.from(eicar), Buffer.alloc(1 << 20)], 'infected'],
    ['a file above a limit that clamd has and we do not know', [Buffer.alloc(25_000_000)], 'unscannable'],
    ['a file above what clamd reads', [Buffer.alloc(45_000_000)], 'unscannable'],
  ])('%s', async (_, parts, kind) => {
    const whole = Buffer.concat(parts)
    const scanner = clamdScanner({ at: { path }, limit: 100_000_000 })
    expect((await scanner.scan(repeat(whole, 1), whole.byteLength, never)).kind).toBe(kind)
    expect(await scanner.scan(repeat(whole, 1), 100_000_001, never)).toMatchObject({ kind: 'unscannable' })
  })
})
