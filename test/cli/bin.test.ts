/** The command before anything is built, and the build where there is no compiler. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')
let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'portvakt-bin-'))
  await cp(join(root, 'bin'), join(folder, 'bin'), { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const node = (...argv: readonly string[]) =>
  new Promise<{ readonly code: number; readonly text: string }>((resolve) => {
    const child = execFile(process.execPath, argv, { cwd: folder, timeout: 30_000 }, (_, out, err) =>
      resolve({ code: child.exitCode ?? -1, text: out + err }),
    )
  })

test('npm finds it before the build: it is committed, named in the package and can be run', async () => {
  const { bin, files } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  expect(bin).toEqual({ portvakt: 'bin/portvakt.js' })
  expect(files).toContain('bin/portvakt.js')
  expect((await stat(join(root, 'bin/portvakt.js'))).mode & 0o111).toBe(0o111)
})

test('a signal to npm reaches the gateway: no shell stands between, which would leave it behind', async () => {
  const { scripts } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'))
  for (const name of ['start', 'demo']) expect(scripts[name]).toMatch(/^exec node [^&|;]+$/)
})

test('not installed, not built, without a compiler, and with what was built before', async () => {
  const notInstalled = {
    code: 1,
    text: expect.stringMatching(/^portvakt: [^\n]*is not installed yet; run `npm ci`[^\n]*\n$/),
  }
  expect(await node('bin/portvakt.js', '--version')).toEqual(notInstalled)
  expect(await node('bin/build.js', '--or-keep')).toEqual(notInstalled)
  await mkdir(join(folder, 'node_modules'))
  await symlink(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'))
  expect(await node('bin/portvakt.js', '--version')).toEqual({
    code: 1,
    text: expect.stringContaining('run `npm run build`'),
  })
  const noCompiler = { code: 1, text: expect.stringMatching(/compiler is not installed[\s\S]*npm ci --include=dev/) }
  expect(await node('bin/build.js')).toEqual(noCompiler)
  expect(await node('bin/build.js', '--or-keep')).toEqual(noCompiler)
  await mkdir(join(folder, 'dist'))
  await writeFile(join(folder, 'dist/cli.js'), 'console.log(process.argv[2])')
  expect(await node('bin/build.js', '--or-keep')).toEqual({ code: 0, text: '' })
  expect(await node('bin/portvakt.js', '--version')).toEqual({ code: 0, text: '--version\n' })
})

describe('the build before a start', () => {
  const say = (word: string) => writeFile(join(folder, 'src/cli.ts'), `console.log('${word}')\n`)
  const start = () => node('bin/build.js', '--or-keep')
  const asides = async () => (await readdir(folder)).filter((name) => name.startsWith('dist.'))
  const builtAt = async () => (await stat(join(folder, 'dist'))).ino
  beforeAll(async () => {
    await rm(join(folder, 'node_modules'), { recursive: true, force: true })
    await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
    await rm(join(folder, 'dist'), { recursive: true, force: true })
    await mkdir(join(folder, 'src/part'), { recursive: true })
    await cp(join(root, 'tsconfig.json'), join(folder, 'tsconfig.json'))
    await writeFile(join(folder, 'src/part/gone.ts'), '')
    await say('first')
  })

  test('is made once, and again when something is newer or gone', async () => {
    expect(await start()).toEqual({ code: 0, text: '' })
    expect(await node('bin/portvakt.js')).toEqual({ code: 0, text: 'first\n' })
    const first = await builtAt()
    expect(await start()).toEqual({ code: 0, text: '' })
    expect(await builtAt()).toBe(first)
    await rm(join(folder, 'src/part/gone.ts'))
    expect(await start()).toEqual({ code: 0, text: '' })
    expect(await readdir(join(folder, 'dist'))).not.toContain('part')
    await say('second')
    expect(await start()).toEqual({ code: 0, text: '' })
    expect(await node('bin/portvakt.js')).toEqual({ code: 0, text: 'second\n' })
    expect(await asides()).toEqual([])
  })

  test('of two at once both end well, and a command beside them never fails', async () => {
    await say('third')
    const builds = Promise.all([start(), start(), node('bin/build.js')])
    let isOver = false
    const done = builds.then(() => {
      isOver = true
    })
    const ran: unknown[] = []
    while (!isOver) ran.push(await node('bin/portvakt.js'))
    await done
    expect(await builds).toEqual(Array(3).fill({ code: 0, text: '' }))
    for (const one of ran) expect(one).toEqual({ code: 0, text: expect.stringMatching(/^(second|third)\n$/) })
    expect(await node('bin/portvakt.js')).toEqual({ code: 0, text: 'third\n' })
    expect(await asides()).toEqual([])
  })

  test('what does not compile leaves what was built', async () => {
    await writeFile(join(folder, 'src/cli.ts'), 'console.log(nobody)\n')
    expect(await start()).toEqual({ code: expect.any(Number), text: expect.stringContaining('nobody') })
    expect((await start()).code).not.toBe(0)
    expect(await node('bin/portvakt.js')).toEqual({ code: 0, text: 'third\n' })
    expect(await asides()).toEqual([])
  })
})
