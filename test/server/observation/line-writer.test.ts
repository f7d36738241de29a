/** What becomes of lines when the reader is quick, stands still or has left, and when the process ends. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const writer = join(import.meta.dirname, '../../../src/server/observation/line-writer.ts')

/** Runs code with `lines`, a writer to standard output, in a process of its own. */
function run(code: string) {
  const text = `const { createLineWriter } = await import(${JSON.stringify(writer)})
    // as a pipe is once the process has looked at it: a full one does not hold it up
    process.stdout.on('error', () => {})
    const lines = createLineWriter(1, {
      onBroken: () => process.stderr.write('broken '),
      onMissing: (count) => process.stderr.write('missing ' + count + ' '),
    })
    ${code}`
  const child = spawn(process.execPath, ['--import', 'tsx', '--input-type=module', '--eval', text], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString()
  })
  return { child, ended: once(child, 'close').then(([status]) => ({ status, said })) }
}

async function read(code: string) {
  const { child, ended } = run(code)
  let out = ''
  child.stdout.on('data', (chunk: Buffer) => {
    out += chunk.toString()
  })
  return { ...(await ended), out }
}

describe('with a reader, every line arrives, in its order', () => {
  const many = "for (let i = 0; i < 9999; i++) lines.write(i + '\\n');"
  const all = Array.from({ length: 9999 }, (_, i) => `${i}\n`).join('')
  test.each([
    ['flushed', `${many} await lines.flush()`],
    ['flushed, beyond ASCII', `${many} lines.write('æøå\\n'); await lines.flush()`],
    ['not waited for', `for (let i = 0; i < 9; i++) lines.write(i + '\\n'); process.exit(0)`],
    ['after a while', `${many} setTimeout(() => {}, 1500)`],
  ])('%s', async (what, code) => {
    const expected = what.includes('ASCII') ? `${all}æøå\n` : what === 'not waited for' ? all.slice(0, 18) : all
    expect(await read(code)).toEqual({ status: 0, said: '', out: expected })
  })
})

describe('without a reader, the process ends all the same', () => {
  test.each([
    ['at exit', "lines.write('x'); process.exit(3)", ''],
    ['told by a flush', "lines.write('x'); await lines.flush(); lines.write('y'); process.exit(3)", 'broken '],
  ])('%s', async (_, code, said) => {
    const { child, ended } = run(`process.stderr.write('up ')
      await new Promise((resolve) => setTimeout(resolve, 300)); ${code}`)
    child.stderr.once('data', () => child.stdout.destroy())
    expect(await ended).toEqual({ status: 3, said: `up ${said}` })
  })

  test('nor when it stands still; what is too much is dropped, and told when it reads again', async () => {
    const much = "const line = 'x'.repeat(999) + '\\n'; for (let i = 0; i < 20_000; i++) lines.write(line);"
    const still = run(`${much} await lines.flush(); process.exit(3)`)
    expect(await still.ended.then(({ status }) => status)).toBe(3)
    const later = run(`${much} setTimeout(() => process.exit(3), 4000)`)
    setTimeout(() => later.child.stdout.resume(), 1000)
    expect(await later.ended).toEqual({ status: 3, said: expect.stringMatching(/^missing \d+ $/) })
  })
})
