/** What the command line takes, and what it says about everything else. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { version } from '../../src/wiring/version.ts'
import { run } from './terminal.ts'

/** What gets as far as its data folder does not make one here. */
let place = ''
beforeAll(async () => {
  place = await mkdtemp(join(tmpdir(), 'portvakt-arguments-'))
  vi.stubEnv('PORTVAKT_DATA_FOLDER', join(place, 'data'))
})
afterAll(async () => {
  vi.unstubAllEnvs()
  await rm(place, { recursive: true })
})

const commands = ['start', 'demo', 'check', 'evaluate', 'explain', 'test', 'token', 'decisions']

test.each(commands)('%s --help prints how it is used, and does nothing', async (name) => {
  for (const argv of [
    [name, '--help'],
    [name, '--nonsense', '-h'],
    ['help', name],
  ])
    expect(await run(...argv)).toEqual({
      code: 0,
      out: expect.stringMatching(new RegExp(`^usage: portvakt ${name} `)),
      err: '',
    })
})

test.each(['--version', '-v', 'version'])('%s', async (argument) => {
  expect(await run(argument)).toEqual({ code: 0, out: `${version}\n`, err: '' })
})

describe('what is not understood is named, with what was meant: exit code 2', () => {
  const cases: readonly (readonly [argv: string, ...said: string[]])[] = [
    ['', 'usage: portvakt <command>'],
    ['strat', 'unknown command `strat`; did you mean `start`?'],
    ['help strat', 'unknown command `strat`'],
    ['start --prot 1', 'portvakt start: unknown option `--prot`; did you mean `--port`?', '`portvakt start --help`'],
    ['start --zzzzzzzzzz', 'unknown option `--zzzzzzzzzz`\n'],
    ['start 9999', 'unexpected `9999`'],
    ['start --port', '`--port` needs a value'],
    ['start --port --host x', '`--port` needs a value; `--host` is an option'],
    ['start --port 1 --port 2', '`--port` is given twice'],
    ['start --database-url postgres://a:b@c/d', 'would show a password', 'PORTVAKT_DATABASE_URL'],
    ['demo --keeep', 'did you mean `--keep`?'],
    ['demo --keep=yes', '`--keep` takes no value'],
    ['check', 'name the files to check'],
    ['check a.xml --resourse x', 'did you mean `--resource`?'],
    ['evaluate --request r.json', '`--policy`'],
    ['evaluate --policy p.xml', '`--request`'],
    ['test', 'name a file of cases'],
    ['test policies --maximum many', '`--maximum` is `many`; expected a whole number from 1'],
    ['token', 'say for whom', 'service-owner'],
    ['token organization --organisation 991825827', 'no token is for `organization`; expected one of `organisation`'],
    ['token organisation', '`--organisation` is needed: nine digits'],
    ['token organisation service-owner', 'unexpected `service-owner`'],
    ['token organisation --organisation 12', '`--organisation` must be nine digits'],
    ['token system-user --organisation 991825827', '`--system-user` is needed for `system-user`, and for no other'],
    ['token service-owner --organisation 991825827', '`--code` is needed for `service-owner`, and for no other'],
    ['start --port 99999', '`--port` is `99999`; expected a whole number from 0 to 65535', '`portvakt start --help`'],
    ['demo --port abc', '`--port` is `abc`'],
    ['decisions --log-level loud', '`--log-level` is `loud`'],
    ['token organisation --scop a', 'did you mean `--scope`?'],
    ['decisions --decision maybe', '`maybe`; expected one of `Permit`, `Deny`, `NotApplicable`, `Indeterminate`'],
    ['decisions --format xml', 'expected one of `table`, `json`, `csv`, `ndjson`'],
    ['decisions --limit 0', 'a whole number from 1 to 1000'],
    ['decisions --limit 5000', 'a whole number from 1 to 1000'],
    ['decisions --limit 0 --format csv', 'a whole number from 1'],
    ['decisions --since yesterday', '`--since` is `yesterday`; expected a time'],
    ['decisions --caller me', '`me`; expected an organisation number'],
    ['decisions --code BRO-99999', 'a problem code'],
    ['decisions --party 12', 'nine digits'],
    ['decisions --trace 12', '32 hexadecimal digits'],
    ['decisions dance', 'unexpected `dance`; expected `show`'],
    ['decisions show', 'say which decision'],
    ['decisions show x --decision Deny', '`show` takes no `--decision`'],
    ['decisions verify --resource x', '`verify` takes no `--resource`'],
  ]
  test.each(cases)('portvakt %s', async (line, ...said) => {
    const { code, out, err } = await run(...line.split(' ').filter((word) => word !== ''))
    expect({ code, out }).toEqual({ code: 2, out: '' })
    for (const one of said) expect(err).toContain(one)
  })
})

describe('what npm has taken for itself is missed, instead of listening elsewhere', () => {
  test.each([
    ['start', 'npm_config_port', '8094', 'npm has taken `--port` for itself; write `npm start -- --port 8094`'],
    ['start', 'npm_config_data_folder', 'a b', 'write `npm start -- --data-folder …`'],
    ['start', 'npm_config_database_url', 'postgres://a:b@c/d', 'write `npm start -- --database-url …`'],
    ['demo', 'npm_config_keep', 'true', 'write `npm run demo -- --keep`'],
  ])('%s, %s', async (script, name, value, said) => {
    vi.stubEnv('npm_lifecycle_event', script)
    vi.stubEnv(name, value)
    const { code, err } = await run(script)
    vi.stubEnv('npm_lifecycle_event', undefined)
    vi.stubEnv(name, undefined)
    expect({ code, err }).toEqual({ code: 2, err: expect.stringContaining(said) })
  })
})

describe('a setting that is wrong is called what it was called: exit code 1', () => {
  test.each([
    ['start --settings nowhere.json', 'nowhere.json'],
    [
      'start --policies-folder /nowhere',
      '`/nowhere/gateway.xml` cannot be read: it is not there; `PORTVAKT_POLICIES_FOLDER`',
    ],
    ['token organisation --organisation 991825827 --port 0', 'say its port with `--port`'],
    ['token organisation --organisation 991825827 --host 0.0.0.0', 'loopback'],
  ])('portvakt %s', async (line, said) => {
    const { code, err } = await run(...line.split(' '))
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(said) })
  })
})

describe('no token where no gateway would accept it', () => {
  test.each([
    ['PORTVAKT_ISSUERS', '[{"issuer":"https://real.example/","jwksUri":"https://real.example/jwk"}]', 'real.example'],
    ['PORTVAKT_DEVELOPMENT_ISSUER', 'off', '`PORTVAKT_DEVELOPMENT_ISSUER` has it off'],
  ])('%s', async (name, value, said) => {
    vi.stubEnv(name, value)
    const { code, err } = await run('token', 'organisation', '--organisation', '991825827')
    vi.stubEnv(name, undefined)
    expect({ code, err }).toEqual({ code: 1, err: expect.stringContaining(said) })
    expect(err).toContain('tokens can be made only where the development issuer is on')
  })
})
