/** What a command of `portvakt` is, and how it ends when it is not asked rightly. */
import type { Stop } from './stop.ts'

export interface Command {
  /** For `--help`, and beside an error nothing but its name: whoever mistyped wants to see what, not a page. */
  readonly usage: string
  /** Resolves with the exit code: 0 done, 1 refused or failed. Throws `UsageError` for arguments that it does not take. */
  readonly run: (argv: readonly string[], terminal: Terminal) => Promise<number>
}

export interface Terminal {
  /** Resolves when the text is taken, so that a long list waits for whoever reads it. */
  readonly print: (text: string) => Promise<void>
  /** The same for standard error. */
  readonly complain: (text: string) => Promise<void>
  /** Turns the signals that end a process, and the end of its output, into one request to stop. Called once. */
  readonly listen: () => Stop
}

/** The arguments are wrong: exit code 2. */
export class UsageError extends Error {}

/** Something that was named, a file or a setting, is not as it should be; whoever named it can put it right: exit code 1. */
export class InputError extends Error {}
