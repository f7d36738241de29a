/** What the programs of PostgreSQL are given, and what is taken from what they say. */

/** The operator's `PG…` variables are meant for clients; the server starts with none of them. */
export function serverEnvironment(): Record<string, string> {
  return { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' }
}

export function lastLines(text: string): string {
  const lines = text.trim().split('\n').slice(-3).join('; ').trim()
  return lines === '' ? 'it said nothing' : lines
}
