import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { promisify } from 'node:util'
import { DatabaseFailure } from '../failure.ts'

const run = promisify(execFile)

/** The unprivileged account that the server runs under. */
export interface Account {
  readonly name: string
  readonly uid: number
  readonly gid: number
}

const accountName = 'postgres'

/**
 * PostgreSQL refuses to run as root, so as root it runs under the account `postgres`, made when missing. As anyone else
 * it runs as we do: `undefined`.
 */
export async function serverAccount(): Promise<Account | undefined> {
  if (process.getuid?.() !== 0) return undefined
  const existing = await findAccount(accountName)
  if (existing !== undefined) return existing
  await createAccount(accountName)
  const created = await findAccount(accountName)
  if (created !== undefined) return created
  throw new DatabaseFailure('DATABASE_START_FAILED', `${cannotCreate}; create it, or set \`DATABASE_URL\``)
}

const cannotCreate = `the embedded database cannot run as root, and the account \`${accountName}\` could not be created`

async function findAccount(name: string): Promise<Account | undefined> {
  const text = await readFile('/etc/passwd', 'utf8').catch(() => '')
  const fields = text
    .split('\n')
    .map((line) => line.split(':'))
    .find((line) => line[0] === name)
  const uid = Number(fields?.[2])
  const gid = Number(fields?.[3])
  return Number.isInteger(uid) && Number.isInteger(gid) && uid !== 0 ? { name, uid, gid } : undefined
}

/** `useradd` of Debian and Red Hat, `adduser` of Alpine. Two of us at once: the loser's failure is the winner's success. */
async function createAccount(name: string): Promise<void> {
  const options = { timeout: 20_000 }
  try {
    await run(
      'useradd',
      ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name],
      options,
    )
  } catch {
    await run('adduser', ['-S', '-D', '-H', '-s', '/sbin/nologin', name], options).catch(() => undefined)
  }
}

/** What `spawn` needs to start a program under the account. */
export function spawnIdentity(account: Account | undefined): { uid?: number; gid?: number } {
  return account === undefined ? {} : { uid: account.uid, gid: account.gid }
}

/** Whether the account can enter this folder, asked by entering it. */
export async function canEnter(folder: string, account: Account | undefined): Promise<boolean> {
  return run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { cwd: '/', timeout: 10_000, ...spawnIdentity(account) }).then(
    () => true,
    () => false,
  )
}
