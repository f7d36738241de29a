#!/usr/bin/env node
/** The command line: one row per command, each in a file of its own under `cli/`. */
interface Command {
  readonly about: string
  readonly run: (argv: readonly string[]) => Promise<number>
}

/** Loaded when they are called: `portvakt check` does not need a server. */
const commands: Readonly<Record<string, Command>> = {
  start: { about: 'run the gateway', run: async () => (await import('./cli/start.ts')).startCommand() },
  demo: {
    about: 'run the gateway and play the main job through its API',
    run: async (argv) => (await import('./cli/demo.ts')).demoCommand(argv),
  },
  check: {
    about: 'check policies, as an upload too',
    run: async (argv) => (await import('./cli/check.ts')).check(argv),
  },
  evaluate: {
    about: 'decide a request from files',
    run: async (argv) => (await import('./cli/evaluate.ts')).evaluate(argv),
  },
  explain: {
    about: 'explain a decision from files',
    run: async (argv) => (await import('./cli/explain.ts')).explain(argv),
  },
  test: { about: 'run the cases beside policies', run: async (argv) => (await import('./cli/test.ts')).test(argv) },
  token: {
    about: 'mint a token of the development issuer',
    run: async (argv) => (await import('./cli/token.ts')).token(argv),
  },
  decisions: {
    about: 'list, show and verify the decision record',
    run: async (argv) => (await import('./cli/decisions.ts')).decisions(argv),
  },
}

const usage = (): string =>
  [
    'usage: portvakt <command> [options]',
    '',
    ...Object.entries(commands).map(([name, { about }]) => `  ${name.padEnd(12)}${about}`),
    '',
  ].join('\n')

async function main([name, ...argv]: readonly string[]): Promise<number> {
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage())
    return name === undefined ? 2 : 0
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined
  if (command === undefined) {
    process.stderr.write(`portvakt: unknown command \`${name}\`\n\n${usage()}`)
    return 2
  }
  return command.run(argv)
}

main(process.argv.slice(2)).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`portvakt: ${error instanceof Error ? error.message : String(error)}\n`)
    process.exitCode = 1
  },
)
