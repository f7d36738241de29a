import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { inspect } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { defaultDataFolder } from '../../src/settings/data-folder.ts'
import { type LoadedSettings, loadSettings } from '../../src/settings/load.ts'
import { isLoopback } from '../../src/settings/loopback.ts'
import type { Settings } from '../../src/settings/settings.ts'
import { settingsTable } from '../../src/settings/table.ts'
import { defaultLimits } from '../../src/xacml/limits.ts'

let folder = ''
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'portvakt-settings-test-'))
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

function load(environment: Record<string, string>): LoadedSettings {
  return loadSettings({ environment, workingFolder: folder, isRoot: false })
}

function loadGood(environment: Record<string, string>): Settings {
  const loaded = load(environment)
  if (!loaded.ok) throw new Error(loaded.problems.join('\n'))
  return loaded.settings
}

function problemsOf(environment: Record<string, string>): readonly string[] {
  const loaded = load(environment)
  return loaded.ok ? [] : loaded.problems
}

function settingsFile(value: unknown): string {
  const path = join(folder, `${Math.random().toString(36).slice(2)}.json`)
  writeFileSync(path, typeof value === 'string' ? value : JSON.stringify(value))
  return path
}

const issuer = { issuer: 'https://test.example/', jwksUri: 'https://test.example/jwk' }

describe('loadSettings', () => {
  test('with nothing set: this machine only, embedded database, development issuer', () => {
    expect(loadGood({})).toMatchObject({
      host: '127.0.0.1',
      port: 8080,
      dataFolder: join(folder, '.portvakt'),
      storageFolder: join(folder, '.portvakt', 'files'),
      issuers: [],
      developmentIssuer: true,
      allowUnscannedFiles: true,
      allowUnrecordedDecisions: false,
      metrics: true,
      limits: defaultLimits,
    })
  })

  test('the environment wins over the file, its own names over the plain ones', () => {
    const PORTVAKT_SETTINGS = settingsFile({ port: 1, host: '::1', limits: { steps: 7, bagSize: 8 } })
    const settings = loadGood({ PORTVAKT_SETTINGS, PORTVAKT_PORT: '3', PORT: '2', PORTVAKT_LIMIT_STEPS: '9' })
    expect(settings).toMatchObject({ port: 3, host: '::1', limits: { steps: 9, bagSize: 8 } })
    expect(loadGood({ PORTVAKT_SETTINGS, PORT: '2' }).port).toBe(2)
  })

  test('the defaults of a command give way to anything that somebody says, which is told apart from them', () => {
    const inFile = { PORTVAKT_SETTINGS: settingsFile({ logLevel: 'error', port: 9123, limits: { steps: 7 } }) }
    const loadOver = (environment: Record<string, string>) => {
      const loaded = loadSettings({ environment, defaults: { logLevel: 'warn' }, workingFolder: folder, isRoot: false })
      return loaded.ok ? { level: loaded.settings.logLevel, chosen: [...loaded.chosen].sort() } : loaded.problems
    }
    expect(loadOver({})).toEqual({ level: 'warn', chosen: [] })
    expect(loadOver(inFile)).toEqual({ level: 'error', chosen: ['limits.steps', 'logLevel', 'port'] })
    expect(loadOver({ PORTVAKT_LOG_LEVEL: 'info', PORT: '1', PORTVAKT_HOST: '' })).toEqual({
      level: 'info',
      chosen: ['logLevel', 'port'],
    })
  })

  test('what depends on other settings follows them', () => {
    const databaseUrl = 'postgres://a:b@db/portvakt'
    expect(loadGood({ DATABASE_URL: databaseUrl }).allowUnscannedFiles).toBe(false)
    expect(loadGood({ DATABASE_URL: databaseUrl, PORTVAKT_ALLOW_UNSCANNED_FILES: 'on' }).allowUnscannedFiles).toBe(true)
    expect(loadGood({ PORTVAKT_HOST: '0.0.0.0' }).developmentIssuer).toBe(false)
    const real = loadGood({ PORTVAKT_ISSUERS: JSON.stringify([issuer]) })
    expect(real).toMatchObject({ developmentIssuer: false, issuers: [issuer] })
  })

  test('an empty variable is not set', () => {
    expect(loadGood({ PORTVAKT_PORT: '', DATABASE_URL: '' })).toMatchObject({ port: 8080, allowUnscannedFiles: true })
  })

  test('what Kubernetes says about a service of our name is no setting', () => {
    const links = {
      PORTVAKT_PORT: 'tcp://10.0.0.1:80',
      PORTVAKT_SERVICE_HOST: '10.0.0.1',
      PORTVAKT_PORT_80_TCP_ADDR: '10.0.0.1',
    }
    expect(loadGood(links).port).toBe(8080)
  })

  test('secrets are never printed', () => {
    const settings = loadGood({ DATABASE_URL: 'postgres://a:hidden-word@db/portvakt' })
    const printed = [
      inspect(settings, { depth: 9 }),
      JSON.stringify(settings),
      `${String(settings.databaseUrl)}`,
    ].join()
    expect(printed).not.toContain('hidden-word')
    expect(printed).toContain('[secret]')
    expect(settings.databaseUrl?.reveal()).toContain('hidden-word')
    expect(problemsOf({ DATABASE_URL: 'mysql://hidden-word' }).join()).not.toContain('hidden-word')
    expect(problemsOf({ PORTVAKT_SETTINGS: settingsFile('{"databaseUrl": hidden-word}') }).join()).not.toContain(
      'hidden-word',
    )
  })
})

describe('a wrong setting is named, with what was given and what is expected', () => {
  const cases: [name: string, environment: Record<string, string>, ...fragments: string[]][] = [
    ['a number', { PORTVAKT_PORT: 'abc' }, '`PORTVAKT_PORT` is `abc`; expected a whole number from 0 to 65535'],
    ['a range', { PORT: '70000' }, '`PORT` is `70000`; expected a whole number'],
    ['a switch', { PORTVAKT_METRICS: 'maybe' }, '`PORTVAKT_METRICS` is `maybe`; expected `true` or `false`'],
    ['a choice', { PORTVAKT_LOG_LEVEL: 'loud' }, '`PORTVAKT_LOG_LEVEL` is `loud`; expected one of `trace`'],
    ['a network', { PORTVAKT_TRUSTED_PROXIES: '10.0.0.0/8,me' }, '`PORTVAKT_TRUSTED_PROXIES`', 'at `1`'],
    ['a limit', { PORTVAKT_LIMIT_STEPS: '0' }, '`PORTVAKT_LIMIT_STEPS` is `0`; expected'],
    ['an issuer', { PORTVAKT_ISSUERS: '[{"issuer":"x"}]' }, '`PORTVAKT_ISSUERS`', '"jwksUri" or "jwks"'],
    [
      'an issuer without its keys',
      { PORTVAKT_ISSUERS: '[{"issuer":"https://x"}]' },
      '(at `0`: `jwksUri` or `jwks` is missing)',
    ],
    [
      'an issuer without its name',
      { PORTVAKT_ISSUERS: '[{"jwksUri":"https://x/jwk"}]' },
      '(at `0`: `issuer` is missing)',
    ],
    [
      'an issuer whose keys are no address',
      { PORTVAKT_ISSUERS: '[{"issuer":"https://x","jwksUri":"x"}]' },
      '(at `0.jwksUri`: ',
    ],
    ['a misspelt name', { PORTVAKT_PROT: '1' }, '`PORTVAKT_PROT` is not a setting; did you mean `PORTVAKT_PORT`?'],
    [
      'development beside real issuers',
      { PORTVAKT_ISSUERS: JSON.stringify([issuer]), PORTVAKT_DEVELOPMENT_ISSUER: 'on' },
      'beside real issuers',
    ],
    [
      'development for everyone',
      { PORTVAKT_HOST: '0.0.0.0', PORTVAKT_DEVELOPMENT_ISSUER: 'on' },
      '`PORTVAKT_HOST` is `0.0.0.0`',
    ],
    ['a file that is not there', { PORTVAKT_SETTINGS: 'nowhere.json' }, 'nowhere.json', 'there is no such file'],
    ['a file that is a folder', { PORTVAKT_SETTINGS: '/' }, 'it is a folder'],
  ]
  test.each(cases)('%s', (_name, environment, ...fragments) => {
    const problems = problemsOf(environment)
    expect(problems).toHaveLength(1)
    for (const fragment of fragments) expect(problems[0]).toContain(fragment)
  })

  test.each([
    ['{"port": 1,\n  "host": }', 'it is not JSON at line 2, column 11'],
    ['{"port": 1', 'it is not JSON at line 1, column 11'],
    ['{\n"port": tru\n}', 'it is not JSON at line 2, column 9'],
    ['', 'it is not JSON; it is empty'],
  ])('a file that is not JSON: %j', (text, said) => {
    expect(problemsOf({ PORTVAKT_SETTINGS: settingsFile(text) })).toEqual([expect.stringContaining(said)])
  })

  test('in the file, and all at once', () => {
    const PORTVAKT_SETTINGS = settingsFile({ prot: 1, port: 'x', limits: { stepz: 1 } })
    const problems = problemsOf({ PORTVAKT_SETTINGS }).join('\n')
    expect(problems).toContain('`prot` of the settings file is not a setting; did you mean `port`?')
    expect(problems).toContain('`port` of the settings file is `x`; expected')
    expect(problems).toContain('`limits.stepz` of the settings file is not a setting; did you mean `limits.steps`?')
  })
})

test.each([
  [true, ['localhost', 'LocalHost', '127.0.0.1', '127.1.2.3', '::1', '[::1]']],
  [false, ['', '0.0.0.0', '::', '127.0.0.999', '127.0.0.1.example.org', 'localhost.example.org', '10.0.0.1', '::2']],
])('a loopback address: %s', (expected, hosts) => {
  for (const host of hosts) expect({ host, is: isLoopback(host) }).toEqual({ host, is: expected })
})

test('as root in a private home the data lies where the database account can reach it', () => {
  expect(defaultDataFolder(folder, false)).toBe(join(folder, '.portvakt'))
  expect(defaultDataFolder(folder, true)).toMatch(/^\/var\/lib\/portvakt\/[0-9a-f]{12}$/)
  expect(defaultDataFolder('/', true)).toBe('/.portvakt')
})

test('the table has a row for every setting', () => {
  const table = settingsTable()
  for (const key of Object.keys(loadGood({})).filter((name) => name !== 'limits')) expect(table).toContain(`\`${key}\``)
  for (const key of Object.keys(defaultLimits)) expect(table).toContain(`\`limits.${key}\``)
  expect(table).not.toContain('undefined')
})
