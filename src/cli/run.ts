/** The command line: one row per command, each in a file of its own. */
import { nearest } from '../settings/nearest.ts'
import { version } from '../wiring/version.ts'
import { type Command, InputError, type Terminal, UsageError } from './command.ts'
import { visible } from './visible.ts'

interface Row {
  readonly about: string
  readonly load: () => Promise<Command>
}

/** Loaded when they are called: `portvakt check` does not need a server. */
const commands: Readonly<Record<string, Row>> = {
  start: { about: 'run the gateway', load: async () => (await import('./start.ts')).start },
  demo: {
    about: 'run the gateway and play the main job through its API',
    load: async () => (await import('./demo.ts')).demo,
  },
  check: { about: 'check policies, as an upload too', load: async () => (await import('./check.ts')).check },
  evaluate: { about: 'decide a request from files', load: async () => (await import('./evaluate.ts')).evaluate },
  explain: { about: 'explain a decision from files', load: async () => (await import('./explain.ts')).explain },
  test: { about: 'run the cases beside policies', load: async () => (await import('./test.ts')).test },
  token: { about: 'mint a token of the development issuer', load: async () => (await import('./token.ts')).token },
  decisions: {
    about: 'list, show and verify the decision record',
    load: async () => (await import('./decisions.ts')).decisions,
  },
}

const usage = [
  'usage: portvakt <command> [options]',
  '',
  ...Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`),
  '',
  '`portvakt <command> --help` lists the options of a command; `portvakt --version` says which version this is',
  '',
].join('\n')

/** Resolves with the exit code: 0 done, 1 refused or failed, 2 not understood. Rejects only for a bug. */
export async function runCommand([name, ...argv]: readonly string[], bare: Terminal): Promise<number> {
  const terminal = shielded(bare)
  if (name === 'help' || name === '--help' || name === '-h') return help(argv[0], terminal)
  if (name === '--version' || name === '-v' || name === 'version') {
    await terminal.print(`${version}\n`)
    return 0
  }
  const row = rowOf(name)
  if (name === undefined || row === undefined) return unknown(name, terminal)
  const command = await row.load()
  if (asksForHelp(argv)) return help(name, terminal)
  try {
    return await command.run(argv, terminal)
  } catch (error) {
    if (error instanceof UsageError) {
      await terminal.complain(`portvakt ${name}: ${error.message}\n\`portvakt ${name} --help\` says what it takes\n`)
      return 2
    }
    await terminal.complain(`portvakt${error instanceof InputError ? ` ${name}` : ''}: ${messageOf(error)}\n`)
    return 1
  }
}

/** Whatever a command prints, and whoever wrote it. */
const shielded = ({ print, complain, listen }: Terminal): Terminal => ({
  print: (text) => print(visible(text)),
  complain: (text) => complain(visible(text)),
  listen,
})

const rowOf = (name: string | undefined): Row | undefined =>
  name !== undefined && Object.hasOwn(commands, name) ? commands[name] : undefined

/** What stands after `--` is no option. */
function asksForHelp(argv: readonly string[]): boolean {
  const end = argv.indexOf('--')
  return (end < 0 ? argv : argv.slice(0, end)).some((argument) => argument === '--help' || argument === '-h')
}

async function help(name: string | undefined, terminal: Terminal): Promise<number> {
  const row = rowOf(name)
  if (name !== undefined && row === undefined) return unknown(name, terminal)
  await terminal.print(row === undefined ? usage : (await row.load()).usage)
  return 0
}

async function unknown(name: string | undefined, { complain }: Terminal): Promise<number> {
  if (name !== undefined) {
    const near = nearest(name, Object.keys(commands))
    await complain(
      `portvakt: unknown command \`${name}\`${near === undefined ? '' : `; did you mean \`${near}\`?`}\n\n`,
    )
  }
  await complain(usage)
  return 2
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))
