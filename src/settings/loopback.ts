import { isIP } from 'node:net'

/** Whether a host name or address, as in a URL or a settings file, can only mean this machine. */
export function isLoopback(host: string): boolean {
  const name = host.toLowerCase()
  if (name === 'localhost' || name === '::1' || name === '[::1]') return true
  return isIP(name) === 4 && name.startsWith('127.')
}
