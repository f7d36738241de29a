/** What people read about the project is held against the project. */
import { execFile } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, describe, expect, test } from 'vitest'
import { problems } from '../../src/problems.ts'
import { openApiFile, printOpenApi, readmeFile, root, withSections } from './readme.ts'

const run = promisify(execFile)
const folder = fileURLToPath(root)
const read = (name: string): string => readFileSync(join(folder, name), 'utf8')
const documents = [
  'README.md',
  'src/README.md',
  'CHANGELOG.md',
  'policies/README.md',
  'test/conformance/cases/README.md',
].filter((name) => existsSync(join(folder, name)))

describe('what is printed from the code is current; `npm run readme` prints it again', () => {
  test('README.md', () => {
    const readme = readFileSync(readmeFile, 'utf8')
    expect(withSections(readme)).toBe(readme)
  })

  test('schemas/openapi.json', () => {
    expect(readFileSync(openApiFile, 'utf8') === printOpenApi()).toBe(true)
  })
})

describe('links lead somewhere', () => {
  test.each(documents)('%s', (name) => {
    const text = read(name)
    const links = [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, link]) => link!)
    const broken = links.filter((link) => !/^https?:/.test(link)).filter((link) => !leadsSomewhere(name, link))
    expect(broken).toEqual([])
  })

  const withoutCode = (text: string): string => text.replace(/^```.*?^```$/gms, '').replace(/`[^`\n]*`/g, '')

  function leadsSomewhere(from: string, link: string): boolean {
    const [path = '', anchor] = link.split('#')
    const file = path === '' ? resolve(folder, from) : resolve(folder, dirname(from), path)
    if (!existsSync(file)) return false
    return anchor === undefined || headings(readFileSync(file, 'utf8')).includes(anchor)
  }

  /** As the forges make them. */
  const headings = (text: string): readonly string[] =>
    [...text.matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
      title!
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-'),
    )
})

test('the table of imports in src/README.md is that of the architecture test', () => {
  const room = /^ {2}'?([\w.]+)'?: (\[.*?\]|'everything'),$/gm
  const tested = [...read('test/architecture/imports.test.ts').matchAll(room)].map(([, name, may]) => [
    name,
    may === `'everything'` ? ['everything'] : [...may!.matchAll(/'([^']+)'/g)].map(([, one]) => one),
  ])
  const table = /<!-- imports -->(.*?)<!-- \/imports -->/s.exec(read('src/README.md'))?.[1] ?? ''
  const written = [...table.matchAll(/^\| `([\w.]+)` \| .*? \| (.*) \|$/gm)].map(([, name, may]) => [
    name,
    may === 'everything' ? ['everything'] : [...may!.matchAll(/`([^`]+)`/g)].map(([, one]) => one),
  ])
  expect(written.length).toBeGreaterThan(10)
  expect(Object.fromEntries(written)).toEqual(Object.fromEntries(tested))
})

describe('names in the text exist', () => {
  test.each(documents)('problem codes in %s', (name) => {
    const named = [...read(name).matchAll(/\b(?:BRO|PVK)-\d{5}\b/g)].map(([code]) => code)
    expect(named.filter((code) => !Object.hasOwn(problems, code))).toEqual([])
  })

  test.each(documents)('files in %s', (name) => {
    const named = [...read(name).matchAll(/`((?:src|test|policies|schemas)\/[\w./-]+)`/g)].map(([, path]) => path!)
    expect(named.filter((path) => !existsSync(join(folder, path)))).toEqual([])
  })

  test('settings in README.md', () => {
    const readme = read('README.md')
    const known = new Set([...readme.matchAll(/^\| `(PORTVAKT_\w+)`/gm)].map(([, variable]) => variable))
    const named = [...readme.matchAll(/\bPORTVAKT_\w+/g)].map(([variable]) => variable)
    expect(named.filter((variable) => variable !== 'PORTVAKT_SETTINGS' && !known.has(variable))).toEqual([])
  })

  test('scripts of package.json that are named', () => {
    const { scripts } = JSON.parse(read('package.json')) as { readonly scripts: Readonly<Record<string, string>> }
    const named = documents.flatMap((name) =>
      [...read(name).matchAll(/npm (?:run )?(?:--silent )?([a-z]+)/g)].map(([, script]) => script!),
    )
    const own = new Set(['ci', 'packages', 'package', 'prune'])
    expect(named.filter((script) => !own.has(script) && !Object.hasOwn(scripts, script))).toEqual([])
  })
})

describe('snippets', () => {
  const workshop = mkdtempSync(join(tmpdir(), 'portvakt-snippets-'))
  afterAll(() => rmSync(workshop, { recursive: true, force: true }))

  interface Snippet {
    readonly name: string
    readonly code: string
    readonly output: string | undefined
  }

  /** Every block of TypeScript, with the block of text right after it as its output. */
  const snippets = documents.flatMap((name): readonly Snippet[] =>
    [...read(name).matchAll(/^```ts\n(.*?)^```\n(?:\n^```text\n(.*?)^```)?/gms)].map(([, code, output], index) => ({
      name: `${name.replaceAll(/\W/g, '-')}-${index + 1}`,
      code: code!.replaceAll(`'portvakt'`, () => JSON.stringify(join(folder, 'src/index.ts'))),
      output,
    })),
  )

  test('there are some', () => {
    expect(snippets.length).toBeGreaterThan(0)
  })

  test('compile under the settings of the project', async () => {
    for (const { name, code } of snippets) writeFileSync(join(workshop, `${name}.ts`), code)
    writeFileSync(
      join(workshop, 'tsconfig.json'),
      JSON.stringify({
        extends: join(folder, 'tsconfig.json'),
        compilerOptions: {
          noEmit: true,
          rootDir: '/',
          allowImportingTsExtensions: true,
          rewriteRelativeImportExtensions: false,
          typeRoots: [join(folder, 'node_modules/@types')],
        },
        include: [workshop],
      }),
    )
    writeFileSync(join(workshop, 'package.json'), '{ "type": "module" }')
    const tsc = join(folder, 'node_modules/typescript/bin/tsc')
    const { stdout } = await run(process.execPath, [tsc, '-p', workshop], { cwd: folder }).catch(
      (error: { readonly stdout: string }) => error,
    )
    // what is wrong in `src` is told by the check of types, not here
    const own = stdout.split('\n').filter((line) => snippets.some(({ name }) => line.includes(`${name}.ts(`)))
    expect(own).toEqual([])
  })

  test.each(snippets.filter(({ output }) => output !== undefined))('$name prints what stands under it', async (one) => {
    const file = join(workshop, `${one.name}.ts`)
    writeFileSync(file, one.code)
    writeFileSync(join(workshop, 'package.json'), '{ "type": "module" }')
    const { stdout } = await run(process.execPath, ['--import', 'tsx', file], { cwd: folder })
    expect(stdout).toBe(one.output)
  })

  test('JSON blocks are JSON', () => {
    const blocks = documents.flatMap((name) =>
      [...read(name).matchAll(/^```json\n(.*?)^```/gms)].map(([, block]) => block!),
    )
    for (const block of blocks) expect(() => JSON.parse(block)).not.toThrow()
  })
})

test('the project speaks of the project alone', () => {
  const words = /\/work\b|\/tmp\/|\/root\/|\bsession of\b|\bassistant\b|\bLLM\b/i
  expect(documents.filter((name) => words.test(read(name)))).toEqual([])
})
