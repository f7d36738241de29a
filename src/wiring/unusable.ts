/** What the system says about an address or a folder, for whoever chose it: the setting, and what to do. */

import { randomUUID } from 'node:crypto'
import { access, constants, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { makeFolder, whyUnusable } from '../database/embedded/folder.ts'
import type { ListenOptions } from '../server/listen.ts'

/** Something of the settings cannot be used; the message says which, why and what to do. */
export class UnusableSetting extends Error {
  override readonly name = 'UnusableSetting'
  readonly setting: string

  constructor(setting: string, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause })
    this.setting = setting
  }
}

/** Why it cannot be listened there. Errors of any other kind come back as they are. */
export function explainAddress(error: unknown, { host, port }: Pick<ListenOptions, 'host' | 'port'>): unknown {
  const { code } = error as NodeJS.ErrnoException
  const ofPort = (message: string) =>
    new UnusableSetting('port', `${message} with \`--port\` or \`PORTVAKT_PORT\``, error)
  const ofHost = (message: string) =>
    new UnusableSetting(
      'host',
      `${message}; set \`PORTVAKT_HOST\` to \`127.0.0.1\`, \`0.0.0.0\` or an address of this machine`,
      error,
    )
  switch (code) {
    case 'EADDRINUSE':
      return ofPort(`port ${port} of \`${host}\` is in use by another process; stop that, or choose another port`)
    case 'EACCES':
    case 'EPERM':
      return ofPort(`port ${port} may not be opened by this account; choose one above 1023`)
    case 'EADDRNOTAVAIL':
    case 'EAFNOSUPPORT':
    case 'EINVAL':
      return ofHost(`this machine has no address \`${host}\``)
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return ofHost(`the host \`${host}\` is not known`)
    default:
      return error
  }
}

/** Makes the folder of a setting when it is missing, and writes in it once. Throws `UnusableSetting`. */
export async function prepareFolder(setting: string, variable: string, about: string, folder: string): Promise<void> {
  const trial = join(folder, `.portvakt-${randomUUID()}`)
  try {
    await makeFolder(folder)
    await access(folder, constants.X_OK)
    await writeFile(trial, '', { flag: 'wx', mode: 0o600 })
  } catch (error) {
    const reason = whyUnusable(error)
    if (reason === undefined) throw error
    throw new UnusableSetting(
      setting,
      `the ${about} \`${folder}\` cannot be used: ${reason}; set \`${variable}\` to a folder that this account may write`,
      error,
    )
  } finally {
    await rm(trial, { force: true }).catch(() => undefined)
  }
}
