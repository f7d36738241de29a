/** The command before anything is built, and the build where there is no compiler. */
import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'

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

test('not built, without a compiler, and with what was built before', async () => {
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
