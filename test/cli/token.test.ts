/** `portvakt token`, and a gateway of the same folder, host and port. */
import { join } from 'node:path'
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

test('one for a folder that no gateway has run with is made, and the folder told', async () => {
  const folder = join(gateway.folder, 'another')
  const asked = ['token', 'organisation', '--organisation', '991825827', '--data-folder', folder]
  const { code, out, err } = await run(...asked)
  expect({ code, out }).toEqual({ code: 0, out: expect.stringMatching(/^[\w.-]+\n$/) })
  expect(err).toContain(`no gateway has run with the data folder \`${folder}\``)
  expect((await run(...asked)).err).toBe('')
})
