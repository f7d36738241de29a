/** `portvakt token`, and a gateway of the same folder, host and port. */
import { expect, test } from 'vitest'
import { withGateway } from '../support/gateway.ts'
import { run } from './terminal.ts'

const gateway = withGateway()

test('is accepted by the gateway of the same folder and port', async () => {
  const options = ['--data-folder', gateway.folder, '--port', String(gateway.port)]
  const asked = ['system-user', '--organisation', '991825827', '--system-user', crypto.randomUUID(), '--scope', 'a b']
  for (const host of ['127.0.0.1', 'localhost']) {
    const { code, out, err } = await run('token', ...asked, ...options, '--host', host)
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const { status } = await gateway.call('GET', '/broker/api/v1/serviceowner', { token: out.trim() })
    // its scopes are not enough, but it is a token: an unknown one is 401
    expect(status).toBe(403)
  }
})
